//! The order of reading: columns are found by the white space between them.

use super::bidi;
use super::glyph::Glyph;
use super::rows::Row;
use margins::Edges;
use side::{Side, n_switches};

mod margins;
mod side;

/// How often a region may be divided into columns that are divided in turn.
const MAX_DEPTH: usize = 8;

/// Puts rows into the order of reading: one list of rows for each stretch of a column.
pub(crate) fn in_order(rows: Vec<Row>, glyphs: &[Glyph]) -> Vec<Vec<Row>> {
    let mut regions = Vec::new();
    for band in bands(rows) {
        divide(band, glyphs, MAX_DEPTH, &mut regions);
    }
    regions
}

/// A blank band that is higher than this, as a multiple of the size, ends what stands above it.
const BAND: f64 = 4.;

/// Divides rows where the whole page is blank: columns above are read before those below.
fn bands(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut bands: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        match bands.last_mut() {
            Some(band) if band.last().is_some_and(|last| !is_apart(last, &row, BAND)) => {
                band.push(row);
            }
            Some(_) | None => bands.push(vec![row]),
        }
    }
    bands
}

/// Tells whether a row stands further below another than a multiple of the size.
fn is_apart(above: &Row, below: &Row, sizes: f64) -> bool {
    below.down - above.down > above.size.max(below.size) * sizes
}

/// Divides a region where a gutter runs down some of its rows: what is above comes first, then
/// the side on which reading begins, the other one, and what is below.
fn divide(mut rows: Vec<Row>, glyphs: &[Glyph], depth: usize, regions: &mut Vec<Vec<Row>>) {
    let gutter = if depth == 0 { None } else { gutter(&rows, glyphs) };
    let Some(Gutter { at, first, last }) = gutter else {
        if !rows.is_empty() {
            regions.push(rows);
        }
        return;
    };
    let below = rows.split_off(last + 1);
    let beside = rows.split_off(first);
    divide(rows, glyphs, depth - 1, regions);
    let is_backward = is_backward(&beside, glyphs);
    let (left, right) = sides(beside, at);
    for side in if is_backward { [right, left] } else { [left, right] } {
        divide(side, glyphs, depth - 1, regions);
    }
    divide(below, glyphs, depth - 1, regions);
}

/// Tells whether rows are written from right to left.
fn is_backward(rows: &[Row], glyphs: &[Glyph]) -> bool {
    let fragments = rows.iter().flat_map(Row::texts);
    let first = fragments.filter_map(|fragment| glyphs.get(fragment.glyphs.start));
    let (backward, forward): (Vec<&Glyph>, Vec<&Glyph>) =
        first.partition(|glyph| bidi::is_backward(&glyph.text));
    backward.len() > forward.len()
}

/// White space that runs down rows, between two columns.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gutter {
    at: f64,
    first: usize,
    last: usize,
}

/// Divides rows at a place.
fn sides(rows: Vec<Row>, at: f64) -> (Vec<Row>, Vec<Row>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for row in rows {
        let (before, after) =
            row.fragments.into_iter().partition(|fragment| fragment.start + fragment.end < at * 2.);
        left.extend(Row::of(before));
        right.extend(Row::of(after));
    }
    (left, right)
}

/// A gap narrower than this part of the size is between words, and no gutter passes.
const NARROWEST: f64 = 0.6;

/// How many places are tried across one size of type.
const PLACES_PER_SIZE: f64 = 4.;

/// How many places are tried at most.
const MAX_PLACES: f64 = 1000.;

/// Finds the gutter with the most rows on both sides that divides text, not the cells of a table.
fn gutter(rows: &[Row], glyphs: &[Glyph]) -> Option<Gutter> {
    if rows.len() < 2 {
        return None;
    }
    let start = rows.iter().map(Row::start).fold(f64::INFINITY, f64::min);
    let end = rows.iter().map(Row::end).fold(f64::NEG_INFINITY, f64::max);
    let step = (median_size(rows) / PLACES_PER_SIZE).max((end - start) / MAX_PLACES);
    let spans: Vec<Vec<(f64, f64)>> = rows.iter().map(spans).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut at = start + step;
    while at < end {
        for candidate in stretches(&spans, at) {
            match candidates.iter_mut().find(|known| known.is_beside(&candidate, step)) {
                Some(known) => known.right = at,
                None => candidates.push(candidate),
            }
        }
        at += step;
    }
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.n_rows));
    let gutters = candidates.iter().filter_map(|candidate| candidate.trimmed(rows, &spans));
    gutters.take(MAX_CANDIDATES).find(|gutter| divides_text(rows, gutter, glyphs))
}

/// How many candidates are looked at closely.
const MAX_CANDIDATES: usize = 12;

fn median_size(rows: &[Row]) -> f64 {
    let mut sizes: Vec<f64> = rows.iter().map(|row| row.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(1.)
}

/// Returns what a row covers, gaps between words included.
fn spans(row: &Row) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for fragment in row.texts() {
        match spans.last_mut() {
            Some((_, end)) if fragment.start - *end < row.size * NARROWEST => {
                *end = end.max(fragment.end);
            }
            Some(_) | None => spans.push((fragment.start, fragment.end)),
        }
    }
    spans
}

