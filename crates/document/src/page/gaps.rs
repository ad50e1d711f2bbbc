//! Narrow gaps between cells: where two columns come close, other rows tell that they are two.

use std::ops::Range;

use super::line::{Line, Word, is_unit};
use super::real;

/// The gaps of the rows of a table that are too narrow to tell cells apart on their own.
pub(crate) struct Gaps {
    /// Where the words of each row stand, with those together that hardly any gap parts.
    rows: Vec<Vec<(f64, f64)>>,
}

/// A gap narrower than this part of the size, or than a letter and a bit, is inside a cell.
const NARROWEST: f64 = 0.45;
const LETTERS: f64 = 1.1;

/// How many rows there are at least that can tell.
const MIN_ROWS: usize = 3;

/// How close words stand to one edge, as part of the size.
const FLUSH: f64 = 0.2;

impl Gaps {
    /// Learns from the rows that have wide gaps.
    pub(crate) fn of(lines: &[&Line]) -> Self {
        Self { rows: lines.iter().map(|line| stretches(line)).collect() }
    }

    /// Returns the cells of a row: those that wide gaps part, and those that a narrow gap parts
    /// where all rows have one, with words at an edge of it.
    pub(crate) fn cells(&self, line: &Line) -> Vec<Range<usize>> {
        line.cells.iter().flat_map(|cell| self.divided(line, cell)).collect()
    }

    fn divided(&self, line: &Line, cell: &Range<usize>) -> Vec<Range<usize>> {
        let words: Vec<&Word> = line.words_in(cell).collect();
        let mut parts = Vec::new();
        let mut begin = cell.start;
        for pair in words.windows(2) {
            if let [before, after] = pair
                && is_gap(line, before, after)
                && may_part(text(line, before), text(line, after))
                && self.is_gutter(before.end, after.start, line.size)
            {
                parts.push(begin..before.range.end);
                begin = after.range.start;
            }
        }
        parts.push(begin..cell.end);
        parts
    }

    /// Tells whether the rows leave a gap free, and words begin or end where it does.
    fn is_gutter(&self, start: f64, end: f64, size: f64) -> bool {
        let inset = ((end - start) / 4.).min(size * FLUSH);
        let is_crossed = |(left, right): &(f64, f64)| *left < end - inset && *right > start + inset;
        let n_crossed = self.rows.iter().filter(|row| row.iter().any(is_crossed)).count();
        let is_near = |place: f64, edge: f64| (place - edge).abs() < size * FLUSH;
        let n_flush = |is_flush: &dyn Fn(&(f64, f64)) -> bool| {
            self.rows.iter().filter(|row| row.iter().any(is_flush)).count()
        };
        let n_flush =
            n_flush(&|word| is_near(word.0, end)).max(n_flush(&|word| is_near(word.1, start)));
        self.rows.len() >= MIN_ROWS && n_crossed * 10 <= self.rows.len() && n_flush > 1
    }
}

/// Returns where the words of a line stand, with those together that a mere space parts.
fn stretches(line: &Line) -> Vec<(f64, f64)> {
    let mut stretches: Vec<(f64, f64)> = Vec::new();
    let mut last: Option<&Word> = None;
    for word in &line.words {
        match (stretches.last_mut(), last) {
            (Some(stretch), Some(last)) if !is_gap(line, last, word) => {
                *stretch = (stretch.0.min(word.start), stretch.1.max(word.end));
            }
            _ => stretches.push((word.start, word.end)),
        }
        last = Some(word);
    }
    stretches
}

/// Tells whether words are further apart than a space sets them.
fn is_gap(line: &Line, before: &Word, after: &Word) -> bool {
    let n_chars = line.n_chars_of(before) + line.n_chars_of(after);
    let letter = (before.end - before.start + after.end - after.start) / real(n_chars.max(1));
    after.start - before.end > (letter * LETTERS).max(line.size * NARROWEST)
}

/// Tells whether words can be in two cells: dots that lead to a number are not, nor a unit.
fn may_part(before: &str, after: &str) -> bool {
    let has_word = |text: &str| text.contains(char::is_alphanumeric);
    has_word(before) && has_word(after) && !is_unit(before, after)
}

fn text<'a>(line: &'a Line, word: &Word) -> &'a str {
    line.text.get(word.range.clone()).unwrap_or_default()
}
