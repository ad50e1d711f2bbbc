//! From the codes of strings to characters, by the maps that fonts bring along.
//!
//! pdf-extract parses such a map again on every page, and panics on some; it only places glyphs.

use hayro::hayro_interpret::hayro_cmap::{BfString, CMap};
use pdf_extract::Stream;
use std::ops::Range;

use super::lookup;
use super::reading::FontIndex;

/// How the codes of a font become characters.
#[derive(Debug, Default)]
pub(crate) enum Codes {
    /// By the encoding of the font, which pdf-extract knows.
    #[default]
    Encoded,
    /// Every code is the character itself.
    Characters,
    /// By a map.
    Mapped(Box<CMap>),
}

impl Codes {
    /// Reads a map; one that cannot be read maps nothing.
    pub(crate) fn mapped(stream: &Stream) -> Self {
        let map = CMap::parse(&lookup::content(stream), |_| None);
        map.map_or(Self::Encoded, |map| Self::Mapped(Box::new(map)))
    }

    /// Returns the characters of a code; `None` where the encoding has to tell them.
    pub(crate) fn text(&self, code: u32) -> Option<String> {
        match self {
            Self::Encoded => None,
            Self::Characters => char::from_u32(code).map(String::from),
            Self::Mapped(map) => match map.lookup_bf_string(code)? {
                BfString::Char(c) => Some(c.to_string()),
                BfString::String(text) => Some(text),
            },
        }
    }
}

/// A string that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) font: FontIndex,
    /// Where its codes stand among those of the page.
    pub(crate) codes: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use pdf_extract::Dictionary;

    #[test]
    fn codes_are_mapped_where_the_map_tells_them() {
        let map = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
            2 beginbfchar <01> <00660069> <02> <5DE5> endbfchar endcmap";
        let codes = Codes::mapped(&Stream::new(Dictionary::new(), map.to_vec()));
        let texts = [1, 2, 3].map(|code| codes.text(code));
        assert_eq!(texts, [Some("fi".to_owned()), Some("工".to_owned()), None]);
        assert_eq!(Codes::Characters.text(0x5DE5).as_deref(), Some("工"));
        assert_eq!(Codes::Encoded.text(0x41), None);
    }
}
