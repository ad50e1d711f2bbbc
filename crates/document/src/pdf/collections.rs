//! Fonts that number their glyphs as one of Adobe's collections of characters does.

use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CidFamily, load_embedded};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, String as RawString};
use std::collections::HashMap;

/// The characters of fonts that have no map of their own, by the name of the font.
#[derive(Default)]
pub(crate) struct Collections(HashMap<String, CMap>);

impl Collections {
    /// Finds the fonts of a file whose codes are the numbers of a collection.
    pub(crate) fn of(pdf: &Pdf) -> Self {
        let fonts = pdf.objects().into_iter().filter_map(|object| match object {
            Object::Dict(font) => Some(font),
            _ => None,
        });
        Self(fonts.filter_map(|font| numbered(&font)).collect())
    }

    /// Returns the characters of a glyph.
    pub(crate) fn text(&self, font: &str, code: u32) -> Option<String> {
        match self.0.get(font)?.lookup_bf_string(code)? {
            BfString::Char(c) => Some(c.to_string()),
            BfString::String(text) => Some(text),
        }
    }
}

/// Returns the name of a font that numbers its glyphs so, and the map of its collection.
fn numbered(font: &Dict<'_>) -> Option<(String, CMap)> {
    let encoding = font.get::<Name<'_>>("Encoding")?;
    if !encoding.as_str().starts_with("Identity-") || font.contains_key("ToUnicode") {
        return None;
    }
    let inner = font.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
    let collection = inner.get::<Dict<'_>>("CIDSystemInfo")?;
    let registry = collection.get::<RawString<'_>>("Registry")?;
    let ordering = collection.get::<RawString<'_>>("Ordering")?;
    let family = CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes());
    let map = CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)?;
    let name = font.get::<Name<'_>>("BaseFont")?;
    Some((without_prefix(name.as_str()).to_owned(), map))
}

/// Takes the six letters off the name of a font of which the file has a part.
fn without_prefix(name: &str) -> &str {
    name.split_once('+').filter(|(prefix, _)| prefix.len() == 6).map_or(name, |(_, name)| name)
}
