//! Saved web pages: a page with its images in one file that is written as a mail.

use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;
use mail_parser::PartType;

use super::eml::{message, no_mail};
use crate::html;
use crate::limits::Limits;

/// Reads the page; its frames follow it in order.
///
/// # Errors
/// `Unreadable` for what has no page, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let message = message(bytes)?;
    let pages = message.parts.iter().filter_map(|part| match &part.body {
        PartType::Html(source) => Some(source),
        PartType::Text(_)
        | PartType::Binary(_)
        | PartType::InlineBinary(_)
        | PartType::Message(_)
        | PartType::Multipart(_) => None,
    });
    let sources: Vec<&str> = pages.map(AsRef::as_ref).collect();
    let Some((page, frames)) = sources.split_first() else { return Err(no_mail()) };
    let document = html::parse(page.as_bytes(), limits)?;
    if frames.is_empty() {
        return Ok(document);
    }
    let mut assembler = crate::assemble::Assembler::new(limits);
    assembler.append(&document)?;
    for frame in frames {
        assembler.append(&html::parse(frame.as_bytes(), limits)?)?;
    }
    Ok(ParsedDocument { title: document.title, notes: document.notes, ..assembler.finish() })
}
