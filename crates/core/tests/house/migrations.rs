//! Migrations are numbered without gaps and named after what they change.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{check, text_files};

#[test]
fn migrations_are_numbered_one_after_the_other() {
    let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in text_files() {
        let Some(below) = file.path.strip_prefix("migrations/") else { continue };
        let Some((backend, name)) = below.split_once('/') else { continue };
        match number(name) {
            Some(number) => numbers.entry(backend.to_owned()).or_default().push(number),
            None => faults.push(file.path),
        }
    }
    check("Name a migration `NNNN_subject.sql`, subject in lower case.", &faults);
    assert!(!numbers.is_empty(), "no migration was found below migrations/");
    for (backend, numbers) in numbers {
        let expected: Vec<u32> = (1..).take(numbers.len()).collect();
        assert_eq!(numbers, expected, "the migrations of {backend} are 0001, 0002, … without gaps");
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let files = text_files();
    let names = |folder: &str| -> BTreeSet<String> {
        let names = files.iter().filter_map(|file| file.path.strip_prefix(folder));
        names.map(str::to_owned).collect()
    };
    let (sqlite, postgres) = (names("migrations/sqlite/"), names("migrations/postgres/"));
    let faults: Vec<String> = sqlite.symmetric_difference(&postgres).cloned().collect();
    check("Write a migration for SQLite and PostgreSQL, under one name.", &faults);
}

/// Reads the number of `NNNN_subject.sql`.
fn number(name: &str) -> Option<u32> {
    let (number, subject) = name.strip_suffix(".sql")?.split_once('_')?;
    let is_word = |subject: &str| {
        !subject.is_empty() && subject.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    (number.len() == 4 && is_word(subject)).then(|| number.parse().ok()).flatten()
}