/// Rows one after another that leave places free, with text on both sides.
struct Candidate {
    left: f64,
    right: f64,
    first: usize,
    last: usize,
    /// How many rows there are on the side that has fewer.
    n_rows: usize,
}

impl Candidate {
    /// Tells whether another candidate is this one a step further.
    fn is_beside(&self, other: &Self, step: f64) -> bool {
        let is_same = (self.first, self.last) == (other.first, other.last);
        is_same && other.left - self.right < step * 1.5
    }

    /// Leaves out rows at both ends that stand apart: headers and footers, and what is on one
    /// side only.
    fn trimmed(&self, rows: &[Row], spans: &[Vec<(f64, f64)>]) -> Option<Gutter> {
        let at = f64::midpoint(self.left, self.right);
        let (mut first, mut last) = self.without_margins(rows, spans, at);
        let is_apart = |nth: usize| is_apart(&rows[nth], &rows[nth + 1], 2.);
        let is_one_sided = |nth: usize| has_text(&spans[nth], at) != (true, true);
        if let Some(n) = (first..last).find(|nth| !is_one_sided(*nth))
            && let Some(cut) = (first..n).rev().find(|nth| is_apart(*nth))
        {
            first = cut + 1;
        }
        if let Some(n) = (first..=last).rev().find(|nth| !is_one_sided(*nth))
            && let Some(cut) = (n..last).find(|nth| is_apart(*nth))
        {
            last = cut;
        }
        (first < last).then_some(Gutter { at, first, last })
    }

    /// Leaves out the first and the last row where they are a header or a footer: a bit of text at
    /// the left edge, another at the right edge, nothing where the columns meet.
    fn without_margins(&self, rows: &[Row], spans: &[Vec<(f64, f64)>], at: f64) -> (usize, usize) {
        let (first, last) = (self.first, self.last);
        if last < first + 2 {
            return (first, last);
        }
        let is_margin = |nth: usize, next: usize, rest: &[Vec<(f64, f64)>]| {
            let (row, step) = (&rows[nth], rows[next].down - rows[nth].down);
            step.abs() > row.size * FROM_MARGIN
                && Edges::of(rest, at).have_margin(&spans[nth], at, row.size)
        };
        let is_header = is_margin(first, first + 1, &spans[first + 1..=last]);
        let is_footer = is_margin(last, last - 1, &spans[first..last]);
        (first + usize::from(is_header), last - usize::from(is_footer))
    }
}

/// How far a header stands from the columns at least, as a multiple of its size.
const FROM_MARGIN: f64 = 1.6;

/// Tells whether a row has text before and after a place.
fn has_text(spans: &[(f64, f64)], at: f64) -> (bool, bool) {
    (
        spans.first().is_some_and(|(start, _)| *start < at),
        spans.last().is_some_and(|(_, end)| *end > at),
    )
}

/// Returns the stretches of rows that leave a place free.
fn stretches(spans: &[Vec<(f64, f64)>], at: f64) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut begin = 0;
    for nth in 0..=spans.len() {
        let is_free = spans
            .get(nth)
            .is_some_and(|spans| !spans.iter().any(|(start, end)| *start < at && at < *end));
        if is_free {
            continue;
        }
        found.extend(candidate(&spans[begin..nth], begin, at));
        begin = nth + 1;
    }
    found
}

fn candidate(spans: &[Vec<(f64, f64)>], begin: usize, at: f64) -> Option<Candidate> {
    let sides = || spans.iter().map(|spans| has_text(spans, at));
    let n_left = sides().filter(|(left, _)| *left).count();
    let n_right = sides().filter(|(_, right)| *right).count();
    let n_rows = n_left.min(n_right);
    (n_rows > 1).then(|| Candidate {
        left: at,
        right: at,
        first: begin,
        last: begin + spans.len() - 1,
        n_rows,
    })
}

/// Tells whether a gutter divides columns of text.
///
/// Lines that fill their column are text. Shorter ones are only when one side was drawn as a
/// whole before the other: the cells of a table are drawn row by row.
fn divides_text(rows: &[Row], gutter: &Gutter, glyphs: &[Glyph]) -> bool {
    let (left, right) = sides(rows[gutter.first..=gutter.last].to_vec(), gutter.at);
    let (left, right) = (Side::of(&left, glyphs), Side::of(&right, glyphs));
    let n_rows = left.n_rows.min(right.n_rows);
    let is_drawn_apart = n_switches(&left, &right) <= (n_rows / 6).max(1);
    let is_aligned = left.n_beside(&right) * 5 >= n_rows * 4;
    if is_drawn_apart && (!is_aligned || n_rows > 2) {
        let is_prose = [&left, &right].iter().any(|side| side.is_prose() && !side.is_list());
        return left.is_text() && right.is_text() && (!is_aligned || is_prose);
    }
    let are_lists = left.is_list() && right.is_list();
    n_rows > 3 && left.is_prose() && right.is_prose() && !are_lists
}
