//! Which blocks go into a chunk together: sections, and small sections side by side.

use footnote_core::Result;
use footnote_core::document::{Block, BlockKind, ParsedDocument};
use std::ops::Range;

use super::budget::Budget;
use super::tokens::Tokens;

/// A run below this part of a chunk is too small to stand alone, if a neighbour lets it in.
const SMALL_PART: usize = 3;

/// Returns runs of blocks, by index, that are one chunk each or are split further.
///
/// A run is a section, or small sections under the same headings that fit one chunk together. It
/// never has blocks of two pages, or text between that belongs to no block.
pub(crate) fn runs(
    document: &ParsedDocument,
    tokens: &Tokens<'_>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Range<usize>>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for section in sections(document) {
        if let Some(run) = runs.last_mut()
            && joins(document, run, &section)
            && fits(document, run, &section, (tokens, budget))?
        {
            run.end = section.end;
        } else {
            runs.push(section);
        }
    }
    Ok(runs)
}

/// Cuts the blocks before every heading that follows other text, and where nothing may join.
fn sections(document: &ParsedDocument) -> Vec<Range<usize>> {
    let blocks = &document.blocks;
    let mut sections = Vec::new();
    let mut start = 0;
    for end in 1..=blocks.len() {
        let begins_section = match (blocks.get(end - 1), blocks.get(end)) {
            (Some(last), Some(next)) => {
                is_parted(&document.text, last, next) || (is_heading(next) && !is_heading(last))
            }
            _ => true,
        };
        if begins_section {
            sections.push(start..end);
            start = end;
        }
    }
    sections
}

fn is_heading(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Heading(_))
}

/// Tells whether no chunk may hold both blocks: another page, or words between that are in none.
///
/// A heading stays with what follows, past a comment of a line or two.
fn is_parted(text: &str, last: &Block, next: &Block) -> bool {
    let gap = text.get(last.range.end..next.range.start).unwrap_or_default();
    let bound = if is_heading(last) { MAX_GAP_BYTES } else { 0 };
    last.page != next.page || (gap.len() > bound && gap.contains(char::is_alphanumeric))
}

/// The longest stretch outside all blocks that a heading holds on across, in bytes.
const MAX_GAP_BYTES: usize = 160;

/// Tells whether a section stands beside or below the run, under the same headings.
fn joins(document: &ParsedDocument, run: &Range<usize>, section: &Range<usize>) -> bool {
    let block = |index: usize| document.blocks.get(index);
    let (Some(first), Some(last), Some(next)) =
        (block(run.start), block(run.end - 1), block(section.start))
    else {
        return false;
    };
    !is_parted(&document.text, last, next) && next.headings.starts_with(&first.headings)
}

/// Tells whether the run is small and one chunk holds the section too.
fn fits(
    document: &ParsedDocument,
    run: &Range<usize>,
    section: &Range<usize>,
    (tokens, budget): (&Tokens<'_>, &mut Budget<'_>),
) -> Result<bool> {
    let range = |start: usize, end: usize| {
        let (first, last) = (document.blocks.get(start)?, document.blocks.get(end - 1)?);
        Some(first.range.start..last.range.end)
    };
    let Some(first) = document.blocks.get(run.start) else { return Ok(false) };
    let max_tokens = budget.for_text(&first.headings)?;
    let size = |start, end| range(start, end).map_or(usize::MAX, |range| tokens.count(range));
    let is_small = size(run.start, run.end) < max_tokens / SMALL_PART;
    Ok(is_small && size(run.start, section.end) <= max_tokens)
}
