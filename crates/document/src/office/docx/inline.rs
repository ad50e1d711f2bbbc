//! The text of runs and equations: what stands inside a paragraph.

use footnote_core::job::Failure;

use super::math::Math;
use crate::xml::{Tag, Xml};

/// Tells whether an element holds nothing that is printed.
///
/// Those are what tracked changes remove, the instructions of fields, and the second form of
/// what is there already.
pub(crate) fn is_unprinted(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "delText"
            | "instrText"
            | "delInstrText"
            | "Fallback"
            | "rPrChange"
            | "sectPrChange"
            | "tblPr"
            | "tblGrid"
            | "sdtPr"
            | "posOffset"
            | "pctWidth"
            | "pctHeight"
            | "binData"
            | "rt"
    )
}

/// Where inside a paragraph the reader is.
#[derive(Debug, Default)]
pub(crate) struct Inline {
    /// How many runs are around the current place.
    n_runs: usize,
    /// Whether the text that comes is printed: inside `t`.
    is_text: bool,
    /// Whether the current run is hidden.
    is_hidden: bool,
    math: Math,
}

impl Inline {
    /// Enters an element.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn open(
        &mut self,
        tag: &Tag<'_>,
        xml: &mut Xml<'_>,
        text: &mut String,
    ) -> Result<(), Failure> {
        match tag.name() {
            "r" => {
                self.n_runs += 1;
                self.is_hidden = false;
            }
            "rPr" => self.is_hidden = is_hidden(xml)?,
            "t" => self.is_text = true,
            _ if self.is_hidden => {}
            "tab" | "ptab" if self.n_runs > 0 => text.push('\t'),
            "br" | "cr" if self.n_runs > 0 => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            "sym" => text.extend(symbol(tag)),
            "oMath" if text.ends_with(char::is_alphanumeric) => text.push(' '),
            _ => self.math.open(tag, text),
        }
        Ok(())
    }

    /// Adds text as it stands in the source.
    pub(crate) fn text(&self, piece: &str, text: &mut String) {
        if self.is_text && !self.is_hidden {
            text.extend(piece.chars().filter(|c| *c != '\u{AD}'));
        }
    }

    /// Leaves an element.
    pub(crate) fn close(&mut self, name: &str, text: &mut String) {
        match name {
            "r" => {
                self.n_runs = self.n_runs.saturating_sub(1);
                self.is_hidden = false;
            }
            "t" => self.is_text = false,
            _ => self.math.close(name, text),
        }
    }
}

/// Reads the properties of a run, and tells whether they hide it.
fn is_hidden(xml: &mut Xml<'_>) -> Result<bool, Failure> {
    use crate::xml::Step;
    let mut is_hidden = false;
    while let Some(step) = xml.next()? {
        match step {
            Step::Open(tag) if tag.name() == "rPrChange" => xml.skip()?,
            Step::Open(tag) if tag.name() == "vanish" => is_hidden = tag.is_on(),
            Step::Close(tag) if tag.name() == "rPr" => break,
            Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
        }
    }
    Ok(is_hidden)
}

/// Returns the character of a symbol, unless only its font knows it.
fn symbol(tag: &Tag<'_>) -> Option<char> {
    let code = u32::from_str_radix(&tag.attr("char")?, 16).ok()?;
    let is_private = (0xE000..0xF900).contains(&code);
    char::from_u32(code).filter(|c| !is_private && !c.is_control())
}
