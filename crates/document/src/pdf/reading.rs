//! The small document that pdf-extract reads: one page at a time, written by us.

use encoding_rs::Encoding;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::HashMap;

use super::codes::{Codes, Shown};
use super::cures::{Cured, cure};
use super::drawing::{Given, Sheet};
use crate::page::Glyph;

/// The number of the one page.
pub(crate) const PAGE: u32 = 1;

/// A page that has text operators and fonts alone.
pub(crate) struct FlatPage {
    /// Left, bottom, right, top.
    pub(crate) media_box: [f32; 4],
    /// What viewers show of it.
    pub(crate) sheet: Option<Sheet>,
    pub(crate) content: Vec<u8>,
    /// The fonts that the content names.
    pub(crate) fonts: Vec<FontIndex>,
    /// The strings that the content shows, and their codes.
    pub(crate) strings: Vec<Shown>,
    pub(crate) codes: Vec<u8>,
    /// The texts that the page gives for strings, which are counted from its beginning.
    pub(crate) given: Vec<Given>,
    /// The values of fields that have no picture.
    pub(crate) values: Vec<Glyph>,
    /// Whether some font is set in columns from top to bottom.
    pub(crate) is_vertical: bool,
}

/// A font of the reading document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FontIndex(usize);

impl FontIndex {
    /// Returns the name by which content calls the font.
    pub(crate) fn name(self) -> String {
        format!("F{}", self.0)
    }
}

/// A font already cured.
struct Font {
    id: ObjectId,
    strings: Option<&'static Encoding>,
    is_vertical: bool,
    codes: Codes,
    n_bytes: usize,
}

/// The document, and the fonts cured so far.
pub(crate) struct Reading {
    document: Document,
    page: ObjectId,
    content: ObjectId,
    fonts: Vec<Font>,
    /// Fonts by the address of their dictionary in the source, which does not move.
    known: HashMap<usize, FontIndex>,
}

impl Reading {
    pub(crate) fn new() -> Self {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let content = document.add_object(Stream::new(Dictionary::new(), Vec::new()));
        let page = document.add_object(dictionary! { "Type" => "Page", "Parent" => pages });
        let kids = vec![Object::Reference(page)];
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => 1 };
        document.objects.insert(pages, Object::Dictionary(tree));
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        Self { document, page, content, fonts: Vec::new(), known: HashMap::new() }
    }

    /// Returns the cured form of a font of the source.
    pub(crate) fn font(&mut self, source: &Document, font: &Dictionary) -> FontIndex {
        let address = std::ptr::from_ref(font).addr();
        if let Some(index) = self.known.get(&address) {
            return *index;
        }
        let mut cured = cure(source, font);
        let id = self.document.add_object(std::mem::take(&mut cured.font));
        let index = FontIndex(self.fonts.len());
        let Cured { strings, is_vertical, codes, n_bytes, .. } = cured;
        self.fonts.push(Font { id, strings, is_vertical, codes, n_bytes });
        self.known.insert(address, index);
        index
    }

    /// Returns the encoding from which strings of a font have to be rewritten, if any.
    pub(crate) fn strings(&self, font: FontIndex) -> Option<&'static Encoding> {
        self.fonts.get(font.0)?.strings
    }

    /// Tells whether a font is set in columns from top to bottom.
    pub(crate) fn is_vertical(&self, font: FontIndex) -> bool {
        self.fonts.get(font.0).is_some_and(|font| font.is_vertical)
    }

    /// Returns how many bytes a code of a font has.
    pub(crate) fn n_bytes(&self, font: FontIndex) -> usize {
        self.fonts.get(font.0).map_or(1, |font| font.n_bytes)
    }

    /// Returns the characters of a code; `None` where the encoding of the font tells them.
    pub(crate) fn text(&self, font: FontIndex, code: u32) -> Option<String> {
        self.fonts.get(font.0)?.codes.text(code)
    }

    /// Returns the document, which shows one page.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Makes a page the one that the document shows.
    pub(crate) fn show(&mut self, flat: &mut FlatPage) {
        let font = |index: &FontIndex| {
            Some((index.name(), Object::Reference(self.fonts.get(index.0)?.id)))
        };
        let fonts: Dictionary = flat.fonts.iter().filter_map(font).collect();
        let media_box = flat.media_box.map(Object::Real).to_vec();
        let page = dictionary! {
            "Type" => "Page",
            "MediaBox" => media_box,
            "Resources" => dictionary! { "Font" => fonts },
            "Contents" => self.content,
        };
        let content = Stream::new(Dictionary::new(), std::mem::take(&mut flat.content));
        self.document.objects.insert(self.content, Object::Stream(content));
        self.document.objects.insert(self.page, Object::Dictionary(page));
    }
}
