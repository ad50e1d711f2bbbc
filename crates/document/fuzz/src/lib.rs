//! The programs that fuzz the parsers: the targets of the tests, run by libFuzzer.
//!
//! What a target does, and what it checks, are modules of the tests: they run on every kept input
//! with `cargo test`, and here on whatever libFuzzer thinks up.

use std::panic::{PanicHookInfo, catch_unwind, set_hook};
use std::process::abort;
use std::sync::{Mutex, PoisonError};

pub use libfuzzer_sys;

#[path = "../../tests/it/invariants.rs"]
mod invariants;
#[path = "../../tests/it/pages.rs"]
mod pages;
#[path = "../../tests/it/promises.rs"]
mod promises;
#[path = "../../tests/it/recipes.rs"]
mod recipes;
#[path = "../../tests/it/skeletons.rs"]
mod skeletons;
#[path = "../../tests/it/targets.rs"]
mod targets;
#[path = "../../tests/it/tokens.rs"]
mod tokens;

/// Makes a file the program of a target.
#[macro_export]
macro_rules! fuzz {
    ($target:literal) => {
        use $crate::libfuzzer_sys;

        libfuzzer_sys::fuzz_target!(init: $crate::tolerate_libraries(), |bytes: &[u8]| {
            $crate::run($target, bytes);
        });
    };
}

/// What the last panic said, if nobody has said it yet.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Lets panics of libraries be, which our readers catch where they are known; one of our own code
/// ends the program where it happens, and so does any that nobody catches.
pub fn tolerate_libraries() {
    set_hook(Box::new(|panic| {
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
        if is_ours(panic) {
            fail();
        }
    }));
}

fn is_ours(panic: &PanicHookInfo<'_>) -> bool {
    let is_library = |file: &str| file.contains("/registry/src/") || file.starts_with("/rustc/");
    panic.location().is_none_or(|location| !is_library(location.file()))
}

/// Gives bytes to a target.
pub fn run(target: &str, bytes: &[u8]) {
    if catch_unwind(|| targets::run(target, bytes)).is_err() {
        fail();
    }
}

fn fail() -> ! {
    eprintln!("{}", LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner));
    abort()
}
