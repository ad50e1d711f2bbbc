//! Which encoding the bytes of RTF have: that of the font, else that of the document.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use std::collections::HashMap;

/// The encodings of a document and its fonts.
#[derive(Debug)]
pub(crate) struct Encodings {
    document: &'static Encoding,
    fonts: HashMap<i32, &'static Encoding>,
    /// The font that the table defines at the moment.
    defined: i32,
}

impl Default for Encodings {
    fn default() -> Self {
        Self { document: WINDOWS_1252, fonts: HashMap::new(), defined: 0 }
    }
}

impl Encodings {
    /// Takes in a control word of the header.
    pub(crate) fn header(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("ansicpg", Some(page)) => {
                self.document = by_code_page(page).unwrap_or(self.document);
            }
            ("mac", _) => self.document = MACINTOSH,
            _ => {}
        }
    }

    /// Takes in a control word of the font table.
    pub(crate) fn font_table(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("f", Some(font)) => self.defined = font,
            ("fcharset", Some(charset)) => {
                if let Some(encoding) = by_charset(charset) {
                    self.fonts.insert(self.defined, encoding);
                }
            }
            _ => {}
        }
    }

    /// Returns the encoding of text in a font.
    pub(crate) fn of_font(&self, font: i32) -> &'static Encoding {
        self.fonts.get(&font).copied().unwrap_or(self.document)
    }
}

fn by_code_page(page: i32) -> Option<&'static Encoding> {
    let label = match page {
        65001 => "utf-8",
        936 => "gbk",
        950 => "big5",
        932 => "shift_jis",
        949 | 1361 => "euc-kr",
        866 => "ibm866",
        10000 => "macintosh",
        page => return Encoding::for_label(format!("windows-{page}").as_bytes()),
    };
    Encoding::for_label(label.as_bytes())
}

/// Finds the encoding of a character set of fonts; the default one says nothing.
fn by_charset(charset: i32) -> Option<&'static Encoding> {
    let page = match charset {
        0 => 1252,
        77 => 10000,
        128 => 932,
        129 | 130 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    };
    by_code_page(page)
}
