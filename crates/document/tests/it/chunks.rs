//! How documents are cut: the promises over made-up documents, and the choices by example.

use footnote_core::document::ParsedDocument;
use footnote_core::job::FailureCode;
use footnote_document::{ChunkConfig, Limits, chunk, parse};
use proptest::prelude::*;

use crate::invariants::checked_chunks;
use crate::samples;

fn read(name: &str, source: &str) -> ParsedDocument {
    parse(name, source.as_bytes(), &Limits::default()).unwrap()
}

/// Cuts Markdown and shows each chunk's headings and text.
fn cut(source: &str, max_tokens: usize) -> Vec<(String, String)> {
    let document = read("a.md", source);
    let shown = |chunk: &footnote_core::document::Chunk| {
        (chunk.headings.join("/"), document.text[chunk.span.bytes()].to_owned())
    };
    checked_chunks(&document, max_tokens).iter().map(shown).collect()
}

fn expected(chunks: &[(&str, &str)]) -> Vec<(String, String)> {
    chunks.iter().map(|(headings, text)| ((*headings).to_owned(), (*text).to_owned())).collect()
}

proptest! {
    #[test]
    fn every_document_keeps_the_promises(parts in samples::parts(), max_tokens in 12..120_usize) {
        for (name, source) in [
            ("a.md", samples::markdown(&parts)),
            ("a.html", samples::html(&parts)),
            ("a.txt", samples::markdown(&parts)),
            ("a.csv", samples::markdown(&parts)),
        ] {
            match parse(name, source.as_bytes(), &Limits::default()) {
                Ok(document) => drop(checked_chunks(&document, max_tokens)),
                Err(failure) => prop_assert_eq!(failure.code, FailureCode::Empty),
            }
        }
    }
}

#[test]
fn a_section_is_a_chunk_with_its_heading_in_it() {
    let source = "# Handbook\n\n## Leave\n\nTen days a year for all who work here.\n\n## Pay\n\nOn the last working day of every month.\n";
    assert_eq!(
        cut(source, 30),
        expected(&[
            ("", "# Handbook\n\n## Leave\n\nTen days a year for all who work here."),
            ("Handbook", "## Pay\n\nOn the last working day of every month."),
        ])
    );
}

#[test]
fn small_sections_side_by_side_share_a_chunk() {
    let source = "# Terms\n\n## A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\nThree.\n";
    assert_eq!(cut(source, 80), expected(&[("", source.trim())]));
}

#[test]
fn a_new_chapter_does_not_join_the_end_of_the_last() {
    let source = "## A\n\n### A one\n\nFirst.\n\n# B\n\nLast.\n";
    assert_eq!(
        cut(source, 80),
        expected(&[("", "## A\n\n### A one\n\nFirst.\n\n# B\n\nLast.")]),
        "both stand under no heading"
    );
    let source = "# A\n\nFirst words that make a chunk of their own here.\n\n## A one\n\nSecond.\n\n# B\n\nLast.\n";
    let texts: Vec<String> = cut(source, 26).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts[1..], ["## A one\n\nSecond.".to_owned(), "# B\n\nLast.".to_owned()]);
}

#[test]
fn a_long_section_is_cut_between_sentences_and_evenly() {
    let sentence = "This is a sentence of ten tokens as it is. ";
    let source = format!("# T\n\n{}", sentence.repeat(5));
    let chunks = cut(&source, 60);
    let headings: Vec<&str> = chunks.iter().map(|(headings, _)| headings.as_str()).collect();
    assert_eq!(headings, ["", "T"]);
    assert!(chunks.iter().all(|(_, text)| text.ends_with("it is.")), "{chunks:?}");
}

#[test]
fn chinese_is_cut_between_sentences() {
    let source = "公司为员工提供十天年假。年假需要提前两周申请！病假是否需要证明？需要医生证明。";
    let document = read("a.txt", source);
    let chunks = checked_chunks(&document, 26);
    let texts: Vec<&str> = chunks.iter().map(|chunk| &document.text[chunk.span.bytes()]).collect();
    assert_eq!(
        texts,
        ["公司为员工提供十天年假。年假需要提前两周申请！", "病假是否需要证明？需要医生证明。"]
    );
}

#[test]
fn rows_of_a_table_stay_whole() {
    let document = read("a.csv", &"row | with | some cells\n".repeat(12));
    for chunk in checked_chunks(&document, 40) {
        let text = &document.text[chunk.span.bytes()];
        assert!(text.starts_with("| row") && text.ends_with("cells |"), "{text:?}");
    }
}

#[test]
fn comments_are_in_no_chunk() {
    let chunks = cut("One.\n\n<!-- a secret remark -->\n\nTwo.\n", 80);
    assert_eq!(chunks, expected(&[("", "One."), ("", "Two.")]));
}

#[test]
fn a_model_that_reads_nothing_is_refused_with_advice() {
    let document = read("a.txt", "ten");
    let error = chunk(&document, &[0], &|_| Ok(0), &ChunkConfig { max_tokens: 0 }).unwrap_err();
    assert!(error.advice().is_some());
}
