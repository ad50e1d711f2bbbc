//! Data and code: records that name their values, and code cut where it may be.

use footnote_core::document::Place;
use footnote_document::{Language, Limits, parse};

use crate::invariants::checked_chunks;

#[test]
fn records_of_json_and_csv_say_the_same() {
    let expected = "| who: all | days: 10 | by: law |";
    for (name, source) in [
        ("a.csv", "who;days;by\nall;10;law\n"),
        ("a.jsonl", "{\"who\": \"all\", \"days\": 10, \"by\": \"law\"}\n"),
        ("a.json", "[{\"who\": \"all\", \"days\": 10, \"by\": \"law\"}]"),
    ] {
        let document = parse(name, source.as_bytes(), &Limits::default()).unwrap();
        assert!(document.text.ends_with(expected), "{name}: {}", document.text);
        checked_chunks(&document, 40);
    }
}

#[test]
fn code_is_cut_between_functions() {
    let function = |n: usize| {
        format!(
            "fn name_{n}() -> usize {{\n    let one = {n};\n\n    let two = one + {n};\n\n    two\n}}\n"
        )
    };
    let source: String = (0..12).map(|n| function(n) + "\n").collect();
    let document = parse("a.rs", source.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(document.media_type, Language::Rust.media_type());
    for chunk in checked_chunks(&document, 70) {
        let text = &document.text[chunk.span.bytes()];
        assert!(text.starts_with("fn ") && text.ends_with('}'), "{text}");
    }
}

#[test]
fn every_grammar_loads() {
    for language in Language::CUT_BY_GRAMMAR {
        let extension = match language {
            Language::C => "c",
            Language::Go => "go",
            Language::Java => "java",
            Language::JavaScript => "js",
            Language::Python => "py",
            Language::Rust => "rs",
            Language::TypeScript | Language::Other => "ts",
        };
        let source = "one(two, three);\nfour = five + six;\n".repeat(40);
        let name = format!("a.{extension}");
        let document = parse(&name, source.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(document.media_type, language.media_type());
        assert!(checked_chunks(&document, 40).len() > 5);
    }
}

#[test]
fn blocks_of_text_know_their_lines() {
    let document = parse("a.py", b"import a\n\n\ndef b():\n    a()\n", &Limits::default()).unwrap();
    let places: Vec<_> = document.blocks.into_iter().filter_map(|block| block.place).collect();
    let lines = |first, last| Place::Lines { first, last };
    assert_eq!(places, [lines(1, 1), lines(4, 5)]);
}
