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
}

impl Row {
    fn new(fragment: Fragment) -> Self {
        Self { down: fragment.down, size: fragment.size, fragments: vec![fragment] }
    }

    /// Makes a row of what stands on one side of a place; `None` when nothing does.
    pub(crate) fn of(fragments: Vec<Fragment>) -> Option<Self> {
        let mut fragments = fragments.into_iter();
        let mut row = Self::new(fragments.next()?);
        for fragment in fragments {
            row.push(fragment);
        }
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
        let is_exactly_level = (fragment.down - self.down).abs() < self.size * 0.05;
        is_level && (is_exactly_level || !self.texts().any(|other| is_above(other, fragment)))
    }

    fn push(&mut self, fragment: Fragment) {
        if fragment.size > self.size && !fragment.is_space {
            self.down = fragment.down;
            self.size = fragment.size;
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

/// How many rows back a fragment may belong.
const ROWS_BACK: usize = 3;

/// Gathers the rows of fragments that are written in one direction, from the top down.
pub(crate) fn rows(mut fragments: Vec<Fragment>) -> Vec<Row> {
    fragments.sort_by(|one, other| one.down.total_cmp(&other.down));
    let mut rows: Vec<Row> = Vec::new();
    for fragment in fragments {
        let near = rows.iter_mut().rev().take(ROWS_BACK);
        let best = near.filter(|row| row.takes(&fragment)).min_by(|one, other| {
            let distance = |row: &Row| (row.down - fragment.down).abs();
            distance(one).total_cmp(&distance(other))
        });
        match best {
            Some(row) => row.push(fragment),
            None => rows.push(Row::new(fragment)),
        }
    }
    rows.retain(Row::has_text);
    rows.sort_by(|one, other| one.down.total_cmp(&other.down));
    for row in &mut rows {
        row.fragments.sort_by(|one, other| one.start.total_cmp(&other.start));
    }
    rows
}
