//! Migrations are numbered without gaps and named after what they change.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{check, root, text_files};

/// The folder with data directories as earlier releases left them.
const FIXTURES: &str = "fixtures";

#[test]
fn migrations_are_numbered_one_after_the_other() {
    let mut numbers: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in text_files() {
        let Some(below) = file.path.strip_prefix("migrations/") else { continue };
        let Some((backend, name)) = below.split_once('/') else { continue };
        if backend == FIXTURES {
            continue;
        }
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

#[test]
fn the_schema_before_a_migration_has_a_fixture() {
    let newest = |numbers: &mut dyn Iterator<Item = u32>| numbers.max().unwrap_or_default();
    let files = text_files();
    let migrations = files.iter().filter_map(|file| file.path.strip_prefix("migrations/sqlite/"));
    let newest_migration = newest(&mut migrations.filter_map(number));
    let fixtures = std::fs::read_dir(root().join("migrations").join(FIXTURES));
    let fixtures = fixtures.expect("there are fixtures").flatten();
    let names = fixtures.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let newest_fixture =
        newest(&mut names.filter_map(|name| {
            name.strip_suffix(".tar.zst").and_then(|number| number.parse().ok())
        }));
    assert!(
        newest_migration <= newest_fixture + 1,
        "before migration {newest_migration:04} is added, keep a data directory of {:04}: run \
         scripts/make-fixture",
        newest_migration - 1
    );
}

/// Reads the number of `NNNN_subject.sql`.
fn number(name: &str) -> Option<u32> {
    let (number, subject) = name.strip_suffix(".sql")?.split_once('_')?;
    let is_word = |subject: &str| {
        !subject.is_empty() && subject.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    };
    (number.len() == 4 && is_word(subject)).then(|| number.parse().ok()).flatten()
}
