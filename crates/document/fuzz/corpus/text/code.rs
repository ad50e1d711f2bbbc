rs
/// Takes leave.
fn main() {
    leave("ten");
}

struct X { a: u8 }
