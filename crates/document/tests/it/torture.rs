//! Files that other projects keep to test their parsers, where the machine has them.

use footnote_core::job::FailureCode;
use footnote_document::{Limits, parse};
use std::path::Path;
use unicode_normalization::UnicodeNormalization as _;

use crate::corpora::data;

/// What is not read yet, and why.
const NOT_YET: [&str; 4] = [
    // Right to left, drawn in visual order.
    "files/do-right_to_left_01.pdf",
    // The wanted text is in the list of recent posts beside the page.
    "files/md-test_blog.html",
    // Chinese bytes in a font that says it is Latin.
    "files/pj-SimFang-variant.pdf",
    // Japanese glyph numbers without a map to characters.
    "files/pj-vertical.pdf",
];

#[test]
fn torture_files_are_read_or_refused_as_they_should_be() {
    let Some(folder) = data("torture") else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let mut failed = Vec::new();
    for row in manifest.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        let [path, format, kind, _, expected, absent, ..] = columns[..] else { continue };
        if !["pdf", "html", "md", "txt", "csv", "tsv"].contains(&format) {
            continue;
        }
        if !is_as_expected(&folder.join(path), kind, (expected, absent)) {
            failed.push(path);
        }
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
