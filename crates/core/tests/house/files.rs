//! Small files with names of the domain, each of which says what it is for.

use std::path::Path;

use crate::tree::{check, rust_files};

/// The longest file, in lines, unit tests at its bottom not counted. 300 is the habit.
const MAX_LINES: usize = 500;

/// Names that say nothing about what is inside.
const FORBIDDEN_NAMES: [&str; 7] = ["utils", "util", "helpers", "common", "misc", "types", "mod"];

#[test]
fn files_are_short() {
    let files = rust_files();
    let long = files.iter().map(|file| (&file.path, file.above_tests().lines().count()));
    let faults: Vec<_> = long
        .filter(|(_, n_lines)| *n_lines > MAX_LINES)
        .map(|(path, n_lines)| format!("{path}: {n_lines} lines"))
        .collect();
    check("Split a file of more than 500 lines by what its parts are about.", &faults);
}

#[test]
fn files_are_named_after_what_they_hold() {
    let files = rust_files();
    let stem =
        |path: &str| Path::new(path).file_stem().and_then(|stem| stem.to_str().map(str::to_owned));
    let nameless = files
        .iter()
        .filter(|file| stem(&file.path).is_some_and(|stem| FORBIDDEN_NAMES.contains(&&*stem)));
    let faults: Vec<_> = nameless.map(|file| file.path.clone()).collect();
    check(
        "Name the file after its subject, in the words of the field; `name.rs` beside `name/` \
         instead of `mod.rs`.",
        &faults,
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let files = rust_files();
    let silent = files.iter().filter(|file| !file.text.starts_with("//! "));
    let faults: Vec<_> = silent.map(|file| file.path.clone()).collect();
    check("Begin the file with a `//!` line that says what it is for.", &faults);
}
