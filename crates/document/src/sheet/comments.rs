//! Comments on the cells of a workbook, by sheet.

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::Failure;
use std::collections::HashMap;

use crate::assemble::{Assembler, one_line};
use crate::package::{Package, Relations};
use crate::xml::{Step, Xml};

/// A comment on a cell.
#[derive(Debug)]
struct Comment {
    cell: String,
    text: String,
}

/// The comments of a workbook.
#[derive(Debug, Default)]
pub(crate) struct Comments(HashMap<String, Vec<Comment>>);

impl Comments {
    /// # Errors
    /// As [`Package::read`].
    pub(crate) fn read(package: &mut Package<'_>) -> Result<Self, Failure> {
        let root = Relations::of(package, "")?;
        let Some(main) = root.of_kind("officeDocument").into_iter().next() else {
            return Ok(Self::default());
        };
        let relations = Relations::of(package, &main)?;
        let text = package.text(&main)?.unwrap_or_default();
        let mut xml = Xml::new(&text, package.limits());
        let mut comments = HashMap::new();
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            if tag.name() != "sheet" {
                continue;
            }
            let part = tag.relation("id").and_then(|id| relations.target(&id).map(str::to_owned));
            if let (Some(name), Some(part)) = (tag.attr("name"), part) {
                comments.insert(name, of_sheet(package, &part)?);
            }
        }
        Ok(Self(comments))
    }

    /// Writes the comments on a sheet, each at its cell.
    ///
    /// # Errors
    /// `TooLarge` when the text has grown past the limit.
    pub(crate) fn write(&self, sheet: &str, to: &mut Assembler<'_>) -> Result<(), Failure> {
        for Comment { cell, text } in self.0.get(sheet).into_iter().flatten() {
            let place = Place::Cells { sheet: sheet.to_owned(), cells: cell.clone() };
            to.begin_place(Some(place));
            to.push(BlockKind::Paragraph, &format!("Comment on {cell}: {text}"))?;
        }
        to.begin_place(None);
        Ok(())
    }
}

fn of_sheet(package: &mut Package<'_>, part: &str) -> Result<Vec<Comment>, Failure> {
    let mut comments: Vec<Comment> = Vec::new();
    for name in Relations::of(package, part)?.of_kind("comments") {
        let text = package.text(&name)?.unwrap_or_default();
        let mut xml = Xml::new(&text, package.limits());
        while let Some(step) = xml.next()? {
            let Step::Open(tag) = step else { continue };
            match tag.name() {
                "comment" => {
                    let cell = tag.attr("ref").unwrap_or_default();
                    comments.push(Comment { cell, text: String::new() });
                }
                "t" => {
                    let text = xml.text()?;
                    if let Some(comment) = comments.last_mut() {
                        comment.text.push_str(&text);
                    }
                }
                _ => {}
            }
        }
    }
    for comment in &mut comments {
        comment.text = one_line(&comment.text);
    }
    comments.retain(|comment| !comment.text.is_empty());
    Ok(comments)
}
