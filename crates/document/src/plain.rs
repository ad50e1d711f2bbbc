//! Plain text: paragraphs by blank lines, the line breaks of the source kept.

use footnote_core::document::{Block, BlockKind, ParsedDocument, Place};
use footnote_core::job::Failure;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::assemble::one_line;
use crate::limits::Limits;
use crate::{decode, detect};

/// The longest first line that may be a title, in characters.
const LONGEST_TITLE_CHARS: usize = 200;

/// How many times longer than a title that is a sentence the paragraph below it must be.
const MUCH_LONGER: usize = 3;

/// Reads text of any encoding.
///
/// The canonical text is the decoded source. Lines that follow each other are one paragraph in a
/// text, and code in a file of any other name (`.log`, `.csv`, `.rs`), where they mean something.
pub(crate) fn parse(name: &str, bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let kind = match detect::extension(name).as_str() {
        "" | "txt" | "text" => BlockKind::Paragraph,
        _ => BlockKind::Code,
    };
    let paragraphs = paragraphs(&decoded.text);
    let title = match kind {
        BlockKind::Paragraph => title(&decoded.text, &paragraphs),
        _ => None,
    };
    Ok(ParsedDocument {
        blocks: blocks(&decoded.text, kind, paragraphs, title.as_ref()),
        title,
        text: decoded.text,
        notes: decoded.note.into_iter().collect(),
        ..ParsedDocument::default()
    })
}

/// Makes blocks of paragraphs; the title, if there is one, is the heading of all that follow.
fn blocks(
    text: &str,
    kind: BlockKind,
    paragraphs: Vec<Range<usize>>,
    title: Option<&String>,
) -> Vec<Block> {
    let mut lines = Lines { text, line: 1, at: 0 };
    let block = |(n, range): (usize, Range<usize>)| {
        let place = Some(lines.of(&range));
        let (kind, headings) = match title {
            Some(_) if n == 0 => (BlockKind::Heading(1), Vec::new()),
            Some(_) | None => (kind, title.cloned().into_iter().collect()),
        };
        Block { kind, range, page: None, headings, place }
    };
    paragraphs.into_iter().enumerate().map(block).collect()
}

/// Counts the lines of a text from range to range.
struct Lines<'a> {
    text: &'a str,
    line: u32,
    at: usize,
}

impl Lines<'_> {
    /// Returns the lines of a range that comes after the last.
    fn of(&mut self, range: &Range<usize>) -> Place {
        let first = self.count(range.start);
        Place::Lines { first, last: self.count(range.end) }
    }

    fn count(&mut self, at: usize) -> u32 {
        let passed = self.text.get(self.at..at).unwrap_or_default();
        let n_breaks = passed.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(n_breaks).unwrap_or(u32::MAX));
        self.at = at;
        self.line
    }
}

/// Returns the first paragraph if it reads as a title: one short line with text below it. One that
/// ends as a sentence does must be the only sentence, above a much longer paragraph.
fn title(text: &str, paragraphs: &[Range<usize>]) -> Option<String> {
    let [first, second, ..] = paragraphs else { return None };
    let line = text.get(first.clone())?;
    let is_short_line = !line.contains('\n') && line.chars().count() <= LONGEST_TITLE_CHARS;
    let leads_on = line.ends_with([':', ';', ',', '：', '；', '，', '、']);
    let is_sentence = line.ends_with(['.', '!', '?', '。', '！', '？']);
    let stands_above =
        line.unicode_sentences().count() == 1 && second.len() >= MUCH_LONGER * first.len();
    let reads_as_title = is_short_line && !leads_on && (!is_sentence || stands_above);
    reads_as_title.then(|| one_line(line))
}

/// Finds the stretches between blank lines, without whitespace around them.
pub(crate) fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut paragraphs: Vec<Range<usize>> = Vec::new();
    let mut goes_on = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() {
            let begin = start + (line.len() - line.trim_start().len());
            let end = start + line.trim_end().len();
            match paragraphs.last_mut() {
                Some(paragraph) if goes_on => paragraph.end = end,
                Some(_) | None => paragraphs.push(begin..end),
            }
        }
        goes_on = !content.is_empty();
        start += line.len();
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str, source: &str) -> Vec<(BlockKind, String)> {
        let document = parse(name, source.as_bytes(), &Limits::default()).unwrap();
        let text = |block: &Block| document.text[block.range.clone()].to_owned();
        document.blocks.iter().map(|block| (block.kind, text(block))).collect()
    }

    #[test]
    fn hard_wrapped_lines_are_one_paragraph() {
        let source = "  Ten days\nof leave.\n \n\nAsk early.\n";
        assert_eq!(
            texts("a.txt", source),
            [
                (BlockKind::Paragraph, "Ten days\nof leave.".to_owned()),
                (BlockKind::Paragraph, "Ask early.".to_owned())
            ]
        );
    }

    #[test]
    fn a_short_first_line_is_the_title() {
        let document =
            parse("a.txt", "运费与计价\n\n首重 1 公斤。".as_bytes(), &Limits::default()).unwrap();
        assert_eq!(document.title.as_deref(), Some("运费与计价"));
        assert_eq!(document.blocks[0].kind, BlockKind::Heading(1));
        assert_eq!(document.blocks[1].headings, ["运费与计价"]);
        let paper = format!("Yeast remembers heat.\n\n{}", "We grew it warm. ".repeat(9));
        let paper = parse("a.txt", paper.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(paper.title.as_deref(), Some("Yeast remembers heat."));
        let note = b"The gate is shut.\n\nUse the other one.";
        assert_eq!(parse("a.txt", note, &Limits::default()).unwrap().title, None);
        let letter = parse("a.txt", b"Dear all,\n\nThe gate is shut.", &Limits::default()).unwrap();
        assert_eq!((letter.title, letter.blocks[0].kind), (None, BlockKind::Paragraph));
    }

    #[test]
    fn the_lines_of_a_log_mean_something() {
        assert_eq!(texts("a.log", "one\ntwo\n"), [(BlockKind::Code, "one\ntwo".to_owned())]);
    }
}
