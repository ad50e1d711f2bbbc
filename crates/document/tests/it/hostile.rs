//! Bytes of strangers: every one ends in a document or a reason, and none in a panic.

use footnote_core::job::FailureCode;
use footnote_document::{Limits, detect, parse};
use proptest::prelude::*;

use crate::invariants::checked_chunks;
use crate::samples::{self, FORMATS};

/// Reads bytes and checks what comes of them.
fn survives(name: &str, bytes: &[u8]) {
    match parse(name, bytes, &Limits::default()) {
        Ok(document) => drop(checked_chunks(&document, 64)),
        Err(failure) => assert!(failure.detail.ends_with('.'), "{failure}"),
    }
}

proptest! {
    #[test]
    fn random_bytes_are_survived(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        name in prop::sample::select(vec!["a.pdf", "a.html", "a.md", "a.txt", "a"]),
    ) {
        survives(name, &bytes);
    }

    #[test]
    fn random_text_is_survived(text in "\\PC{0,200}", marks in "[<>/a-z#*`|\\[\\]()\\-\n ]{0,200}") {
        for name in ["a.html", "a.md", "a.txt"] {
            survives(name, format!("{text}{marks}").as_bytes());
        }
    }

    #[test]
    fn damaged_files_are_survived(
        format in prop::sample::select(FORMATS.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let (name, mut bytes) = samples::small(format);
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survives(name, &bytes);
    }
}

#[test]
fn small_files_are_what_they_are() {
    for format in FORMATS {
        let (name, bytes) = samples::small(format);
        assert_eq!(detect(name, &bytes), Some(format));
        let document = parse(name, &bytes, &Limits::default()).unwrap();
        assert_eq!(document.media_type, format.media_type());
        assert!(!checked_chunks(&document, 64).is_empty());
    }
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let refusal = |name: &str, bytes: &[u8]| parse(name, bytes, &Limits::default()).unwrap_err();
    let cases: [(&str, &[u8], FailureCode, &str); 6] = [
        ("a.txt", b"", FailureCode::Empty, "no bytes"),
        ("a.txt", b" \n\n", FailureCode::Empty, "no text"),
        ("a.txt", b"\x00\x01\x02\x03\xFF\xFE\x00", FailureCode::Unsupported, "binary"),
        ("a.docx", b"PK\x03\x04word/", FailureCode::Unreadable, "damaged"),
        ("a.odt", b"no archive", FailureCode::Unreadable, "rename it to .txt"),
        ("a.pdf", b"%PDF-1.7\n", FailureCode::Unreadable, "damaged"),
    ];
    for (name, bytes, code, word) in cases {
        let failure = refusal(name, bytes);
        assert_eq!(failure.code, code, "{name}");
        assert!(failure.detail.contains(word), "{}", failure.detail);
    }
}

#[test]
fn a_text_past_the_limit_is_refused_in_every_format() {
    let limits = Limits { max_text_bytes: 8, ..Limits::default() };
    for format in FORMATS {
        let (name, bytes) = samples::small(format);
        assert_eq!(parse(name, &bytes, &limits).unwrap_err().code, FailureCode::TooLarge);
    }
}

#[test]
fn nesting_is_never_too_deep() {
    for (name, source) in [
        ("a.html", "<div><p>".repeat(5_000) + "deep"),
        ("a.html", "<b><i>".repeat(2_000) + "deep"),
        ("a.html", "<table><tr><td>".repeat(2_000) + "deep"),
        ("a.md", "> ".repeat(5_000) + "deep"),
        ("a.md", "- ".repeat(2_000) + "deep"),
        ("a.md", "*[".repeat(5_000) + "deep"),
    ] {
        survives(name, source.as_bytes());
    }
}
