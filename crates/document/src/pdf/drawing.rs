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
    /// What of its space the page shows, where that is known.
    pub(crate) sheet: Option<Sheet>,
}

/// The part of its space that a page shows: left, bottom, right, top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sheet([f64; 4]);

impl Sheet {
    /// Makes a sheet of two corners that lie across from each other.
    pub(crate) fn new([x1, y1, x2, y2]: [f64; 4]) -> Self {
        Self([x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)])
    }

    /// Returns the part that two sheets share; `None` when there is none.
    pub(crate) fn shared(self, other: Self) -> Option<Self> {
        let (Self([x1, y1, x2, y2]), Self([left, bottom, right, top])) = (self, other);
        let shared = [x1.max(left), y1.max(bottom), x2.min(right), y2.min(top)];
        (shared[0] < shared[2] && shared[1] < shared[3]).then_some(Self(shared))
    }

    /// Tells whether the middle of a glyph lies on it, or hardly beside it.
    fn shows(self, glyph: &Glyph) -> bool {
        let Self([left, bottom, right, top]) = self;
        let (x, y) = glyph.middle();
        let near = glyph.size * 0.5;
        x > left - near && x < right + near && y > bottom - near && y < top + near
    }
}

/// A text that a page gives for some of its glyphs (`/ActualText`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The glyphs, or whatever else the marks were counted in.
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Drawing {
    /// Leaves out the glyphs that stand beside the page, where nobody sees them.
    ///
    /// The halves of a spread hold the whole of it. A page that would show nothing keeps all:
    /// what it says of its size is wrong.
    pub(crate) fn cut(&mut self) {
        let Some(sheet) = self.sheet else { return };
        if self.glyphs.iter().any(|glyph| sheet.shows(glyph)) {
            self.glyphs.retain(|glyph| sheet.shows(glyph));
        }
    }

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
    fn what_stands_beside_the_sheet_is_cut_off_unless_it_is_all() {
        let cut = |sheet| {
            let mut drawing = Drawing { sheet: Some(Sheet::new(sheet)), ..drawing("abcdefgh") };
            drawing.cut();
            drawing.glyphs.into_iter().map(|glyph| glyph.text).collect::<String>()
        };
        assert_eq!(cut([20., 90., 0., -10.]), "abcde");
        assert_eq!(cut([500., 500., 600., 600.]), "abcdefgh");
        let halves = Sheet::new([0., 0., 4., 4.]).shared(Sheet::new([2., 0., 9., 9.]));
        assert_eq!(halves, Some(Sheet::new([2., 0., 4., 4.])));
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
