//! Fields of forms that have a value but no picture of it: viewers draw it when they open the file.

use pdf_extract::{Dictionary, Document, Object};

use super::lookup;
use super::marks::decoded;
use crate::page::{Direction, Glyph, readable};

/// How large the letters of a value are at most, and which part of them they are wide.
const MAX_SIZE: f64 = 12.;
const WIDTH: f64 = 0.5;

/// Returns the value of a field as one glyph where the field stands.
pub(crate) fn value(source: &Document, field: &Dictionary) -> Option<Glyph> {
    let value = match lookup::inherited(source, field, b"V")? {
        Object::String(bytes, _) => decoded(bytes),
        // The state of a box that is not ticked; others have a picture.
        Object::Name(_) => return None,
        value => lookup::number(source, value)?.to_string(),
    };
    let [x1, y1, x2, y2] = lookup::numbers::<4>(source, field, b"Rect")?.map(f64::from);
    let text = readable(value.trim());
    let size = ((y2 - y1).abs() * 0.8).min(MAX_SIZE);
    let length = u16::try_from(text.chars().count()).map_or(f64::MAX, f64::from);
    let width = (length * size * WIDTH).min((x2 - x1).abs());
    (!text.is_empty() && size > 0.).then_some(Glyph {
        text,
        x: x1.min(x2),
        y: y1.min(y2) + size * 0.3,
        width,
        advance: width,
        size,
        direction: Direction::RIGHT,
        is_upright: false,
    })
}

/// Tells whether what viewers show is made by a program in the file (a dynamic XFA form).
pub(crate) fn is_dynamic(source: &Document) -> bool {
    let root = lookup::dictionary(source, &source.trailer, b"Root");
    let needs = root.and_then(|root| lookup::get(source, root, b"NeedsRendering"));
    needs.is_some_and(|needs| matches!(needs, Object::Boolean(true)))
}
