//! Documents: where they come from, their canonical text, its blocks and chunks.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::layout::{Layout, PageBoxes};

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The ingested root: an absolute folder, `stdin`, `upload` or a site.
    pub root: String,
    /// The path below the root, with `/` on every system.
    pub uri: String,
}

/// What a parser makes of the bytes of one version.
///
/// The blocks are in order, do not overlap, and lie on character boundaries of `text`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ParsedDocument {
    /// The media type told from the content, e.g. `application/pdf`.
    pub media_type: String,
    /// The title that the document gives itself.
    pub title: Option<String>,
    /// The canonical text: every range in Footnote points into it.
    pub text: String,
    /// The blocks that the text is made of.
    pub blocks: Vec<Block>,
    /// How many pages it has, where the format knows pages.
    pub n_pages: Option<u32>,
    /// What could not be read although the rest could, for the user.
    pub notes: Vec<String>,
    /// Whether pages that are pictures were not read, for want of a program that recognizes letters.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_unread_pictures: bool,
    /// Where the text stands on its pages, where the format draws it on pages.
    #[serde(default, skip_serializing_if = "Layout::is_empty")]
    pub layout: Layout,
}

impl ParsedDocument {
    /// Returns the rectangles that cover a byte range of the text, by page and line.
    ///
    /// Empty for a range outside the text, and where the format draws no pages.
    #[must_use]
    pub fn boxes(&self, range: Range<usize>) -> Vec<PageBoxes> {
        self.layout.boxes(0, &self.text, range)
    }
}

/// What kind of thing a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading of a level from 1 (outermost) to 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// A table, a row a line.
    Table,
    /// Code or other text whose line breaks matter.
    Code,
    /// A quotation.
    Quote,
}

/// A stretch of the canonical text of one kind, with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands in the canonical text, in bytes.
    pub range: Range<usize>,
    /// The page that it begins on, counted from 1, where the format knows pages. Of the next page it
    /// has the rest of a sentence at most.
    pub page: Option<u32>,
    /// The headings above it, outermost first; a heading's own text is not among them.
    pub headings: Vec<String>,
    /// Where in its file it stands, where the format has other places than pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Where in a file that has no pages, or more than pages, a block stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Cells of a spreadsheet.
    Cells {
        /// The name of the sheet.
        sheet: String,
        /// The cells as the sheet names them, e.g. `A2:D40`.
        cells: String,
    },
    /// A slide of a presentation, counted from 1.
    Slide(u32),
    /// A part beside the running text: `notes`, `comment`, `footnote`, `header`, a chapter's file.
    Part(String),
    /// Lines of a text, counted from 1, both ends included.
    Lines {
        /// The first line.
        first: u32,
        /// The last line.
        last: u32,
    },
}

/// A file that lies inside another: an attachment of a mail, a file of an archive.
///
/// It is a document of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name or path inside the other file, with `/` on every system.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Where a stretch stands in the canonical text: the same range in bytes and in characters.
///
/// Storage and slicing use bytes; everything that leaves the program counts characters (Unicode
/// scalar values). Ends are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First character.
    pub char_start: usize,
    /// One past the last character.
    pub char_end: usize,
}

impl Span {
    /// Returns the range in bytes.
    #[must_use]
    pub fn bytes(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the span of a byte range inside a `text` that begins at this span's start.
    ///
    /// `None` when the range does not lie on character boundaries of `text`.
    #[must_use]
    pub fn within(&self, text: &str, range: Range<usize>) -> Option<Self> {
        let before = text.get(..range.start)?.chars().count();
        let inside = text.get(range.clone())?.chars().count();
        Some(Self {
            start: self.start + range.start,
            end: self.start + range.end,
            char_start: self.char_start + before,
            char_end: self.char_start + before + inside,
        })
    }
}

/// A stretch of the canonical text that is embedded and indexed as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Its position in the version, counted from 0.
    pub ordinal: u32,
    /// Where it stands; `text[span.bytes()]` is its text.
    pub span: Span,
    /// The page it begins on, counted from 1; of the next one it has the rest of a sentence at most.
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// How many tokens of the embedder its text has, without special tokens.
    pub n_tokens: u32,
}

impl Chunk {
    /// Returns the text that is embedded: title and headings, then the chunk's own text.
    ///
    /// The quote of a citation never contains the prefix.
    #[must_use]
    pub fn embedded_text(prefix: &str, text: &str) -> String {
        if prefix.is_empty() { text.to_owned() } else { format!("{prefix}\n{text}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_within_counts_bytes_and_characters_apart() {
        let outer = Span { start: 10, end: 30, char_start: 5, char_end: 15 };
        let inner = outer.within("你好 world", 3..7).unwrap();
        assert_eq!(inner, Span { start: 13, end: 17, char_start: 6, char_end: 8 });
        assert_eq!(outer.within("你好", 1..3), None);
    }
}
