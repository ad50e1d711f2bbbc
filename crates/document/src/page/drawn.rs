//! Glyphs that are drawn twice for the look of bold type or a shadow.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::glyph::Glyph;

/// How far from the first a repeated glyph may stand, as part of its size.
const NEAR: f64 = 0.12;

/// Leaves out every glyph that stands where the same one stands already.
pub(crate) fn without_repeats(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let seen = HashMap::with_capacity_and_hasher(glyphs.len(), BuildHasherDefault::default());
    let mut drawn = Drawn { seen, expected: None };
    glyphs.into_iter().filter(|glyph| !drawn.has(glyph)).collect()
}

/// The glyphs drawn so far.
struct Drawn {
    seen: HashMap<Square, (f64, f64), BuildHasherDefault<Mixed>>,
    /// Where the next glyph of new text is expected.
    expected: Option<(f64, f64)>,
}

/// A small square of the page, and the character that begins in it.
#[derive(PartialEq, Eq, Hash)]
struct Square {
    x: i64,
    y: i64,
    first: Option<char>,
}

/// A quick hash of few numbers: of all that is done with a glyph, the usual one costs most.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    /// Mixes a number in, as the generator of Knuth's MMIX does.
    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(26) ^ number).wrapping_mul(6_364_136_223_846_793_005);
    }
}

impl Drawn {
    /// Tells whether a glyph stands there already, and keeps it if not.
    fn has(&mut self, glyph: &Glyph) -> bool {
        // Most glyphs go on with new text; the search is for those that do not.
        let is_repeated = !self.is_expected(glyph) && self.is_near_one(glyph);
        self.expected = None;
        if !is_repeated {
            let (start, down) = (glyph.start(), glyph.down());
            self.expected = Some((start + glyph.advance, down));
            if !glyph.is_space() {
                self.seen.insert(square(glyph, 0., 0.), (glyph.x, glyph.y));
            }
        }
        is_repeated
    }

    fn is_expected(&self, glyph: &Glyph) -> bool {
        self.expected.is_some_and(|(along, down)| {
            let is_ahead = glyph.start() > glyph.size.mul_add(-0.3, along);
            is_ahead && (glyph.down() - down).abs() < glyph.size * 0.5
        })
    }

    fn is_near_one(&self, glyph: &Glyph) -> bool {
        let near = glyph.size * NEAR;
        let around = [(-near, -near), (-near, near), (near, -near), (near, near)];
        around.iter().any(|(dx, dy)| {
            self.seen
                .get(&square(glyph, *dx, *dy))
                .is_some_and(|(x, y)| (x - glyph.x).abs() < near && (y - glyph.y).abs() < near)
        })
    }
}

fn square(glyph: &Glyph, dx: f64, dy: f64) -> Square {
    let side = glyph.size * NEAR * 2.;
    Square {
        x: whole((glyph.x + dx) / side),
        y: whole((glyph.y + dy) / side),
        first: glyph.text.chars().next(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is far off the page saturates")]
fn whole(n: f64) -> i64 {
    n.floor() as i64
}
