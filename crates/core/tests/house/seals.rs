//! Who may read is decided in one place.

use crate::tree::{File, check, rust_files};

/// What makes somebody who may read.
const MAKERS: [&str; 3] = ["Principal::owner(", "Principal::reader(", "Principal::person("];

/// The file that turns a request into a principal.
const AUTH: &str = "web/src/auth.rs";

#[test]
fn only_auth_makes_a_principal() {
    let files = rust_files();
    let makes = |file: &&File| MAKERS.iter().any(|maker| file.above_tests().contains(maker));
    let others = files.iter().filter(|file| file.path != AUTH && !file.is_test()).filter(makes);
    let faults: Vec<_> = others.map(|file| file.path.clone()).collect();
    check(
        "Take the `Principal` or the `Scope` as an argument; only web/src/auth.rs and tests make \
         a principal.",
        &faults,
    );
}
