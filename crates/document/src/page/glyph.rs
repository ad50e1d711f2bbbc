//! A glyph as a reader drew it: its text, and where it stands.

use footnote_core::layout::{Rect, Toward};
use unicode_normalization::UnicodeNormalization as _;

/// A direction of writing, a vector of unit length in the space of the page, y up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Direction {
    x: f64,
    y: f64,
}

impl Direction {
    /// Where most writing goes.
    pub(crate) const RIGHT: Self = Self { x: 1., y: 0. };

    /// Makes the direction of a vector; `None` for one without length.
    pub(crate) fn new(x: f64, y: f64) -> Option<Self> {
        let length = x.hypot(y);
        (length.is_finite() && length > 0.).then(|| Self { x: x / length, y: y / length })
    }

    /// Returns the direction a quarter turn to the right of this one.
    pub(crate) fn turned_right(self) -> Self {
        Self { x: self.y, y: -self.x }
    }

    /// Tells whether two directions are the same but for a slight turn.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.x.mul_add(other.x, self.y * other.y) > 0.99
    }

    /// Returns how far along the direction a point stands.
    pub(crate) fn along(self, x: f64, y: f64) -> f64 {
        x.mul_add(self.x, y * self.y)
    }

    /// Returns how far down a point stands for one who reads in the direction.
    pub(crate) fn down(self, x: f64, y: f64) -> f64 {
        x.mul_add(self.y, -(y * self.x))
    }

    /// Returns a point moved by a distance along the direction.
    pub(crate) fn moved(self, x: f64, y: f64, distance: f64) -> (f64, f64) {
        (self.x.mul_add(distance, x), self.y.mul_add(distance, y))
    }

    /// Returns the rectangle around what stands between two places along and two down.
    #[expect(clippy::cast_possible_truncation, reason = "places on a page need no more digits")]
    pub(crate) fn rect(self, along: (f64, f64), down: (f64, f64)) -> Rect {
        let corner = |along: f64, down: f64| {
            (
                along.mul_add(self.x, down * self.y) as f32,
                along.mul_add(self.y, -(down * self.x)) as f32,
            )
        };
        let corners = [
            corner(along.0, down.0),
            corner(along.1, down.0),
            corner(along.0, down.1),
            corner(along.1, down.1),
        ];
        let [(x, y), rest @ ..] = corners;
        let point = |(x, y)| Rect { x1: x, y1: y, x2: x, y2: y };
        rest.into_iter().fold(point((x, y)), |rect, corner| rect.union(point(corner)))
    }

    /// Returns the nearest of the four ways that a layout knows.
    pub(crate) fn toward(self) -> Toward {
        match (self.x.abs() >= self.y.abs(), self.x >= 0., self.y >= 0.) {
            (true, true, _) => Toward::Right,
            (true, false, _) => Toward::Left,
            (false, _, true) => Toward::Up,
            (false, _, false) => Toward::Down,
        }
    }
}

/// A glyph on a page.
#[derive(Debug, Clone)]
pub(crate) struct Glyph {
    /// Its characters as a person would write them, see [`readable`].
    pub(crate) text: String,
    /// Where it begins, on its base line; in upright columns on the middle line.
    pub(crate) x: f64,
    /// See `x`.
    pub(crate) y: f64,
    /// How far it reaches along its direction.
    pub(crate) width: f64,
    /// How far from its beginning the next glyph is expected.
    pub(crate) advance: f64,
    /// The size of its font on the page.
    pub(crate) size: f64,
    pub(crate) direction: Direction,
    /// Whether it stands upright in a column, as in vertical Japanese.
    pub(crate) is_upright: bool,
}

impl Glyph {
    /// Tells whether it is only a space.
    pub(crate) fn is_space(&self) -> bool {
        self.text == " "
    }

    /// Returns where it begins along its direction.
    pub(crate) fn start(&self) -> f64 {
        self.direction.along(self.x, self.y)
    }

    /// Returns how far down its base line stands.
    pub(crate) fn down(&self) -> f64 {
        self.direction.down(self.x, self.y)
    }

    /// Returns the middle of its base line on the page.
    pub(crate) fn middle(&self) -> (f64, f64) {
        self.direction.moved(self.x, self.y, self.width / 2.)
    }
}

/// Writes a glyph's text as a person would: ligatures, radicals and letters in the forms that
/// they have inside Arabic words as plain letters, no controls.
///
/// Nothing else is normalized: a quote has to match what the page shows.
pub(crate) fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2E80}'..='\u{2FD5}'
            | '\u{FB00}'..='\u{FB06}'
            | '\u{FB1D}'..='\u{FDFB}'
            | '\u{FE70}'..='\u{FEFC}' => readable.extend(std::iter::once(c).nfkc()),
            // The bullet of the symbol fonts.
            '\u{F0B7}' | '\u{F0A7}' => readable.push('•'),
            c if c.is_whitespace() => readable.push(' '),
            c if c.is_control() || c == '\u{FEFF}' => {}
            c => readable.push(c),
        }
    }
    readable
}

/// Tells whether a character is set in a square and without spaces.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_radicals_and_arabic_forms_become_letters_and_nothing_else_changes() {
        assert_eq!(readable("ﬁ⼯，²\u{0}"), "fi工，²");
        assert_eq!(readable("\u{FE8D}"), "\u{627}");
    }

    #[test]
    fn a_place_in_any_direction_is_a_rectangle_on_the_page() {
        let rect = |x, y| {
            let direction = Direction::new(x, y).unwrap();
            let (along, down) = (direction.along(100., 50.), direction.down(100., 50.));
            direction.rect((along, along + 30.), (down - 8., down + 2.))
        };
        assert_eq!(rect(2., 0.), Rect { x1: 100., y1: 48., x2: 130., y2: 58. });
        assert_eq!(rect(0., 1.), Rect { x1: 92., y1: 50., x2: 102., y2: 80. });
        assert_eq!(rect(0., -1.), Rect { x1: 98., y1: 20., x2: 108., y2: 50. });
        assert_eq!(Direction::new(0., -1.).unwrap().toward(), Toward::Down);
        assert_eq!(Direction::new(0., 0.), None);
    }
}
