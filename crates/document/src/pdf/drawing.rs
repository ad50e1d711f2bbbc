//! What a reader saw of a page, and the texts that the page itself gives for what it draws.

use std::ops::Range;

use crate::page::{Glyph, readable};

/// What a reader saw of a page.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    /// The glyphs that have characters, in the order of drawing.
    pub(crate) glyphs: Vec<Glyph>,
    /// How many glyphs have none, as far as the reader can tell.
    pub(crate) n_unmapped: usize,
    /// Whether the reader knows of text on the page that it cannot place.
    pub(crate) is_misplaced: bool,
    /// Whether the page is known to show a picture.
    pub(crate) has_picture: bool,
}

/// A text that a page gives for some of its glyphs (`/ActualText`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The glyphs, or whatever else the marks were counted in.
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Drawing {
    /// Writes the given texts in place of what their glyphs say.
    pub(crate) fn apply(&mut self, mut given: Vec<Given>) {
        // Outer marks come before those inside them, which they replace.
        given.sort_by_key(|given| (given.range.start, std::cmp::Reverse(given.range.end)));
        let mut glyphs = std::mem::take(&mut self.glyphs).into_iter();
        let mut position = 0;
        for Given { range, text } in given {
            let Some(n_before) = range.start.checked_sub(position) else { continue };
            self.glyphs.extend(glyphs.by_ref().take(n_before));
            let marked: Vec<Glyph> = glyphs.by_ref().take(range.len()).collect();
            position = range.end;
            self.glyphs.extend(replaced(marked, &readable(&text)));
        }
        self.glyphs.extend(glyphs);
    }
}

/// Gives glyphs another text: one by one where it has as many characters, else to all at once.
fn replaced(mut glyphs: Vec<Glyph>, text: &str) -> Vec<Glyph> {
    let Some((first, last)) = glyphs.first().zip(glyphs.last()) else { return glyphs };
    let is_one_line = glyphs.iter().all(|glyph| {
        glyph.direction.is_like(first.direction)
            && (glyph.down() - first.down()).abs() < first.size * 0.5
    });
    if !is_one_line {
        return glyphs;
    }
    if text.chars().count() == glyphs.len() {
        for (glyph, c) in glyphs.iter_mut().zip(text.chars()) {
            glyph.text = c.to_string();
        }
        return glyphs;
    }
    let end = glyphs.iter().map(|glyph| glyph.start() + glyph.width).fold(f64::MIN, f64::max);
    let all = Glyph {
        text: text.to_owned(),
        width: end - first.start(),
        advance: last.start() + last.advance - first.start(),
        ..first.clone()
    };
    if text.is_empty() { Vec::new() } else { vec![all] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Direction;

    fn drawing(text: &str) -> Drawing {
        let glyph = |(nth, c): (u8, char)| Glyph {
            text: c.to_string(),
            x: f64::from(nth) * 5.,
            y: 0.,
            width: 5.,
            advance: 5.,
            size: 10.,
            direction: Direction::RIGHT,
            is_upright: false,
        };
        Drawing { glyphs: (0..).zip(text.chars()).map(glyph).collect(), ..Drawing::default() }
    }

    fn applied(text: &str, given: &[(Range<usize>, &str)]) -> Vec<(String, f64, f64)> {
        let given = given.iter().cloned().map(|(range, text)| Given { range, text: text.into() });
        let mut drawing = drawing(text);
        drawing.apply(given.collect());
        drawing.glyphs.into_iter().map(|glyph| (glyph.text, glyph.x, glyph.width)).collect()
    }

    #[test]
    fn a_given_text_stands_where_its_glyphs_stand() {
        let all = applied("axyb", &[(1..3, "ffi")]);
        let expected = [("a".to_owned(), 0., 5.), ("ffi".into(), 5., 10.), ("b".into(), 15., 5.)];
        assert_eq!(all, expected);
    }

    #[test]
    fn as_many_characters_replace_glyphs_one_by_one_and_none_removes_them() {
        let texts =
            |given| applied("abcd", given).into_iter().map(|glyph| glyph.0).collect::<String>();
        assert_eq!(texts(&[(0..2, "工人")]), "工人cd");
        assert_eq!(texts(&[(0..2, ""), (3..4, "D")]), "cD");
        // The mark inside another does not count.
        assert_eq!(texts(&[(0..4, "whole"), (1..2, "x")]), "whole");
        assert_eq!(texts(&[(4..9, "x")]), "abcd");
    }
}
