//! What the second reader must not be given: it would follow any range of widths.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Object};

/// How many glyphs a font can have.
const GLYPHS: f64 = 65_536.;

/// Tells whether a font names a range of glyphs that is larger than any font.
pub(crate) fn has_hostile_widths(pdf: &Pdf) -> bool {
    pdf.objects().into_iter().any(|object| match object {
        Object::Dict(font) => is_hostile_font(&font) || has_hostile_descendant(&font),
        _ => false,
    })
}

fn has_hostile_descendant(font: &Dict<'_>) -> bool {
    let fonts = font.get::<Array<'_>>(b"DescendantFonts".as_slice());
    fonts.is_some_and(|fonts| fonts.iter::<Dict<'_>>().any(|font| is_hostile_font(&font)))
}

fn is_hostile_font(font: &Dict<'_>) -> bool {
    let widths = |key: &'static [u8]| font.get::<Array<'_>>(key);
    widths(b"W").is_some_and(|widths| is_hostile(&widths, 3))
        || widths(b"W2").is_some_and(|widths| is_hostile(&widths, 5))
}

/// Tells whether a list of widths has a huge range; one is written in so many numbers.
fn is_hostile(widths: &Array<'_>, n_numbers: usize) -> bool {
    let mut numbers: Vec<f64> = Vec::new();
    for object in widths.iter::<Object<'_>>() {
        match object {
            Object::Number(number) => numbers.push(number.as_f64()),
            _ => numbers.clear(),
        }
        if let [first, last, ..] = numbers[..]
            && last - first > GLYPHS
        {
            return true;
        }
        if numbers.len() == n_numbers {
            numbers.clear();
        }
    }
    false
}
