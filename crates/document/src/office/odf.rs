//! OpenDocument: texts, presentations and spreadsheets, whose content is written alike.

mod cells;
mod content;
mod paragraph;

use footnote_core::document::{ParsedDocument, Place};
use footnote_core::job::Failure;

use super::properties;
use crate::assemble::Assembler;
use crate::limits::Limits;
use crate::package::{Package, damaged, encrypted};
use crate::xml;
use content::Content;

/// Reads a package: the final text of tracked changes, notes after their paragraph, slides and
/// sheets with their places, headers and footers at the end.
///
/// # Errors
/// `Unreadable` for a damaged file, `Encrypted` when a password is needed, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut package = Package::open(bytes, limits)?;
    let manifest = package.text("META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(encrypted());
    }
    let text = package.text("content.xml")?.ok_or_else(damaged)?;
    let mut content = Content::new(Assembler::new(limits));
    content.walk(&text, limits)?;
    let styles = package.text("styles.xml")?;
    if let Some(styles) = styles.filter(|_| content.is_text()) {
        margins(&mut content, &styles, limits)?;
    }
    let title = properties::title(&mut package, "meta.xml")?;
    Ok(finished(content, title))
}

/// Reads a document that is one file of XML.
///
/// # Errors
/// As [`parse`].
pub(crate) fn flat(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let text = xml::decoded(bytes)?;
    let mut content = Content::new(Assembler::new(limits));
    content.walk(&text, limits)?;
    Ok(finished(content, None))
}

/// Adds the headers and footers of the pages, which stand among the styles.
fn margins(content: &mut Content<'_>, styles: &str, limits: &Limits) -> Result<(), Failure> {
    let mut inside = Content::new(Assembler::new(limits));
    inside.walk(styles, limits)?;
    let (margins, _) = inside.finish();
    let assembler = content.assembler();
    assembler.leave_headings();
    assembler.begin_place(Some(Place::Part("header".to_owned())));
    assembler.append(&margins.finish())
}

fn finished(content: Content<'_>, title: Option<String>) -> ParsedDocument {
    let (assembler, n_pages) = content.finish();
    let title = title.or_else(|| assembler.first_title());
    ParsedDocument { title, n_pages, ..assembler.finish() }
}
