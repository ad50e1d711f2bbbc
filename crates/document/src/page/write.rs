//! From lines to blocks: what kind each paragraph is.

use footnote_core::document::BlockKind;
use footnote_core::job::Failure;

use super::Page;
use super::across;
use super::draft::Draft;
use super::furniture::without_furniture;
use super::headings::Headings;
use super::hyphen::Words;
use super::line::Line;
use super::outline::Outline;
use super::paragraph::{groups, is_bullet, is_table};
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
    let mut drafts = Vec::with_capacity(all.len());
    for (page, groups) in &grouped {
        let usual = groups.first().and_then(|group| group.first()).map(|line| line.direction);
        for group in groups {
            let is_turned = group
                .first()
                .zip(usual)
                .is_some_and(|(line, usual)| !line.direction.is_like(usual));
            for (lines, kind) in parts(group, *page, outline, &headings) {
                let kind = if is_turned { BlockKind::Paragraph } else { kind };
                drafts.push(Draft::of(*page, kind, lines, &words));
            }
        }
    }
    across::join(&mut drafts, &headings, &words);
    for draft in drafts {
        assembler.begin_page(draft.page);
        assembler.push_placed(draft.kind, &draft.text, draft.runs)?;
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
