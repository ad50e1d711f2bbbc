//! Word documents since 2007, of both dialects of the format, as they are printed.

mod body;
mod inline;
mod math;
mod notes;
mod numbering;
mod paragraph;
mod styles;
mod tables;

use footnote_core::document::{ParsedDocument, Place};
use footnote_core::job::Failure;

use super::properties;
use crate::assemble::Assembler;
use crate::limits::Limits;
use crate::package::{Package, Relations, damaged};
use body::{Body, Parts};
use notes::Notes;
use numbering::Numbering;
use styles::Styles;

/// Reads a Word document: the final text of tracked changes, notes and comments after the
/// paragraph they belong to, headers and footers at the end.
///
/// # Errors
/// `Unreadable` for a damaged file, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut package = Package::open(bytes, limits)?;
    let main = main_part(&mut package)?;
    let relations = Relations::of(&mut package, &main)?;
    let text = package.text(&main)?.ok_or_else(damaged)?;
    let parts = parts(&mut package, &relations)?;
    let mut body = Body::new(Assembler::new(limits), parts);
    body.walk(&text, &relations, &mut package)?;
    margins(&mut body, &relations, &mut package)?;
    let title = properties::title(&mut package, "docProps/core.xml")?;
    let (assembler, own_title) = body.finish();
    let title = title.or(own_title).or_else(|| assembler.first_title());
    Ok(ParsedDocument { title, ..assembler.finish() })
}

/// Finds the part that is the document itself.
fn main_part(package: &mut Package<'_>) -> Result<String, Failure> {
    let relations = Relations::of(package, "")?;
    let named = relations.of_kind("officeDocument").into_iter().next();
    Ok(named.unwrap_or_else(|| "word/document.xml".to_owned()))
}

/// Reads the parts that the paragraphs of the document refer to.
fn parts(package: &mut Package<'_>, relations: &Relations) -> Result<Parts, Failure> {
    let limits = package.limits();
    let mut text_of = |kind: &str| -> Result<String, Failure> {
        let Some(name) = relations.of_kind(kind).into_iter().next() else {
            return Ok(String::new());
        };
        Ok(package.text(&name)?.unwrap_or_default())
    };
    Ok(Parts {
        styles: Styles::read(&text_of("styles")?, limits)?,
        numbering: Numbering::read(&text_of("numbering")?, limits)?,
        footnotes: Notes::read(&text_of("footnotes")?, limits)?,
        endnotes: Notes::read(&text_of("endnotes")?, limits)?,
        comments: Notes::read(&text_of("comments")?, limits)?,
    })
}

/// Adds the headers and footers of the pages, each text once.
fn margins(
    body: &mut Body<'_>,
    relations: &Relations,
    package: &mut Package<'_>,
) -> Result<(), Failure> {
    body.leave_headings();
    let mut seen = Vec::new();
    for kind in ["header", "footer"] {
        for name in relations.of_kind(kind) {
            let Some(text) = package.text(&name)? else { continue };
            let known = notes::paragraphs(&text, package.limits())?;
            let has_words = known.iter().any(|text| text.contains(char::is_alphabetic));
            if !has_words || seen.contains(&known) {
                continue;
            }
            seen.push(known);
            body.begin_place(Some(Place::Part(kind.to_owned())));
            let own = Relations::of(package, &name)?;
            body.walk(&text, &own, package)?;
        }
    }
    Ok(())
}
