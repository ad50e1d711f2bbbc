//! Rows: what stands on one base line, whatever the order in which it was drawn.

use super::fragment::Fragment;

/// What stands side by side on one base line, from its beginning on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) fragments: Vec<Fragment>,
    /// The base line of its largest fragment.
    pub(crate) down: f64,
    /// The size of its largest fragment.
    pub(crate) size: f64,
    /// Whether that has letters or digits; other fragments only count while none has.
    has_words: bool,
}

impl Row {
    fn new(fragment: Fragment) -> Self {
        Self {
            down: fragment.down,
            size: fragment.size,
            has_words: fragment.has_words,
            fragments: vec![fragment],
        }
    }

    /// Makes a row of what stands on one side of a place; `None` when nothing does.
    pub(crate) fn of(fragments: Vec<Fragment>) -> Option<Self> {
        let mut fragments = fragments.into_iter();
        let mut row = Self::new(fragments.next()?);
        fragments.for_each(|fragment| row.push(fragment));
        row.has_text().then_some(row)
    }

    pub(crate) fn has_text(&self) -> bool {
        self.fragments.iter().any(|fragment| !fragment.is_space)
    }

    /// Returns the fragments that are not spaces.
    pub(crate) fn texts(&self) -> impl DoubleEndedIterator<Item = &Fragment> {
        self.fragments.iter().filter(|fragment| !fragment.is_space)
    }

    pub(crate) fn start(&self) -> f64 {
        self.texts().map(|fragment| fragment.start).fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn end(&self) -> f64 {
        self.texts().map(|fragment| fragment.end).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Tells whether a fragment stands on the base line, and beside what is there.
    fn takes(&self, fragment: &Fragment) -> bool {
        let shift = fragment.down - self.down;
        // A row that is only a raised number so far may stand higher than one that is lowered.
        let is_raised = self.size < fragment.size * 0.85 && shift > 0.;
        let is_level =
            shift.abs() < self.size.max(fragment.size) * if is_raised { 0.6 } else { 0.5 };
        let is_exactly_level = (fragment.down - self.down).abs() < self.size * EXACTLY;
        is_level && (is_exactly_level || !self.texts().any(|other| is_above(other, fragment)))
    }

    /// Tells whether a fragment is so much smaller than one next to it that it is a raised or
    /// lowered part of that; or a sign such as an asterisk.
    fn has_larger_beside(&self, fragment: &Fragment) -> bool {
        self.texts().any(|other| {
            let gap = (fragment.start - other.end).max(other.start - fragment.end);
            let is_part = fragment.size < other.size * 0.85 || !fragment.has_words;
            is_part && gap < other.size * 0.5
        })
    }

    /// Takes the last rows that have nothing but raised parts of this one.
    fn absorb(&mut self, rows: &mut Vec<Self>) {
        let first = rows.len().saturating_sub(ROWS_BACK);
        let is_part = |fragment: &Fragment| {
            (self.down - fragment.down).abs() < self.size * 0.6 && self.has_larger_beside(fragment)
        };
        let parts: Vec<Self> =
            rows.extract_if(first.., |row| row.has_text() && row.texts().all(is_part)).collect();
        self.fragments.splice(0..0, parts.into_iter().flat_map(|row| row.fragments));
    }

    fn push(&mut self, fragment: Fragment) {
        let (is_larger, is_word) = (fragment.size > self.size, fragment.has_words);
        if (is_word && (is_larger || !self.has_words)) || (is_larger && !self.has_words) {
            self.down = fragment.down;
            self.size = fragment.size;
            self.has_words = is_word;
        }
        self.fragments.push(fragment);
    }
}

/// Tells whether two fragments stand above each other for most of the shorter one.
fn is_above(one: &Fragment, other: &Fragment) -> bool {
    let shared = one.end.min(other.end) - one.start.max(other.start);
    let width = (one.end - one.start).min(other.end - other.start);
    shared > width * 0.5 && shared > 0.
}

/// How far from a base line, as part of the size, is still on it.
const EXACTLY: f64 = 0.05;

/// How many rows back a fragment may belong.
const ROWS_BACK: usize = 3;

/// Gathers the rows of fragments that are written in one direction, from the top down.
///
/// What stands on exactly one base line stays together: between the lines of two columns, a bit
/// of the next line may look as if it belonged to the row.
pub(crate) fn rows(mut fragments: Vec<Fragment>) -> Vec<Row> {
    fragments.sort_by(|one, other| one.down.total_cmp(&other.down));
    let mut rows: Vec<Row> = Vec::new();
    for level in fragments.chunk_by(|one, other| other.down - one.down < one.size * EXACTLY) {
        let fits = |row: &Row| level.iter().all(|part| part.is_space || row.takes(part));
        match near(&mut rows, fits, level) {
            Some(row) => level.iter().for_each(|fragment| row.push(fragment.clone())),
            None => apart(level, &mut rows),
        }
    }
    rows.retain(Row::has_text);
    rows.sort_by(|one, other| one.down.total_cmp(&other.down));
    for row in &mut rows {
        row.fragments.sort_by(|one, other| one.start.total_cmp(&other.start));
    }
    rows
}

/// Puts each raised or lowered fragment of a level into its row, and the rest into one of its own.
fn apart(level: &[Fragment], rows: &mut Vec<Row>) {
    let mut rest = Vec::new();
    for fragment in level {
        let takes = |row: &Row| row.has_larger_beside(fragment) && row.takes(fragment);
        match near(rows, takes, std::slice::from_ref(fragment)) {
            Some(row) => row.push(fragment.clone()),
            None => rest.push(fragment.clone()),
        }
    }
    let mut rest = rest.into_iter();
    if let Some(first) = rest.next() {
        let mut row = Row::new(first);
        rest.for_each(|fragment| row.push(fragment));
        row.absorb(rows);
        rows.push(row);
    }
}

/// Returns the nearest of the last rows that a level fits.
fn near<'a>(
    rows: &'a mut [Row],
    fits: impl Fn(&Row) -> bool,
    level: &[Fragment],
) -> Option<&'a mut Row> {
    let down = level.first()?.down;
    let last = rows.iter_mut().rev().take(ROWS_BACK).filter(|row| fits(row));
    last.min_by(|one, other| {
        let distance = |row: &Row| (row.down - down).abs();
        distance(one).total_cmp(&distance(other))
    })
}
