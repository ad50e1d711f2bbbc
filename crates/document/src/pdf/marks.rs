//! Marked content: the stretches of a page that say which text they draw.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use pdf_extract::{Dictionary, Document, Object};

use super::drawing::Given;
use super::lookup;

/// The marks of a page, counted in what they enclose: strings or glyphs.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The texts given so far.
    pub(crate) given: Vec<Given>,
    /// How many of them were shown so far.
    pub(crate) n_shown: usize,
    open: Vec<(usize, Option<String>)>,
}

impl Marks {
    /// Begins a mark.
    pub(crate) fn begin(&mut self, text: Option<String>) {
        self.open.push((self.n_shown, text));
    }

    /// Ends the mark that began last.
    pub(crate) fn end(&mut self) {
        if let Some((start, Some(text))) = self.open.pop() {
            self.given.push(Given { range: start..self.n_shown, text });
        }
    }
}

/// Returns the text that the operands of a mark give for what it encloses.
pub(crate) fn given_text(
    source: &Document,
    operands: &[Object],
    resources: &Dictionary,
) -> Option<String> {
    let properties = match operands.get(1)? {
        Object::Dictionary(properties) => properties,
        Object::Name(name) => {
            let named = lookup::dictionary(source, resources, b"Properties")?;
            lookup::dictionary(source, named, name)?
        }
        _ => return None,
    };
    lookup::get(source, properties, b"ActualText")?.as_str().ok().map(decoded)
}

/// Decodes a string that is meant for people.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let encoding = match bytes {
        [0xFE, 0xFF, ..] => UTF_16BE,
        [0xFF, 0xFE, ..] => UTF_16LE,
        [0xEF, 0xBB, 0xBF, ..] => UTF_8,
        // The encoding of PDF documents agrees with it wherever text has characters.
        _ => WINDOWS_1252,
    };
    encoding.decode_with_bom_removal(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_by_their_first_bytes() {
        assert_eq!(decoded(b"\xFE\xFF\x5D\xE5"), "工");
        assert_eq!(decoded(b"\xEF\xBB\xBF\xC3\xA9"), "é");
        assert_eq!(decoded(b"caf\xE9"), "café");
    }

    #[test]
    fn marks_know_what_they_enclose() {
        let mut marks = Marks::default();
        marks.begin(Some("fi".into()));
        marks.n_shown += 2;
        marks.begin(None);
        marks.end();
        marks.end();
        marks.end();
        assert_eq!(marks.given, [Given { range: 0..2, text: "fi".into() }]);
    }
}
