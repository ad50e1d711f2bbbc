//! Fragments: glyphs that follow each other side by side, as a page draws them.

use std::ops::Range;

use super::glyph::{Direction, Glyph, is_ideograph};

/// A gap wider than this part of the size is a space.
pub(crate) const SPACE: f64 = 0.1;

/// The same between characters that are set without spaces.
const SPACE_BETWEEN_IDEOGRAPHS: f64 = 0.4;

/// Glyphs drawn one after another without a gap; or one space.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fragment {
    /// Its glyphs among those of the page, which are in the order of drawing.
    pub(crate) glyphs: Range<usize>,
    /// Where it begins and ends along the direction of writing.
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// Where the next glyph is expected.
    pub(crate) next: f64,
    /// How far down its base line stands.
    pub(crate) down: f64,
    pub(crate) size: f64,
    pub(crate) direction: Direction,
    pub(crate) is_space: bool,
    /// Whether it has letters or digits: a brace may be much larger than what it stands beside.
    pub(crate) has_words: bool,
}

/// Gathers the fragments of a page.
pub(crate) fn fragments(glyphs: &[Glyph]) -> Vec<Fragment> {
    let mut fragments: Vec<Fragment> = Vec::new();
    for (nth, glyph) in glyphs.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|before| glyphs.get(before));
        match (fragments.last_mut(), before) {
            (Some(last), Some(before)) if last.takes(glyph, before) => last.push(glyph),
            _ => fragments.push(Fragment::new(nth, glyph)),
        }
    }
    fragments
}

impl Fragment {
    fn new(nth: usize, glyph: &Glyph) -> Self {
        let start = glyph.start();
        Self {
            glyphs: nth..nth + 1,
            start,
            end: start + glyph.width,
            next: start + glyph.advance,
            down: glyph.down(),
            size: glyph.size,
            direction: glyph.direction,
            is_space: glyph.is_space(),
            has_words: has_words(glyph),
        }
    }

    /// Tells whether a glyph goes on with the fragment: on its base line, with no gap or overlap.
    fn takes(&self, glyph: &Glyph, before: &Glyph) -> bool {
        if self.is_space || glyph.is_space() || !self.direction.is_like(glyph.direction) {
            return false;
        }
        let size = before.size.max(glyph.size);
        let down = self.direction.down(glyph.x, glyph.y) - self.down;
        let gap = self.direction.along(glyph.x, glyph.y) - self.next;
        let is_near = gap <= size * space(&before.text, &glyph.text) && gap > size * -0.5;
        is_near && down.abs() < size * 0.05 && (before.size - glyph.size).abs() < size * 0.1
    }

    fn push(&mut self, glyph: &Glyph) {
        let start = self.direction.along(glyph.x, glyph.y);
        self.glyphs.end += 1;
        self.has_words |= has_words(glyph);
        self.end = self.end.max(start + glyph.width);
        self.next = start + glyph.advance;
    }
}

fn has_words(glyph: &Glyph) -> bool {
    glyph.text.chars().any(char::is_alphanumeric)
}

/// Returns from which part of the size on a gap between two texts is a space.
pub(crate) fn space(before: &str, after: &str) -> f64 {
    let is_between = before.chars().next_back().is_some_and(is_ideograph)
        && after.chars().next().is_some_and(is_ideograph);
    if is_between { SPACE_BETWEEN_IDEOGRAPHS } else { SPACE }
}
