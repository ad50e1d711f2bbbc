//! How headings are told from the body of a document: by their size.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Line;

/// The sizes of a document.
pub(crate) struct Headings {
    /// The size of most text.
    body: Size,
    /// The sizes of headings, the largest first.
    sizes: Vec<Size>,
}

/// A size in halves of a point, so that sizes can be compared.
type Size = i64;

/// The longest heading, in lines and characters.
const MAX_LINES: usize = 3;
const MAX_CHARS: usize = 160;

/// When more than one character in this many is in a heading, size means something else here.
const ONE_CHAR_IN: usize = 5;

impl Headings {
    /// Learns the sizes from all groups of a document.
    pub(crate) fn of(groups: &[&[Line]]) -> Self {
        let mut n_chars_of = BTreeMap::new();
        for line in groups.iter().copied().flatten() {
            *n_chars_of.entry(size(line)).or_insert(0) += line.n_chars();
        }
        let body =
            n_chars_of.iter().max_by_key(|(_, n_chars)| **n_chars).map_or(0, |(size, _)| *size);
        let mut n_heading_chars = 0;
        let mut sizes = BTreeSet::new();
        for group in groups.iter().filter(|group| is_set_as_heading(group, body)) {
            n_heading_chars += n_chars(group);
            sizes.extend(group.first().map(size));
        }
        let n_chars: usize = n_chars_of.values().sum();
        let is_usable = n_heading_chars * ONE_CHAR_IN <= n_chars;
        let sizes = if is_usable { sizes.into_iter().rev().collect() } else { Vec::new() };
        Self { body, sizes }
    }

    /// Returns the level of a heading; `None` for anything else.
    pub(crate) fn level(&self, group: &[Line]) -> Option<u8> {
        let own = size(group.first()?);
        let nth = self.sizes.iter().position(|heading| *heading == own)?;
        let level = u8::try_from(nth + 1).map_or(6, |level| level.min(6));
        is_set_as_heading(group, self.body).then_some(level)
    }

    /// Tells whether a group is set smaller than most text: a note, a caption.
    pub(super) fn is_smaller(&self, group: &[Line]) -> bool {
        group.first().is_some_and(|line| size(line) < self.body)
    }
}

/// Tells whether a group is short and clearly larger than the body of the document.
fn is_set_as_heading(group: &[Line], body: Size) -> bool {
    let is_larger = group.iter().all(|line| size(line) > body && size(line) * 100 >= body * 115);
    is_larger && is_short(group)
}

/// Tells whether a group could be a heading by its words.
pub(crate) fn is_short(group: &[Line]) -> bool {
    let text: String = group.iter().map(|line| line.text.as_str()).collect();
    group.len() <= MAX_LINES
        && group.iter().all(|line| !line.has_gaps())
        && n_chars(group) <= MAX_CHARS
        && text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !text.ends_with(['.', ',', ';', '。', '，'])
}

fn n_chars(group: &[Line]) -> usize {
    group.iter().map(Line::n_chars).sum()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "sizes are finite, and far below the limit of i64"
)]
fn size(line: &Line) -> Size {
    (line.size * 2.).round() as Size
}
