//! Footnotes, endnotes and comments by the ids that the text refers to them with.

use footnote_core::job::Failure;
use std::collections::HashMap;

use super::inline::{Inline, is_unprinted};
use crate::limits::Limits;
use crate::xml::{Step, Xml};

/// A note or a comment.
#[derive(Debug, Default)]
pub(crate) struct Note {
    /// Who wrote it, for a comment.
    pub(crate) author: Option<String>,
    /// Its paragraphs.
    pub(crate) paragraphs: Vec<String>,
}

/// The notes of a part.
#[derive(Debug, Default)]
pub(crate) struct Notes(HashMap<String, Note>);

impl Notes {
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn read(text: &str, limits: &Limits) -> Result<Self, Failure> {
        let mut xml = Xml::new(text, limits);
        let mut notes = HashMap::new();
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            if !matches!(tag.name(), "footnote" | "endnote" | "comment") {
                continue;
            }
            // Separators are lines, not text.
            let is_line = tag.attr("type").is_some_and(|kind| kind != "normal");
            let (id, author) = (tag.attr("id").unwrap_or_default(), tag.attr("author"));
            let name = tag.name().to_owned();
            let paragraphs = paragraphs_until(&mut xml, &name)?;
            if !is_line && !paragraphs.is_empty() {
                notes.insert(id, Note { author, paragraphs });
            }
        }
        Ok(Self(notes))
    }

    /// Takes a note, so that it is written once.
    pub(crate) fn take(&mut self, id: &str) -> Option<Note> {
        self.0.remove(id)
    }
}

/// Returns the paragraphs of a part.
///
/// # Errors
/// As [`Xml::next`].
pub(crate) fn paragraphs(text: &str, limits: &Limits) -> Result<Vec<String>, Failure> {
    paragraphs_until(&mut Xml::new(text, limits), "")
}

fn paragraphs_until(xml: &mut Xml<'_>, end: &str) -> Result<Vec<String>, Failure> {
    let mut paragraphs = Vec::new();
    let mut inline = Inline::default();
    let mut text = String::new();
    while let Some(step) = xml.next()? {
        match step {
            Step::Open(tag) if is_unprinted(tag.name()) => xml.skip()?,
            Step::Open(tag) if tag.name() == "pPr" => xml.skip()?,
            Step::Open(tag) => inline.open(&tag, xml, &mut text)?,
            Step::Text(piece) => inline.text(&piece, &mut text),
            Step::Close(tag) if tag.name() == "p" => {
                paragraphs.push(std::mem::take(&mut text).trim().to_owned());
            }
            Step::Close(tag) if tag.name() == end => break,
            Step::Close(tag) => inline.close(tag.name(), &mut text),
        }
    }
    paragraphs.retain(|text| !text.is_empty());
    Ok(paragraphs)
}
