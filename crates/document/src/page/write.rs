//! From lines to blocks: what kind each paragraph is, its text, and where its words stand.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;
use footnote_core::layout::Run;
use std::ops::Range;

use super::Page;
use super::furniture::without_furniture;
use super::headings::Headings;
use super::hyphen::Words;
use super::line::Line;
use super::outline::Outline;
use super::paragraph::{groups, is_bullet, is_table};
use super::table::{Cell, rows};
use crate::assemble::Assembler;

/// Writes the pages as blocks.
///
/// # Errors
/// `TooLarge` when the text has grown past the limit.
pub(crate) fn write(
    pages: Vec<Page>,
    outline: &Outline,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    let pages = without_furniture(pages);
    let words = Words::of(&pages);
    let grouped: Vec<(u32, Vec<&[Line]>)> =
        pages.iter().map(|page| (page.number, groups(&page.regions))).collect();
    let all: Vec<&[Line]> = grouped.iter().flat_map(|(_, groups)| groups.iter().copied()).collect();
    let headings = Headings::of(&all);
    for (number, groups) in &grouped {
        assembler.begin_page(*number);
        let usual = groups.first().and_then(|group| group.first()).map(|line| line.direction);
        for group in groups {
            let is_turned = group
                .first()
                .zip(usual)
                .is_some_and(|(line, usual)| !line.direction.is_like(usual));
            for (part, kind) in parts(group, *number, outline, &headings) {
                let kind = if is_turned { BlockKind::Paragraph } else { kind };
                let mut block = Written { page: *number, ..Written::default() };
                block.group(part, kind, &words);
                assembler.push_placed(kind, &block.text, block.runs)?;
            }
        }
    }
    Ok(())
}

/// The most lines of a heading that the outline names.
const MAX_HEADING_LINES: usize = 3;

/// Tells what a group is; its first lines may be a heading that is set like the rest.
fn parts<'a>(
    group: &'a [Line],
    page: u32,
    outline: &Outline,
    headings: &Headings,
) -> Vec<(&'a [Line], BlockKind)> {
    let mut text = String::new();
    for (nth, line) in group.iter().take(MAX_HEADING_LINES).enumerate() {
        text.push_str(&line.text);
        if let Some(level) = outline.level(page, &text) {
            let (heading, rest) = group.split_at(nth + 1);
            let mut parts = vec![(heading, BlockKind::Heading(level))];
            if !rest.is_empty() {
                parts.push((rest, kind(rest, headings)));
            }
            return parts;
        }
    }
    vec![(group, kind(group, headings))]
}

fn kind(group: &[Line], headings: &Headings) -> BlockKind {
    if let Some(level) = headings.level(group) {
        return BlockKind::Heading(level);
    }
    match group.split_first() {
        Some((first, rest)) if is_item(first) && !rest.iter().any(Line::has_gaps) => {
            BlockKind::ListItem
        }
        _ if is_table(group) => BlockKind::Table,
        Some((first, _)) if is_bullet(&first.text) => BlockKind::ListItem,
        _ => BlockKind::Paragraph,
    }
}

/// Tells whether a line is the mark of a list's item and text behind it, however far.
fn is_item(line: &Line) -> bool {
    let mark = line.cells.first().and_then(|cell| line.text.get(cell.clone()));
    is_bullet(&line.text)
        && line.cells.len() <= 2
        && (!line.has_gaps() || mark.is_some_and(|mark| mark.chars().count() == 1))
}

/// The text of a block, and where its words stand.
#[derive(Default)]
struct Written {
    page: u32,
    text: String,
    runs: Vec<Run>,
}

impl Written {
    fn group(&mut self, group: &[Line], kind: BlockKind, words: &Words) {
        if kind == BlockKind::Table {
            for row in rows(group) {
                self.row(row, words);
            }
        } else {
            for line in group {
                self.line(line, words);
            }
        }
    }

    /// Writes a line behind the last one, as one reads over its end.
    fn line(&mut self, line: &Line, words: &Words) {
        words.join(&mut self.text, &line.text);
        self.without_hyphen();
        self.part(line, 0..line.text.len());
    }

    /// Lets the last word end where the text ends: a hyphen at the end of its line may have gone.
    fn without_hyphen(&mut self) {
        let end = self.text.len();
        if let Some(last) = self.runs.last_mut() {
            last.range.end = last.range.end.min(end);
        }
    }

    /// Writes a row of a table: its cells apart, each in the place of its column.
    fn row(&mut self, row: Vec<Cell<'_>>, words: &Words) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for (nth, cell) in row.into_iter().enumerate() {
            if nth > 0 {
                self.text.push_str(" | ");
            }
            let mut above: Option<&Line> = None;
            for (line, part) in cell {
                match above {
                    None => {}
                    Some(above) if std::ptr::eq(above, line) => self.text.push(' '),
                    Some(_) => {
                        words.join(&mut self.text, line.text.get(part.clone()).unwrap_or_default());
                        self.without_hyphen();
                    }
                }
                self.part(line, part);
                above = Some(line);
            }
        }
    }

    /// Writes a part of a line, and where its words stand.
    fn part(&mut self, line: &Line, part: Range<usize>) {
        let Some(text) = line.text.get(part.clone()) else { return };
        let offset = self.text.len();
        for word in line.words_in(&part) {
            let start = word.range.start - part.start + offset;
            let end = word.range.end - part.start + offset;
            let (rect, toward) = line.place(word);
            self.runs.push(Run { range: start..end, page: self.page, rect, toward });
        }
        self.text.push_str(text);
    }
}
