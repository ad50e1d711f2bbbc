//! The glyphs of a row in the order of reading.

use super::bidi;
use super::glyph::Glyph;
use super::rows::Row;

/// A glyph of a row, measured along the row.
pub(crate) struct Atom<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: f64,
    pub(crate) end: f64,
    pub(crate) next: f64,
    /// The gap before it, where it does not stand next to the one that is read before it.
    pub(crate) jump: Option<f64>,
}

/// Returns the glyphs of a row in the order of reading.
pub(crate) fn atoms<'a>(row: &Row, glyphs: &'a [Glyph]) -> Vec<Atom<'a>> {
    let direction = row.fragments.first().map(|fragment| fragment.direction);
    let atom = |glyph: &'a Glyph| {
        let start = direction.map_or(0., |direction| direction.along(glyph.x, glyph.y));
        let (end, next) = (start + glyph.width, start + glyph.advance);
        Atom { text: glyph.text.trim(), start, end, next, jump: None }
    };
    let fragments = row.fragments.iter().filter_map(|part| glyphs.get(part.glyphs.clone()));
    let atoms: Vec<Atom<'a>> = fragments.flatten().map(atom).collect();
    if atoms.iter().any(|atom| bidi::is_backward(atom.text)) { reordered(atoms) } else { atoms }
}

/// Puts the glyphs of a row in which some go to the left into the order of reading.
fn reordered(atoms: Vec<Atom<'_>>) -> Vec<Atom<'_>> {
    let (marks, mut letters): (Vec<_>, Vec<_>) =
        atoms.into_iter().partition(|atom| bidi::is_mark(atom.text));
    letters.sort_by(|one, other| one.start.total_cmp(&other.start));
    let texts: Vec<&str> = letters.iter().map(|atom| atom.text).collect();
    let order = bidi::reading_order(&texts);
    let jumps = jumps(&letters, &order, bidi::is_row_backward(&texts));
    for (nth, jump) in order.iter().zip(jumps) {
        if let Some(letter) = letters.get_mut(*nth) {
            letter.jump = jump;
        }
    }
    let mut marks: Vec<(usize, Atom<'_>)> =
        marks.into_iter().map(|mark| (bearer(&letters, &mark), mark)).collect();
    let mut standing: Vec<Option<Atom<'_>>> = letters.into_iter().map(Some).collect();
    let mut read = Vec::new();
    for nth in order {
        read.extend(standing.get_mut(nth).and_then(Option::take));
        read.extend(marks.extract_if(.., |(bearer, _)| *bearer == nth).map(|(_, mark)| mark));
    }
    read
}

/// Returns the letter that a mark stands on: the one around its middle, or else on its left.
fn bearer(letters: &[Atom<'_>], mark: &Atom<'_>) -> usize {
    let middle = f64::midpoint(mark.start, mark.end);
    let distance = |letter: &Atom<'_>| (letter.start - middle).max(middle - letter.end).max(0.);
    let written = letters.iter().enumerate().filter(|(_, letter)| !letter.text.is_empty());
    let nearest = written.min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)));
    nearest.map_or(0, |(nth, _)| nth)
}

/// Returns the gap before each glyph that is not read next to where it stands.
///
/// Where reading turns, the gap is on the side of the glyph that goes with its row.
fn jumps(letters: &[Atom<'_>], order: &[usize], is_row_backward: bool) -> Vec<Option<f64>> {
    let gap = |nth: usize, is_left: bool| {
        let left = if is_left { nth.checked_sub(1)? } else { nth };
        let (left, right) = (letters.get(left)?, letters.get(left + 1)?);
        Some(right.start - left.end)
    };
    let jump = |(before, after): (&usize, &usize)| {
        if before.abs_diff(*after) == 1 {
            return None;
        }
        let goes_along = |nth: &usize| {
            letters.get(*nth).is_some_and(|atom| bidi::is_backward(atom.text)) == is_row_backward
        };
        let gap = if goes_along(before) {
            gap(*before, is_row_backward)
        } else {
            gap(*after, !is_row_backward)
        };
        Some(gap.unwrap_or_default())
    };
    let pairs = order.iter().zip(order.iter().skip(1));
    std::iter::once(None).chain(pairs.map(jump)).collect()
}

#[cfg(test)]
mod tests {
    use crate::page::Page;
    use crate::page::glyph::{Direction, Glyph};
    use crate::page::tests::drawn;

    fn read(glyphs: Vec<Glyph>) -> Vec<(String, usize)> {
        let page = Page::of(1, glyphs);
        page.lines().map(|line| (line.text.clone(), line.cells.len())).collect()
    }

    #[test]
    fn a_latin_word_in_arabic_is_no_cell_of_its_own_and_keeps_its_spaces() {
        // What stands from left to right: the end of the sentence, the name, its beginning.
        let glyphs = [drawn(0., 0., "םוי"), drawn(18., 0., "Python"), drawn(51., 0., "םע")];
        assert_eq!(read(glyphs.concat()), [("עם Python יום".to_owned(), 1)]);
    }

    #[test]
    fn a_mark_stays_on_its_letter() {
        let mut glyphs = drawn(0., 0., "אבג");
        let mark = |x: f64, width: f64| Glyph {
            text: "\u{5B0}".to_owned(),
            x,
            y: 0.,
            width,
            advance: width,
            size: 10.,
            direction: Direction::RIGHT,
            is_upright: false,
        };
        glyphs.push(mark(6., 2.));
        assert_eq!(read(glyphs.clone()), [("גב\u{5B0}א".to_owned(), 1)]);
        glyphs[3] = mark(10., 0.);
        assert_eq!(read(glyphs), [("גב\u{5B0}א".to_owned(), 1)]);
    }
}
