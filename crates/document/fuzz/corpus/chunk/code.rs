rs
/// Doc.
fn main() {
    let a = 1;
    leave(a, "ten days of leave");
}

impl X { fn y() { loop { break; } } }
