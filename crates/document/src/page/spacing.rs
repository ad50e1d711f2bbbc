//! Spacing of letters: room that a page leaves behind each glyph, and that is no gap.

use super::fragment::SPACE;
use super::glyph::Glyph;

/// Keeps the room behind a glyph where letters stand evenly spaced.
///
/// Behind a single glyph it is a gap: some programs set the space between two words that way. Room
/// taken away is none either: what follows is put back where it was.
pub(crate) fn settle(glyphs: &mut [Glyph]) {
    let gaps: Vec<f64> = glyphs.windows(2).map(gap).collect();
    for (nth, glyph) in glyphs.iter_mut().enumerate() {
        let room = glyph.advance - glyph.width;
        let is_like_room =
            |gap: Option<&f64>| gap.is_some_and(|gap| (gap - room).abs() < glyph.size * SPACE / 2.);
        let before = nth.checked_sub(1).and_then(|before| gaps.get(before));
        let is_even = is_like_room(before) || is_like_room(gaps.get(nth + 1));
        if room < 0. || (room > glyph.size * SPACE && !is_even) {
            glyph.advance = glyph.width;
        }
    }
}

/// Returns how far apart two glyphs stand along the direction of the first.
fn gap(pair: &[Glyph]) -> f64 {
    let [before, after] = pair else { return f64::INFINITY };
    before.direction.along(after.x, after.y) - before.start() - before.width
}
