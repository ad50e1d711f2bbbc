//! Files that other projects keep to test their parsers, where the machine has them.

use footnote_core::job::FailureCode;
use footnote_document::{Limits, parse};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use unicode_normalization::UnicodeNormalization as _;

use crate::corpora::data;

/// What is not read yet, and why.
const NOT_YET: [&str; 2] = [
    // The wanted text is in the list of recent posts beside the page.
    "files/md-test_blog.html",
    // Chinese bytes in a font that says it is Latin.
    "files/pj-SimFang-variant.pdf",
];

/// The longest time that a file may take.
const LONGEST: Duration = Duration::from_secs(30);

#[test]
fn torture_files_are_read_or_refused_as_they_should_be() {
    let Some(folder) = data("torture") else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let mut failed = Vec::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [path, format, kind, _, expected, absent, ..] = columns[..] else { continue };
        let began = Instant::now();
        let is_right = is_as_expected(&folder.join(path), kind, (expected, absent));
        assert!(began.elapsed() < LONGEST, "{path} took {:?}", began.elapsed());
        let (n_right, n_files) = counts.entry(format).or_insert((0, 0));
        *n_right += usize::from(is_right);
        *n_files += 1;
        if !is_right {
            failed.push(path);
        }
    }
    for (format, (n_right, n_files)) in counts {
        eprintln!("{format}: {n_right} of {n_files}");
    }
    assert_eq!(failed, NOT_YET);
}

fn is_as_expected(path: &Path, kind: &str, (expected, absent): (&str, &str)) -> bool {
    let bytes = std::fs::read(path).unwrap();
    let parsed = parse(&path.to_string_lossy(), &bytes, &Limits::default());
    let has = |texts: &str, text: &str| {
        texts
            .split(" ¦ ")
            .filter(|wanted| !wanted.is_empty())
            .map(|wanted| text.contains(&plain(wanted)))
            .collect::<Vec<_>>()
    };
    match (kind, parsed) {
        ("any", _) | ("error" | "empty", Err(_)) => true,
        ("ocr", Err(failure)) => failure.code == FailureCode::NoTextLayer,
        ("text", Ok(document)) => {
            let text = plain(&document.text);
            has(expected, &text).iter().all(|has| *has) && !has(absent, &text).contains(&true)
        }
        _ => false,
    }
}

/// Writes a text so that two readings of it compare: letters only, of one form.
fn plain(text: &str) -> String {
    let is_invisible = |c: &char| {
        c.is_whitespace()
            || matches!(c, '\u{AD}' | '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.nfkc().filter(|c| !is_invisible(c)).collect()
}
