//! Lines: the text of a row, and where each of its words stands.

use footnote_core::layout::{Rect, Toward};
use std::ops::Range;

use super::atom::{Atom, atoms};
use super::bidi;
use super::fragment::space;
use super::glyph::{Direction, Glyph, is_ideograph};
use super::rows::Row;

/// A line of text in the order of reading.
///
/// Places are measured along the direction of writing, so that a turned page reads as any other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Where its words stand, in the order of the text.
    pub(crate) words: Vec<Word>,
    /// The ranges of the text that wide gaps divide; one when there is no such gap.
    pub(crate) cells: Vec<Range<usize>>,
    /// Where it begins and ends along the direction of writing.
    pub(crate) start: f64,
    pub(crate) end: f64,
    /// How far down its base line stands, across the direction of writing.
    pub(crate) down: f64,
    pub(crate) size: f64,
    pub(crate) direction: Direction,
    /// Whether it is at the top of a column, and goes on with what the last column ends in.
    pub(crate) is_continued: bool,
    /// How far glyphs reach above and below the base line, as parts of the size.
    reach: (f64, f64),
}

/// A word of a line, or the part of one that is evenly spaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// Where it stands in the text of its line.
    pub(crate) range: Range<usize>,
    pub(crate) start: f64,
    pub(crate) end: f64,
    pub(crate) is_backward: bool,
}

/// How far glyphs reach above and below the base line, and beside the middle of a column.
const REACH: (f64, f64) = (0.8, 0.2);
const REACH_UPRIGHT: (f64, f64) = (0.5, 0.5);

impl Line {
    /// Writes down a row of glyphs; `None` when they have no text.
    pub(crate) fn of(row: &Row, glyphs: &[Glyph]) -> Option<Self> {
        let first = row.texts().next()?;
        let mut writer = Writer::new(row.size);
        for atom in atoms(row, glyphs) {
            writer.push(&atom);
        }
        let is_upright = glyphs.get(first.glyphs.start).is_some_and(|glyph| glyph.is_upright);
        let (text, words, cells) = writer.finish();
        (!text.is_empty()).then_some(Self {
            text,
            words,
            cells,
            start: row.start(),
            end: row.end(),
            down: row.down,
            size: row.size,
            direction: first.direction,
            is_continued: false,
            reach: if is_upright { REACH_UPRIGHT } else { REACH },
        })
    }

    /// Returns where a word stands on the page, and where its characters go.
    pub(crate) fn place(&self, word: &Word) -> (Rect, Toward) {
        let (above, below) = self.reach;
        let down = (self.size.mul_add(-above, self.down), self.size.mul_add(below, self.down));
        let toward = match self.direction.toward() {
            toward if !word.is_backward => toward,
            Toward::Right => Toward::Left,
            Toward::Down => Toward::Up,
            Toward::Left => Toward::Right,
            Toward::Up => Toward::Down,
        };
        (self.direction.rect((word.start, word.end), down), toward)
    }

    /// Tells whether it has wide gaps, as the rows of a table have.
    pub(crate) fn has_gaps(&self) -> bool {
        self.cells.len() > 1
    }

    pub(crate) fn n_chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Tells whether it is written from right to left, or at least begins so.
    pub(crate) fn is_backward(&self) -> bool {
        self.words.first().is_some_and(|word| word.is_backward)
    }

    /// Returns the words in a range of the text.
    pub(crate) fn words_in(&self, range: &Range<usize>) -> impl Iterator<Item = &Word> {
        let (start, end) = (range.start, range.end);
        self.words.iter().filter(move |word| word.range.start >= start && word.range.end <= end)
    }

    pub(crate) fn n_chars_of(&self, word: &Word) -> usize {
        self.text.get(word.range.clone()).map_or(0, |text| text.chars().count())
    }

    /// Returns where the words of a cell begin and end along the direction of writing.
    pub(crate) fn extent(&self, cell: &Range<usize>) -> (f64, f64) {
        self.words_in(cell).fold((f64::INFINITY, f64::NEG_INFINITY), |(start, end), word| {
            (start.min(word.start), end.max(word.end))
        })
    }
}

/// A gap wider than this, as a multiple of the size, is between two cells.
const CELL_GAP: f64 = 1.5;

/// The same before a sign of money that stands behind an amount.
const AMOUNT_GAP: f64 = 0.6;

