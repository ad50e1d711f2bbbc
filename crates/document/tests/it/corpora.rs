//! Real files, where the machine has them: `FOOTNOTE_TEST_DATA` says where, else a folder beside
//! the checkout. Without them these tests say that they did not run.

use footnote_document::{Limits, parse};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::invariants::checked_chunks;

pub(crate) fn data(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FOOTNOTE_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(below);
    if path.exists() {
        return Some(path);
    }
    eprintln!("did not run: there is no {}", path.display());
    None
}

/// Counts the words of at least three letters.
fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 2) {
        *words.entry(word.to_lowercase()).or_insert(0) += 1;
    }
    words
}

#[test]
fn financebench_words_survive_the_width_cure() {
    let Some(path) = data("financebench/corpus/AMCOR_2022_8K_dated-2022-07-01.pdf") else { return };
    let Ok(reference) = Command::new("pdftotext").arg(&path).arg("-").output() else {
        eprintln!("did not run: pdftotext (poppler-utils) is not installed");
        return;
    };
    let expected = words(&String::from_utf8_lossy(&reference.stdout));
    let bytes = std::fs::read(&path).unwrap();
    let found = words(&parse("a.pdf", &bytes, &Limits::default()).unwrap().text);
    let n_expected: usize = expected.values().sum();
    let n_kept: usize = expected
        .iter()
        .map(|(word, n)| (*n).min(found.get(word).copied().unwrap_or_default()))
        .sum();
    assert!(n_expected > 1000, "the reference has only {n_expected} words");
    assert!(n_kept * 1000 >= n_expected * 995, "{n_kept} of {n_expected} words");
}

#[test]
fn real_documents_keep_the_promises() {
    let mut n_read = 0;
    for folder in ["handbook/corpus", "cmrc2018/corpus", "financebench/corpus"] {
        let Some(folder) = data(folder) else { continue };
        for path in files(&folder).into_iter().take(40) {
            let bytes = std::fs::read(&path).unwrap();
            let document = parse(&path.to_string_lossy(), &bytes, &Limits::default());
            let document =
                document.unwrap_or_else(|failure| panic!("{}: {failure}", path.display()));
            checked_chunks(&document, 200);
            n_read += 1;
        }
    }
    eprintln!("{n_read} documents read");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
