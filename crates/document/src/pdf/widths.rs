//! The cures of glyph widths: forms that pdf-extract misreads or panics on.

use pdf_extract::{Dictionary, Document, Object};
use std::collections::BTreeMap;

use super::lookup;

/// One past the largest glyph number that a two-byte code can mean.
///
/// A range in a hostile file can ask for billions; there are no more glyphs than this.
const GLYPHS: i64 = 1 << 16;

/// Returns the `/W` of a composite font in list form.
///
/// Of a range (`first last width`) pdf-extract takes the first number for all three and loses the
/// widths, the one of the space mostly; words then fall apart.
pub(crate) fn in_list_form(document: &Document, font: &Dictionary) -> Option<Object> {
    Some(Object::Array(consecutive(of_glyphs(document, font)?)))
}

/// The first of the glyphs that stand for the letters from the space on, in each of Adobe's
/// collections of Chinese, Japanese and Korean ones.
const SPACE: i64 = 1;

/// Returns the widths of the letters from the space to the tilde, by their characters, of a font
/// whose codes are characters and whose glyphs are numbered as in Adobe's collections
/// (<https://github.com/adobe-type-tools/cmap-resources>); `None` where it names none of them.
pub(crate) fn of_letters(document: &Document, font: &Dictionary) -> Option<Object> {
    let widths = of_glyphs(document, font)?;
    let letters = i64::from(b' ')..=i64::from(b'~');
    let named = letters.filter_map(|letter| {
        let glyph = letter - i64::from(b' ') + SPACE;
        Some((letter, *widths.get(&glyph)?))
    });
    let named: BTreeMap<i64, f32> = named.collect();
    (!named.is_empty()).then(|| Object::Array(consecutive(named)))
}

/// Reads the `/W` of a composite font: the widths of its glyphs.
fn of_glyphs(document: &Document, font: &Dictionary) -> Option<BTreeMap<i64, f32>> {
    let mut rest = lookup::array(document, font, b"W")?;
    let mut widths = BTreeMap::new();
    while let [first, second, after @ ..] = rest {
        let Some(first) = glyph(document, first) else { break };
        if let Some(list) = lookup::follow(document, second).and_then(|list| list.as_array().ok()) {
            let of_list =
                list.iter().map(|width| lookup::number(document, width).unwrap_or_default());
            widths.extend((first..GLYPHS).zip(of_list));
            rest = after;
        } else if let ([width, after @ ..], Some(last)) = (after, glyph(document, second)) {
            let width = lookup::number(document, width).unwrap_or_default();
            widths.extend((first..=last.min(GLYPHS - 1)).map(|glyph| (glyph, width)));
            rest = after;
        } else {
            break;
        }
    }
    Some(widths)
}

fn glyph(document: &Document, object: &Object) -> Option<i64> {
    let object = lookup::follow(document, object)?;
    object.as_i64().ok().filter(|glyph| (0..GLYPHS).contains(glyph))
}

/// Writes widths as `first [width width …]` for each stretch of glyphs without a hole.
fn consecutive(widths: BTreeMap<i64, f32>) -> Vec<Object> {
    let mut stretches: Vec<(i64, Vec<Object>)> = Vec::new();
    for (glyph, width) in widths {
        match stretches.last_mut() {
            Some((first, list)) if i64::try_from(list.len()).is_ok_and(|n| *first + n == glyph) => {
                list.push(Object::Real(width));
            }
            Some(_) | None => stretches.push((glyph, vec![Object::Real(width)])),
        }
    }
    stretches.into_iter().flat_map(|(first, list)| [first.into(), Object::Array(list)]).collect()
}

/// Returns `/FirstChar`, `/LastChar` and `/Widths` of a simple font that agree with each other.
pub(crate) fn of_simple_font(document: &Document, font: &Dictionary) -> Option<(i64, Vec<f32>)> {
    let first = lookup::get(document, font, b"FirstChar")?.as_i64().ok()?;
    let widths = lookup::array(document, font, b"Widths")?;
    let room = usize::try_from(256 - first).ok().filter(|room| (1..=256).contains(room))?;
    let numbers = widths.iter().take(room);
    let numbers = numbers.map(|width| lookup::number(document, width).unwrap_or_default());
    let numbers: Vec<f32> = numbers.collect();
    (!numbers.is_empty()).then_some((first, numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pdf_extract::dictionary;

    fn cured(w: Vec<Object>) -> Vec<Object> {
        let font = dictionary! { "W" => w };
        in_list_form(&Document::new(), &font).unwrap().as_array().unwrap().clone()
    }

    #[test]
    fn ranges_become_lists() {
        let list = Object::Array(vec![250.into(), 500.into()]);
        let w =
            vec![1.into(), 3.into(), 600.into(), 4.into(), list, 9.into(), 9.into(), 7.5.into()];
        let expected = vec![
            1.into(),
            Object::Array([600., 600., 600., 250., 500.].map(Object::Real).to_vec()),
            9.into(),
            Object::Array(vec![Object::Real(7.5)]),
        ];
        assert_eq!(cured(w), expected);
    }

    #[test]
    fn letters_have_the_widths_of_their_glyphs() {
        let list = Object::Array(vec![207.into(), 270.into()]);
        let font = dictionary! { "W" => vec![1.into(), list, 34.into(), 35.into(), 684.into()] };
        let widths =
            |widths: &[f32]| Object::Array(widths.iter().copied().map(Object::Real).collect());
        let expected = [0x20.into(), widths(&[207., 270.]), 0x41.into(), widths(&[684., 684.])];
        let found = of_letters(&Document::new(), &font).unwrap();
        assert_eq!(found.as_array().unwrap(), &expected);
        let others = dictionary! { "W" => vec![231.into(), 300.into(), 500.into()] };
        assert_eq!(of_letters(&Document::new(), &others), None);
    }

    #[test]
    fn a_hostile_range_is_bounded_and_a_broken_one_ends_the_list() {
        let n_widths = |w| cured(w).get(1).map_or(0, |list| list.as_array().unwrap().len());
        assert_eq!(n_widths(vec![0.into(), 65_535.into(), 1.into()]), 65_536);
        assert_eq!(n_widths(vec![0.into(), i64::MAX.into(), 1.into()]), 0);
        assert_eq!(n_widths(vec![5.into(), 4.into(), 1.into()]), 0);
        assert_eq!(n_widths(vec![5.into()]), 0);
    }
}
