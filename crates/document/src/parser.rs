//! The seam of the formats: which reader reads what, and what is refused before any does.

use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};

use crate::detect::{Format, detect, foreign_format};
use crate::limits::Limits;
use crate::{html, markdown, pdf, plain};

/// Reads a document: its canonical text, the blocks of that text, and its title.
///
/// The name tells the format where the content does not, and appears nowhere else. The blocks are
/// in order, do not overlap and lie on character boundaries; at least one has text.
///
/// # Errors
/// `Empty` without bytes or text, `Unsupported` for a format that is not read, `TooLarge` past a
/// limit, `Encrypted` when a password is needed, `NoTextLayer` for a scan, `Unreadable` for what
/// is damaged. The detail says what to do.
pub fn parse(name: &str, bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    if bytes.is_empty() {
        return Err(Failure::new(
            FailureCode::Empty,
            "The file has no bytes. Replace or remove it.",
        ));
    }
    let format = detect(name, bytes).ok_or_else(|| unsupported(bytes))?;
    let document = match format {
        Format::Pdf => pdf::parse(bytes, limits),
        Format::Html => html::parse(bytes, limits),
        Format::Markdown => markdown::parse(bytes, limits),
        Format::PlainText => plain::parse(name, bytes, limits),
    }?;
    if document.blocks.is_empty() {
        let detail = "The file has no text. Replace or remove it.";
        return Err(Failure::new(FailureCode::Empty, detail));
    }
    Ok(ParsedDocument { media_type: format.media_type().to_owned(), ..document })
}

fn unsupported(bytes: &[u8]) -> Failure {
    let detail = match foreign_format(bytes) {
        Some(format) => format!(
            "This is {format}, which is not read yet. Save it as PDF, HTML, Markdown or text."
        ),
        None => {
            "This is a binary file, whatever its name says. Footnote reads PDF, HTML, Markdown \
                 and text."
                .to_owned()
        }
    };
    Failure::new(FailureCode::Unsupported, detail)
}

/// Says that bytes which were text at their beginning are none as a whole.
pub(crate) fn not_text() -> Failure {
    let detail =
        "The file begins as text but goes on as binary data. Replace it with an intact copy.";
    Failure::new(FailureCode::Unreadable, detail)
}
