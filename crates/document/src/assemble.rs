//! The canonical text of a document, put together block by block in the one place that does it.

use footnote_core::document::{Block, BlockKind, ParsedDocument, Place};
use footnote_core::layout::{Layout, Run};
use std::borrow::Cow;

use crate::limits::Limits;
use footnote_core::job::Failure;

/// Puts blocks together: a blank line between two, a newline between two items of a list.
///
/// The ranges of the blocks are right by construction, and so are their heading paths.
pub(crate) struct Assembler<'a> {
    document: ParsedDocument,
    headings: HeadingPath,
    page: Option<u32>,
    place: Option<Place>,
    /// Whether the last block is a row that further rows of its table follow without a blank line.
    is_in_rows: bool,
    runs: Vec<Run>,
    limits: &'a Limits,
}

impl<'a> Assembler<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self {
            document: ParsedDocument::default(),
            headings: HeadingPath::default(),
            page: None,
            place: None,
            is_in_rows: false,
            runs: Vec::new(),
            limits,
        }
    }

    /// Returns the limits that the document is held to.
    pub(crate) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Says on which page the blocks stand that follow.
    pub(crate) fn begin_page(&mut self, page: u32) {
        self.page = Some(page);
    }

    /// Says where the blocks stand that follow, and returns where those before stood.
    pub(crate) fn begin_place(&mut self, place: Option<Place>) -> Option<Place> {
        std::mem::replace(&mut self.place, place)
    }

    /// Closes every heading: what follows stands beside the running text.
    pub(crate) fn leave_headings(&mut self) {
        self.headings = HeadingPath::default();
    }

    /// Adds a row of a table that is too long to be one block.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(crate) fn push_row(&mut self, row: &str) -> Result<(), Failure> {
        self.push(BlockKind::Table, row)?;
        self.is_in_rows = true;
        Ok(())
    }

    /// Says that the next row begins another table.
    pub(crate) fn begin_table(&mut self) {
        self.is_in_rows = false;
    }

    /// Adds the blocks of a document that lies inside this one, at the current place.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(crate) fn append(&mut self, inner: &ParsedDocument) -> Result<(), Failure> {
        for block in &inner.blocks {
            self.push(block.kind, inner.text.get(block.range.clone()).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Adds a block, without control characters other than the line break and the tab; one without
    /// text is left out.
    ///
    /// # Errors
    /// `TooLarge` when the text has grown past the limit.
    pub(crate) fn push(&mut self, kind: BlockKind, text: &str) -> Result<(), Failure> {
        let text = &*without_controls(text);
        let text = if kind == BlockKind::Code { trim_blank_lines(text) } else { text.trim() };
        if text.is_empty() {
            return Ok(());
        }
        self.separate(kind);
        let start = self.document.text.len();
        self.document.text.push_str(text);
        self.limits.check(self.document.text.len())?;
        let headings = self.headings.above(kind, text);
        let range = start..self.document.text.len();
        let place = self.place.clone();
        self.document.blocks.push(Block { kind, range, page: self.page, headings, place });
        self.is_in_rows = false;
        Ok(())
    }

    /// Adds a block of which it is known where its words stand; their ranges are in its text,
    /// which has no control characters.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(crate) fn push_placed(
        &mut self,
        kind: BlockKind,
        text: &str,
        words: Vec<Run>,
    ) -> Result<(), Failure> {
        let n_blocks = self.document.blocks.len();
        self.push(kind, text)?;
        let Some(block) = self.document.blocks.get(n_blocks) else { return Ok(()) };
        let (begin, end) = (block.range.start, block.range.end);
        // What was trimmed off the beginning has no place in the document.
        let n_trimmed = text.find(text.trim()).unwrap_or_default();
        self.runs.extend(words.into_iter().filter_map(|word| {
            let start = begin + word.range.start.checked_sub(n_trimmed)?;
            let range = start..begin + word.range.end.checked_sub(n_trimmed)?;
            (range.end <= end).then_some(Run { range, ..word })
        }));
        Ok(())
    }

    fn separate(&mut self, kind: BlockKind) {
        let Some(last) = self.document.blocks.last() else { return };
        let is_same_list =
            kind == BlockKind::ListItem && last.kind == kind && last.page == self.page;
        let is_same_table = kind == BlockKind::Table && self.is_in_rows;
        let goes_on = is_same_list || is_same_table;
        self.document.text.push_str(if goes_on { "\n" } else { "\n\n" });
    }

    /// Returns the first heading of the first level.
    pub(crate) fn first_title(&self) -> Option<String> {
        let is_title = |block: &&Block| block.kind == BlockKind::Heading(1);
        let block = self.document.blocks.iter().find(is_title)?;
        self.document.text.get(block.range.clone()).map(one_line)
    }

    /// Returns the document; media type, title and notes are for the caller to add.
    pub(crate) fn finish(self) -> ParsedDocument {
        ParsedDocument { layout: Layout::of(&self.runs), ..self.document }
    }
}

