//! A paragraph of a Word document while it is read.

use footnote_core::job::Failure;

use super::inline::Inline;
use super::numbering::ListLevel;
use crate::xml::{Step, Tag, Xml};

/// What a paragraph, or a style, says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    /// The id of its style.
    pub(crate) style: Option<String>,
    /// The level of a heading, from 1.
    pub(crate) outline: Option<u8>,
    /// The list that it is an item of.
    pub(crate) list: ListLevel,
    /// Whether a tracked change removes its end, so that the next paragraph goes on with it.
    pub(crate) goes_on: bool,
}

impl Properties {
    /// Reads the rest of a `pPr` whose tag was read last.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(xml: &mut Xml<'_>) -> Result<Self, Failure> {
        let mut properties = Self::default();
        while let Some(step) = xml.next()? {
            match step {
                // What it was before a tracked change of its formatting.
                Step::Open(tag) if tag.name() == "pPrChange" => xml.skip()?,
                Step::Open(tag) => properties.set(&tag),
                Step::Close(tag) if tag.name() == "pPr" => break,
                Step::Text(_) | Step::Close(_) => {}
            }
        }
        Ok(properties)
    }

    fn set(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "pStyle" => self.style = tag.attr("val"),
            "outlineLvl" => {
                let level = tag.number("val").and_then(|level| u8::try_from(level).ok());
                self.outline = level.filter(|level| *level < 9).map(|level| (level + 1).min(6));
            }
            "numId" => self.list.list = tag.attr("val"),
            "ilvl" => self.list.level = tag.number("val"),
            "del" | "moveFrom" => self.goes_on = true,
            _ => {}
        }
    }
}

/// A reference to a note or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    Footnote(String),
    Endnote(String),
    Comment(String),
}

/// A paragraph while it is read.
#[derive(Debug, Default)]
pub(crate) struct Paragraph {
    pub(crate) properties: Properties,
    pub(crate) text: String,
    pub(crate) inline: Inline,
    /// What is written after the paragraph because it refers to it.
    pub(crate) references: Vec<Reference>,
}
