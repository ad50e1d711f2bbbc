//! Which line breaks of a text separate, and which only wrap.

use footnote_core::document::{BlockKind, ParsedDocument};
use std::ops::Range;

use crate::sentence::without_closers;

/// A line this much of the longest one is full: what follows it was wrapped.
const FULL_LINE_PERCENT: usize = 70;

/// Copies the text, what separates nothing made weaker.
///
/// Those are the line breaks of wrapped lines in running text, and whatever would part a heading
/// from what follows it. Every byte keeps its place.
pub(crate) fn soften(document: &ParsedDocument) -> String {
    let text = &document.text;
    let mut is_weak = vec![false; text.len()];
    for (nth, block) in document.blocks.iter().enumerate() {
        match block.kind {
            BlockKind::Paragraph | BlockKind::ListItem | BlockKind::Quote => {
                mark_wraps(text, block.range.clone(), &mut is_weak);
            }
            BlockKind::Heading(_) => {
                let next = document.blocks.get(nth + 1);
                let end = next.map_or(block.range.end, |next| next.range.start);
                is_weak[block.range.start..end].fill(true);
            }
            BlockKind::Table | BlockKind::Code => {}
        }
    }
    text.char_indices().map(|(at, c)| if is_weak[at] { weakened(c) } else { c }).collect()
}

/// Returns what does not end a line or sentence and takes as many bytes.
fn weakened(c: char) -> char {
    match c {
        '\n' => ' ',
        '.' | '!' | '?' => ',',
        '。' | '！' | '？' => '，',
        c => c,
    }
}

fn mark_wraps(text: &str, range: Range<usize>, is_weak: &mut [bool]) {
    let n_chars = |line: &str| line.chars().count();
    let block = text.get(range.clone()).unwrap_or_default();
    let longest = block.lines().map(n_chars).max().unwrap_or_default();
    let mut end = range.start;
    for line in block.split_inclusive('\n') {
        end += line.len();
        let Some(content) = line.strip_suffix('\n') else { break };
        let is_full = n_chars(content) * 100 >= longest * FULL_LINE_PERCENT;
        if is_full && !ends_a_sentence(content) {
            is_weak[end - 1] = true;
        }
    }
}

fn ends_a_sentence(line: &str) -> bool {
    let line = without_closers(line.trim_end());
    line.ends_with(['.', '!', '?', ':', ';', '…', '。', '！', '？', '：', '；'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::document::Block;

    fn softened(blocks: &[(BlockKind, &str)]) -> String {
        let mut document = ParsedDocument::default();
        for (kind, text) in blocks {
            let start = document.text.len();
            document.text.push_str(text);
            let range = start..document.text.len();
            document.blocks.push(Block {
                kind: *kind,
                range,
                page: None,
                headings: Vec::new(),
                place: None,
            });
            document.text.push_str("\n\n");
        }
        soften(&document)
    }

    #[test]
    fn wrapped_lines_of_running_text_become_one() {
        let text = "Everyone has ten days\nof leave. Ask two weeks\nearlier.\nThen go.";
        assert_eq!(
            softened(&[(BlockKind::Paragraph, text)]),
            "Everyone has ten days of leave. Ask two weeks earlier.\nThen go.\n\n"
        );
        assert_eq!(softened(&[(BlockKind::Table, "a\nb")]), "a\nb\n\n");
    }

    #[test]
    fn a_short_line_was_broken_on_purpose() {
        let text = "Footnote Ltd\n10 Some Rather Long Street Name\n年假";
        assert_eq!(
            softened(&[(BlockKind::Paragraph, text)]),
            format!("{}\n\n", text.replace("Name\n", "Name "))
        );
    }

    #[test]
    fn a_heading_is_one_sentence_with_what_follows() {
        assert_eq!(
            softened(&[(BlockKind::Heading(1), "Who? 谁？"), (BlockKind::Code, "a.\nb")]),
            "Who, 谁，  a.\nb\n\n"
        );
    }
}
