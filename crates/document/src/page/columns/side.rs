//! One side of a gutter: whether it is a column of text.

use crate::page::glyph::{Glyph, is_ideograph};
use crate::page::real;
use crate::page::rows::Row;

/// What stands on one side of a gutter.
pub(crate) struct Side {
    pub(crate) n_rows: usize,
    n_chars: f64,
    n_letters: f64,
    /// How many rows reach over most of the side.
    n_full: usize,
    /// How many rows begin with a small letter, and with a capital.
    n_small: usize,
    n_capital: usize,
    /// Where fragments stand in the order of drawing.
    drawn: Vec<usize>,
    downs: Vec<f64>,
}

impl Side {
    pub(crate) fn of(rows: &[Row], glyphs: &[Glyph]) -> Self {
        let start = rows.iter().map(Row::start).fold(f64::INFINITY, f64::min);
        let end = rows.iter().map(Row::end).fold(f64::NEG_INFINITY, f64::max);
        let is_full = |row: &&Row| row.end() - row.start() > (end - start) * 0.7;
        let mut side = Self {
            n_rows: rows.len(),
            n_chars: 0.,
            n_letters: 0.,
            n_full: rows.iter().filter(is_full).count(),
            n_small: 0,
            n_capital: 0,
            drawn: Vec::new(),
            downs: rows.iter().map(|row| row.down).collect(),
        };
        for first in rows.iter().filter_map(|row| first_char(row, glyphs)) {
            side.n_small += usize::from(first.is_lowercase());
            side.n_capital += usize::from(first.is_uppercase());
        }
        for fragment in rows.iter().flat_map(Row::texts) {
            side.drawn.push(fragment.glyphs.start);
            for glyph in &glyphs[fragment.glyphs.clone()] {
                side.count(&glyph.text);
            }
        }
        side.drawn.sort_unstable();
        side
    }

    fn count(&mut self, text: &str) {
        for c in text.chars() {
            let is_square = is_ideograph(c) || ('\u{AC00}'..='\u{D7A3}').contains(&c);
            let weight = if is_square { 2. } else { 1. };
            self.n_chars += weight;
            if c.is_alphabetic() {
                self.n_letters += weight;
            }
        }
    }

    fn chars_per_row(&self) -> f64 {
        self.n_chars / real(self.n_rows.max(1))
    }

    pub(crate) fn is_text(&self) -> bool {
        self.n_letters > self.n_chars * 0.6 && self.chars_per_row() > 8.
    }

    /// Tells whether lines of words fill the side.
    pub(crate) fn is_prose(&self) -> bool {
        let is_full = self.n_full * 5 >= self.n_rows * 2;
        self.is_text() && self.chars_per_row() > 20. && is_full
    }

    /// Tells whether hardly any row begins in the middle of a sentence, as names do not.
    pub(crate) fn is_list(&self) -> bool {
        self.n_small * 6 < self.n_small + self.n_capital
    }

    /// Returns how many rows stand level with one of another side.
    pub(crate) fn n_beside(&self, other: &Self) -> usize {
        let is_level = |down: &&f64| other.downs.iter().any(|there| (there - **down).abs() < 1.);
        self.downs.iter().filter(is_level).count()
    }
}

/// Returns how often the drawing goes over from one side to the other.
pub(crate) fn n_switches(left: &Side, right: &Side) -> usize {
    let sides = [(left, false), (right, true)];
    let mut drawn: Vec<(usize, bool)> = sides
        .iter()
        .flat_map(|(side, is_right)| side.drawn.iter().map(|nth| (*nth, *is_right)))
        .collect();
    drawn.sort_unstable();
    drawn.windows(2).filter(|pair| pair[0].1 != pair[1].1).count()
}

fn first_char(row: &Row, glyphs: &[Glyph]) -> Option<char> {
    let first = row.texts().next()?;
    glyphs.get(first.glyphs.start)?.text.chars().next()
}
