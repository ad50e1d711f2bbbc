//! What was read from a document, block by block, on the wire.

use footnote_core::document::{self, BlockKind, ParsedDocument};
use footnote_core::layout::PageBoxes;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::TextRange;
use super::answer::Location;

/// The text of a document, and the blocks that it is made of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Contents {
    /// How many characters the whole text has.
    pub characters: usize,
    /// The text that every range points into.
    pub text: String,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// What was read from a document: what it says of itself, and its contents.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Parsed {
    /// The media type told from the content.
    pub media_type: String,
    /// The title that the document gives itself.
    pub title: Option<String>,
    /// How many pages it has, where the format knows pages.
    pub pages: Option<u32>,
    /// What could not be read although the rest could.
    pub notes: Vec<String>,
    /// Its text and its blocks.
    #[serde(flatten)]
    pub contents: Contents,
}

/// A stretch of the text of one kind, with its place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// The level of a heading, from 1 (outermost) to 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Where it stands in the text.
    pub range: TextRange,
    /// The page, counted from 1, where the format knows pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// Where in its file it stands, where the format has other places than pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Its rectangles by page, where the format draws its text on pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rects: Vec<Location>,
}

/// What kind of thing a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BlockKind)]
pub enum Kind {
    /// A heading.
    Heading,
    /// Running text.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// A table, or rows of one.
    Table,
    /// Code or other text whose line breaks matter.
    Code,
    /// A quotation.
    Quote,
}

/// Where in a file that has no pages, or more than pages, a block stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BlockPlace)]
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
    /// A part beside the running text: `notes`, `comment`, `footnote`, a chapter's file.
    Part(String),
    /// Lines of a text, counted from 1, both ends included.
    Lines {
        /// The first line.
        first: u32,
        /// The last line.
        last: u32,
    },
}

impl Contents {
    /// Counts the blocks of each kind.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<Kind, usize> {
        let mut kinds = BTreeMap::new();
        for block in &self.blocks {
            *kinds.entry(block.kind).or_default() += 1;
        }
        kinds
    }
}

impl From<ParsedDocument> for Contents {
    fn from(parsed: ParsedDocument) -> Self {
        let ranges = parsed.blocks.iter().map(|block| block.range.clone());
        let boxes = parsed.layout.boxes_of_each(&parsed.text, ranges);
        let mut characters = Characters::new(&parsed.text);
        let block = |(block, boxes): (document::Block, Vec<PageBoxes>)| {
            let (start, end) = (block.range.start, block.range.end);
            let range = TextRange { start: characters.before(start), end: characters.before(end) };
            Block::new(block, range, &boxes)
        };
        let blocks = parsed.blocks.into_iter().zip(boxes).map(block).collect();
        Self { characters: characters.before(parsed.text.len()), blocks, text: parsed.text }
    }
}

impl From<ParsedDocument> for Parsed {
    fn from(mut parsed: ParsedDocument) -> Self {
        Self {
            media_type: std::mem::take(&mut parsed.media_type),
            title: parsed.title.take(),
            pages: parsed.n_pages,
            notes: std::mem::take(&mut parsed.notes),
            contents: Contents::from(parsed),
        }
    }
}

impl Block {
    fn new(block: document::Block, range: TextRange, boxes: &[PageBoxes]) -> Self {
        let (kind, level) = match block.kind {
            BlockKind::Heading(level) => (Kind::Heading, Some(level)),
            BlockKind::Paragraph => (Kind::Paragraph, None),
            BlockKind::ListItem => (Kind::ListItem, None),
            BlockKind::Table => (Kind::Table, None),
            BlockKind::Code => (Kind::Code, None),
            BlockKind::Quote => (Kind::Quote, None),
        };
        Self {
            kind,
            level,
            range,
            page: block.page,
            headings: block.headings,
            place: block.place.map(Place::from),
            rects: boxes.iter().map(Location::from).collect(),
        }
    }
}

impl From<document::Place> for Place {
    fn from(place: document::Place) -> Self {
        match place {
            document::Place::Cells { sheet, cells } => Self::Cells { sheet, cells },
            document::Place::Slide(slide) => Self::Slide(slide),
            document::Place::Part(part) => Self::Part(part),
            document::Place::Lines { first, last } => Self::Lines { first, last },
        }
    }
}

/// Counts the characters before places of a text, each as far along as the one before or farther,
/// and goes through the text once.
struct Characters<'a> {
    text: &'a str,
    byte: usize,
    n_before: usize,
}

impl<'a> Characters<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, byte: 0, n_before: 0 }
    }

    /// Returns how many characters begin before a byte; one inside a character counts as before it.
    fn before(&mut self, byte: usize) -> usize {
        let byte = self.text.floor_char_boundary(byte);
        let passed = self.text.get(self.byte..byte).unwrap_or_default();
        self.n_before += passed.chars().count();
        self.byte = self.byte.max(byte);
        self.n_before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn block(kind: BlockKind, range: std::ops::Range<usize>) -> document::Block {
        document::Block { kind, range, page: None, headings: Vec::new(), place: None }
    }

    #[test]
    fn blocks_count_characters_and_leave_out_what_their_format_does_not_know() {
        let place =
            document::Place::Cells { sheet: "总表".to_owned(), cells: "A1:B2".to_owned() };
        let parsed = ParsedDocument {
            text: "年假\n\n28 天".to_owned(),
            blocks: vec![
                block(BlockKind::Heading(2), 0..6),
                document::Block { place: Some(place), ..block(BlockKind::Table, 8..14) },
            ],
            ..ParsedDocument::default()
        };
        let contents = Contents::from(parsed);
        assert_eq!(contents.characters, 8);
        assert_eq!(
            serde_json::to_value(&contents.blocks).unwrap(),
            json!([
                {"kind": "heading", "level": 2, "range": {"start": 0, "end": 2}, "headings": []},
                {"kind": "table", "range": {"start": 4, "end": 8}, "headings": [],
                 "place": {"cells": {"sheet": "总表", "cells": "A1:B2"}}},
            ])
        );
        assert_eq!(contents.kinds(), BTreeMap::from([(Kind::Heading, 1), (Kind::Table, 1)]));
    }
}