/// Writes down the glyphs of a row.
struct Writer<'a> {
    size: f64,
    text: String,
    words: Vec<Word>,
    cells: Vec<Range<usize>>,
    last: Option<(&'a str, f64, f64, f64)>,
    /// Whether a space was drawn after the last glyph.
    is_spaced: bool,
}

impl<'a> Writer<'a> {
    fn new(size: f64) -> Self {
        Self {
            size,
            text: String::new(),
            words: Vec::new(),
            cells: Vec::new(),
            last: None,
            is_spaced: false,
        }
    }

    fn push(&mut self, atom: &Atom<'a>) {
        if atom.text.is_empty() {
            self.is_spaced = true;
            return;
        }
        if self.last.is_some() && bidi::is_mark(atom.text) {
            self.mark(atom.text);
            return;
        }
        let is_joined = match self.last {
            None => {
                self.cells.push(0..0);
                false
            }
            Some(last) => self.separate(last, atom),
        };
        self.word(atom, is_joined);
        self.mark(atom.text);
        self.last = Some((atom.text, atom.start, atom.end, atom.next));
        self.is_spaced = false;
    }

    /// Writes a text behind the last word, as a part of it.
    fn mark(&mut self, text: &str) {
        self.text.push_str(text);
        if let (Some(word), Some(cell)) = (self.words.last_mut(), self.cells.last_mut()) {
            word.range.end = self.text.len();
            cell.end = self.text.len();
        }
    }

    /// Writes the space before a glyph, if any, and tells whether there is none.
    fn separate(&mut self, last: (&str, f64, f64, f64), atom: &Atom<'a>) -> bool {
        let (before, start, end, next) = last;
        let is_ahead = atom.start + atom.end >= start + end;
        let gap = if is_ahead { atom.start - next } else { start - atom.next };
        let ink_gap = if is_ahead { atom.start - end } else { start - atom.end };
        // Between words of two scripts the space is often drawn elsewhere.
        let turns = atom.jump.is_some() && bidi::is_letter(before) && bidi::is_letter(atom.text);
        let (gap, ink_gap) = atom.jump.map_or((gap, ink_gap), |gap| (gap, gap));
        let is_wide = ink_gap > self.size * CELL_GAP && !self.is_unit(atom.text);
        if is_wide || (ink_gap > self.size * AMOUNT_GAP && self.begins_amount(atom.text)) {
            self.text.push(' ');
            self.cells.push(self.text.len()..self.text.len());
        } else if self.is_spaced || turns || gap > self.size * space(before, atom.text) {
            self.text.push(' ');
        } else {
            return true;
        }
        false
    }

    /// Tells whether a gap is between the last cell and its unit.
    fn is_unit(&self, after: &str) -> bool {
        let cell = self.cells.last().and_then(|cell| self.text.get(cell.clone()));
        is_unit(cell.unwrap_or_default(), after)
    }

    /// Tells whether a sign of money begins an amount behind another one.
    fn begins_amount(&self, after: &str) -> bool {
        let ends_amount = |c: char| c.is_ascii_digit() || matches!(c, ')' | '%' | '—' | '–');
        is_money(after) && self.text.trim_end().ends_with(ends_amount)
    }

    /// Begins a word with a glyph, or lets the last word reach over it.
    fn word(&mut self, atom: &Atom<'a>, is_joined: bool) {
        let is_backward = bidi::is_backward(atom.text);
        let is_alike = is_joined
            && self.last.is_some_and(|(before, ..)| is_square(before) == is_square(atom.text));
        match self.words.last_mut() {
            Some(word) if is_alike && word.is_backward == is_backward => {
                word.start = word.start.min(atom.start);
                word.end = word.end.max(atom.end);
            }
            Some(_) | None => {
                let at = self.text.len();
                let (start, end) = (atom.start, atom.end);
                self.words.push(Word { range: at..at, start, end, is_backward });
            }
        }
    }

    fn finish(self) -> (String, Vec<Word>, Vec<Range<usize>>) {
        (self.text, self.words, self.cells)
    }
}

/// Tells whether a gap is between a number and its unit, as `$    12` has it in many tables.
pub(crate) fn is_unit(before: &str, after: &str) -> bool {
    is_money(before) || matches!(after, ")" | "%")
}

fn is_money(text: &str) -> bool {
    matches!(text, "$" | "€" | "£" | "¥")
}

/// Tells whether a glyph fills a square, so that it is wider than letters.
fn is_square(text: &str) -> bool {
    text.chars().next().is_some_and(is_ideograph)
}