/// The headings that are open at a place of a document.
#[derive(Default)]
pub(crate) struct HeadingPath(Vec<(u8, String)>);

impl HeadingPath {
    /// Returns the headings above a block; a heading closes those of its level and below.
    pub(crate) fn above(&mut self, kind: BlockKind, text: &str) -> Vec<String> {
        let BlockKind::Heading(level) = kind else { return self.texts() };
        while self.0.last().is_some_and(|(open, _)| *open >= level) {
            self.0.pop();
        }
        let above = self.texts();
        self.0.push((level, one_line(text)));
        above
    }

    fn texts(&self) -> Vec<String> {
        self.0.iter().map(|(_, text)| text.clone()).collect()
    }
}

/// Leaves out the control characters that say nothing about the layout of a text.
fn without_controls(text: &str) -> Cow<'_, str> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(is_control) {
        Cow::Owned(text.replace(is_control, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes a text on one line, its words one space apart and without control characters.
pub(crate) fn one_line(text: &str) -> String {
    without_controls(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Drops blank lines around code but keeps the indentation of its first line.
fn trim_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let indent = text.len() - text.trim_start().len();
    let start = text[..indent].rfind('\n').map_or(0, |newline| newline + 1);
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_know_their_text_and_the_headings_above_them() {
        let limits = Limits::default();
        let mut assembler = Assembler::new(&limits);
        for (kind, text) in [
            (BlockKind::Heading(1), "Leave"),
            (BlockKind::Heading(3), "Annual"),
            (BlockKind::Paragraph, "  Ten days. "),
            (BlockKind::Heading(2), "Sick"),
            (BlockKind::ListItem, "Call."),
            (BlockKind::ListItem, "Rest."),
            (BlockKind::Code, "\n  if ill:\n    rest()\n"),
        ] {
            assembler.push(kind, text).unwrap();
        }
        assert_eq!(assembler.first_title().as_deref(), Some("Leave"));
        let document = assembler.finish();
        assert_eq!(
            document.text,
            "Leave\n\nAnnual\n\nTen days.\n\nSick\n\nCall.\nRest.\n\n  if ill:\n    rest()"
        );
        let paths: Vec<String> = document.blocks.iter().map(|b| b.headings.join("/")).collect();
        assert_eq!(
            paths,
            ["", "Leave", "Leave/Annual", "Leave", "Leave/Sick", "Leave/Sick", "Leave/Sick"]
        );
    }

    #[test]
    fn control_characters_are_no_text() {
        let limits = Limits::default();
        let mut assembler = Assembler::new(&limits);
        assembler.push(BlockKind::Paragraph, "\u{1}\u{7f}").unwrap();
        assembler.push(BlockKind::Paragraph, "\u{0} Ten\t\u{1b}days\r\n\u{85}a year").unwrap();
        assert_eq!(assembler.finish().text, "Ten\tdays\na year");
        assert_eq!(one_line("\u{1} Ten \u{2}\n days\u{3}"), "Ten days");
    }
}
