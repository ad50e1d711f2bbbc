//! RTF: a small reader of the control words that make text, its structure and its encoding.

mod encoding;
mod reader;
mod style;
mod token;

use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;

use crate::assemble::Assembler;
use crate::limits::Limits;
use reader::Reader;

/// Reads RTF; what is damaged ends the text where it is damaged.
///
/// # Errors
/// `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut reader = Reader::new(Assembler::new(limits));
    for token in token::Tokens::new(bytes) {
        reader.read(&token)?;
    }
    let (assembler, title) = reader.finish()?;
    let title = title.or_else(|| assembler.first_title());
    Ok(ParsedDocument { title, ..assembler.finish() })
}
