//! From lines to blocks: paragraphs by their spacing, headings by their size, rows by their gaps.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;
use std::collections::{BTreeMap, BTreeSet};

use super::hyphen::Words;
use super::output::{Direction, Line, Page};
use crate::assemble::Assembler;

/// Writes the pages as blocks.
///
/// # Errors
/// `TooLarge` when the text has grown past the limit.
pub(crate) fn write(pages: &[Page], assembler: &mut Assembler<'_>) -> Result<(), Failure> {
    let words = Words::of(pages);
    let grouped: Vec<(u32, Vec<&[Line]>)> =
        pages.iter().map(|page| (page.number, groups(&page.lines))).collect();
    let headings = Headings::of(&grouped);
    for (number, groups) in &grouped {
        assembler.begin_page(*number);
        let direction = usual_direction(groups);
        for group in groups {
            let is_turned = group
                .first()
                .zip(direction)
                .is_some_and(|(line, usual)| !line.direction.is_like(usual));
            let kind = if is_turned { BlockKind::Paragraph } else { kind(group, &headings) };
            assembler.push(kind, &text(group, kind, &words))?;
        }
    }
    Ok(())
}

/// Returns the direction of most of the text on a page.
fn usual_direction(groups: &[&[Line]]) -> Option<Direction> {
    groups.iter().max_by_key(|group| n_chars(group))?.first().map(|line| line.direction)
}

/// Cuts the lines of a page where a paragraph ends.
fn groups(lines: &[Line]) -> Vec<&[Line]> {
    let leading = usual_leading(lines);
    let mut groups = Vec::new();
    let mut start = 0;
    for end in 1..=lines.len() {
        let group = &lines[start..end];
        if lines.get(end).is_none_or(|next| !goes_on(group, next, leading)) {
            groups.push(group);
            start = end;
        }
    }
    groups
}

/// Returns the usual step from line to line, as a multiple of the size.
fn usual_leading(lines: &[Line]) -> f64 {
    let steps = lines.windows(2).filter_map(|pair| match pair {
        [above, below] => Some((below.down - above.down) / above.size),
        _ => None,
    });
    let mut steps: Vec<f64> = steps.filter(|step| (0.8..2.5).contains(step)).collect();
    steps.sort_by(f64::total_cmp);
    // A low quantile: the steps between paragraphs are among the large ones.
    steps.get(steps.len() / 3).copied().unwrap_or(1.2)
}

/// How far below each other two rows of a table stand at most, as a multiple of the size.
const MAX_ROW_STEP: f64 = 2.5;

/// Tells whether a line belongs to the paragraph above it.
fn goes_on(group: &[Line], next: &Line, leading: f64) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
    let size = last.size.max(next.size);
    let step = (next.down - last.down) / size;
    let is_alike = last.direction.is_like(next.direction) && last.size.min(next.size) > size * 0.85;
    let are_rows = last.n_gaps > 0 && next.n_gaps > 0;
    let furthest = if are_rows { MAX_ROW_STEP } else { (leading * 1.3).max(1.25) };
    let is_near = (-0.3..furthest).contains(&step);
    let left = group.iter().map(|line| line.start).fold(f64::INFINITY, f64::min);
    let right = group.iter().map(|line| line.end).fold(f64::NEG_INFINITY, f64::max);
    let is_below = next.start < right && next.end > left;
    let is_indented = next.start > left + size * 0.8 && !is_bullet(&first.text);
    let begins_anew =
        is_bullet(&next.text) || (is_indented && ends_a_sentence(&last.text) && last.n_gaps == 0);
    is_alike && is_near && is_below && !begins_anew
}

fn is_bullet(text: &str) -> bool {
    text.starts_with(['•', '▪', '■', '●', '◦', '‣', '○', '❖', '➢', '✓'])
}

fn ends_a_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', ';', '”', '"', '。', '！', '？', '：', '；'])
}

fn kind(group: &[Line], headings: &Headings) -> BlockKind {
    if let Some(level) = headings.level(group) {
        return BlockKind::Heading(level);
    }
    let n_rows = group.iter().filter(|line| line.n_gaps > 0).count();
    if group.len() > 1 && n_rows * 2 >= group.len() {
        return BlockKind::Table;
    }
    let is_item = group.first().is_some_and(|line| is_bullet(&line.text));
    if is_item { BlockKind::ListItem } else { BlockKind::Paragraph }
}

fn text(group: &[Line], kind: BlockKind, words: &Words) -> String {
    let mut text = String::new();
    for line in group {
        if kind == BlockKind::Table {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line.text);
        } else {
            words.append(&mut text, &line.text);
        }
    }
    text
}

/// How headings are told from the body of a document.
struct Headings {
    /// The size of most text.
    body: Size,
    /// The sizes of headings, the largest first.
    sizes: Vec<Size>,
}

/// A size in halves of a point, so that sizes can be compared.
type Size = i64;

/// The longest heading, in lines and characters.
const MAX_HEADING_LINES: usize = 3;
const MAX_HEADING_CHARS: usize = 160;

/// When more than one character in this many is in a heading, size means something else here.
const ONE_HEADING_CHAR_IN: usize = 5;

impl Headings {
    fn of(pages: &[(u32, Vec<&[Line]>)]) -> Self {
        let groups = || pages.iter().flat_map(|(_, groups)| groups.iter().copied());
        let mut n_chars_of = BTreeMap::new();
        for line in groups().flatten() {
            *n_chars_of.entry(size(line)).or_insert(0) += line.text.chars().count();
        }
        let body =
            n_chars_of.iter().max_by_key(|(_, n_chars)| **n_chars).map_or(0, |(size, _)| *size);
        let mut n_heading_chars = 0;
        let mut sizes = BTreeSet::new();
        for group in groups().filter(|group| is_set_as_heading(group, body)) {
            n_heading_chars += n_chars(group);
            sizes.extend(group.first().map(size));
        }
        let n_chars: usize = n_chars_of.values().sum();
        let is_usable = n_heading_chars * ONE_HEADING_CHAR_IN <= n_chars;
        let sizes = if is_usable { sizes.into_iter().rev().collect() } else { Vec::new() };
        Self { body, sizes }
    }

    /// Returns the level of a heading; `None` for anything else.
    fn level(&self, group: &[Line]) -> Option<u8> {
        let own = size(group.first()?);
        let nth = self.sizes.iter().position(|heading| *heading == own)?;
        let level = u8::try_from(nth + 1).map_or(6, |level| level.min(6));
        is_set_as_heading(group, self.body).then_some(level)
    }
}

/// Tells whether a group is short and clearly larger than the body of the document.
fn is_set_as_heading(group: &[Line], body: Size) -> bool {
    let is_larger = group.iter().all(|line| size(line) > body && size(line) * 100 >= body * 115);
    let text: String = group.iter().map(|line| line.text.as_str()).collect();
    is_larger
        && group.len() <= MAX_HEADING_LINES
        && group.iter().all(|line| line.n_gaps == 0)
        && n_chars(group) <= MAX_HEADING_CHARS
        && text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !text.ends_with(['.', ',', ';', '。', '，'])
}

fn n_chars(group: &[Line]) -> usize {
    group.iter().map(|line| line.text.chars().count()).sum()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "sizes are finite, and far below the limit of i64"
)]
fn size(line: &Line) -> Size {
    (line.size * 2.).round() as Size
}
