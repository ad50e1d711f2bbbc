//! Paragraphs: where, among the lines of a region, one ends and the next begins.

use super::glyph::is_ideograph;
use super::line::Line;

/// Cuts the lines of regions where a paragraph ends.
pub(crate) fn groups(regions: &[Vec<Line>]) -> Vec<&[Line]> {
    let leading = usual_leading(regions);
    let mut groups = Vec::new();
    for lines in regions {
        let columns = columns(lines, leading);
        let mut start = 0;
        for end in 1..=lines.len() {
            let next = lines.get(end).zip(columns.get(end));
            let is_cut = next.is_none_or(|(next, column)| {
                let (group, after) = (&lines[start..end], &lines[end + 1..]);
                !column.goes_on(group, next, after)
                    || column.begins_table(group, next, after)
                    || column.ends_table(group, next, after)
            });
            if is_cut {
                groups.push(&lines[start..end]);
                start = end;
            }
        }
    }
    groups
}

/// Puts the lines of a column behind those of the last one where a sentence goes on in it.
pub(crate) fn joined(regions: Vec<Vec<Line>>) -> Vec<Vec<Line>> {
    let mut joined: Vec<Vec<Line>> = Vec::new();
    for mut region in regions {
        match joined.last_mut().zip(region.first_mut()) {
            Some((above, first)) if is_continued(above, first) => {
                first.is_continued = true;
                above.append(&mut region);
            }
            Some(_) | None => joined.push(region),
        }
    }
    joined
}

/// Tells whether a column ends in the middle of a sentence that goes on in a line beside it.
fn is_continued(column: &[Line], first: &Line) -> bool {
    let Some(last) = column.last().filter(|_| column.len() > 1) else { return false };
    let is_beside = first.down < last.down;
    let stretch = column.rsplit(|line| line.is_continued).next().unwrap_or(column);
    let is_full = !Column::of(stretch, 1.).has_room(last, first);
    let (before, after) = (last.text.chars().next_back(), first.text.chars().next());
    let goes_on = after
        .is_some_and(|c| c.is_lowercase() || (is_ideograph(c) && before.is_some_and(is_ideograph)));
    is_beside && are_set_alike(last, first) && is_full && goes_on && !ends_a_sentence(&last.text)
}

/// Tells whether two lines are running text of one size and direction.
pub(super) fn are_set_alike(last: &Line, first: &Line) -> bool {
    (first.size - last.size).abs() < last.size * 0.08
        && first.direction.is_like(last.direction)
        && !first.has_gaps()
        && !last.has_gaps()
}

/// Returns the column of each line.
fn columns(lines: &[Line], leading: f64) -> Vec<Column> {
    let stretches = lines.chunk_by(|_, next| !next.is_continued);
    stretches
        .flat_map(|lines| std::iter::repeat_n(Column::of(lines, leading), lines.len()))
        .collect()
}

/// Returns the usual step from line to line, as a multiple of the size.
fn usual_leading(regions: &[Vec<Line>]) -> f64 {
    let pairs = regions.iter().flat_map(|lines| lines.windows(2));
    let steps = pairs.filter_map(|pair| match pair {
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

/// What the lines of a column have in common.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// The usual step from line to line, as a multiple of the size.
    leading: f64,
    /// Where it begins and ends along the direction of writing.
    start: f64,
    end: f64,
}

impl Column {
    fn of(lines: &[Line], leading: f64) -> Self {
        let (start, end) = hull(lines);
        Self { leading, start, end }
    }

    /// Tells whether a line belongs to the paragraph or table above it.
    fn goes_on(&self, group: &[Line], next: &Line, after: &[Line]) -> bool {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
        if next.is_continued {
            return true;
        }
        let stretch = &group[group.iter().rposition(|line| line.is_continued).unwrap_or(0)..];
        let size = last.size.max(next.size);
        let step = (next.down - last.down) / size;
        let are_rows = self.are_rows(group, last, next, after);
        let furthest = if are_rows { MAX_ROW_STEP } else { (self.leading * 1.3).max(1.25) };
        let is_alike = last.size.min(next.size) > size * if are_rows { 0.8 } else { 0.85 };
        let (left, right) = hull(stretch);
        let is_below = next.start < right && next.end > left;
        let is_indented = next.start > left + size * 0.8 && !is_bullet(&first.text);
        let begins_anew = is_bullet(&next.text)
            || (is_indented && ends_a_sentence(&last.text) && !last.has_gaps())
            || (!are_rows && self.is_ended(stretch, last, next));
        (-0.3..furthest).contains(&step) && is_alike && is_below && !begins_anew
    }

    /// Tells whether two lines are in one table: both have gaps, or one is a name over columns.
    fn are_rows(&self, group: &[Line], last: &Line, next: &Line, after: &[Line]) -> bool {
        let is_name = |line: &Line, row: &Line| {
            line.start > self.start + line.size * 2. && line.size < row.size * 1.05
        };
        match (last.has_gaps(), next.has_gaps()) {
            (true, true) => true,
            (false, true) => is_name(last, next) || group.iter().any(Line::has_gaps),
            (true, false) => is_name(next, last) && after.first().is_some_and(Line::has_gaps),
            (false, false) => false,
        }
    }

    /// Tells whether a text ends in a line: the next stands further down than usual, and there was
    /// room for its first word.
    fn is_ended(&self, stretch: &[Line], last: &Line, next: &Line) -> bool {
        let usual = match stretch {
            [.., above, last] => (last.down - above.down) / last.size,
            _ => self.leading,
        };
        let step = (next.down - last.down) / last.size.max(next.size);
        let are_texts = !last.has_gaps() && !next.has_gaps();
        step > usual * 1.12 && are_texts && self.has_room(last, next)
    }

    /// Tells whether the first word of the next line had room behind a line: it is there because
    /// something new begins.
    fn has_room(&self, line: &Line, next: &Line) -> bool {
        let width = next.words.first().map_or(0., |word| word.end - word.start);
        let room = if line.is_backward() { line.start - self.start } else { self.end - line.end };
        room > line.size.mul_add(1.5, width)
    }

    /// Tells whether a line is the first row of a table, under text that begins where the column
    /// does and reaches over those of the table.
    fn begins_table(&self, group: &[Line], next: &Line, after: &[Line]) -> bool {
        let (start, end) = hull(group);
        let are_rows = next.has_gaps() && after.first().is_some_and(Line::has_gaps);
        let is_text = start < self.start + next.size * 2. && !group.iter().any(Line::has_gaps);
        are_rows && is_text && spans_columns((start, end), next)
    }

    /// Tells whether a line is the first of a text under a table, which reaches over its columns.
    fn ends_table(&self, group: &[Line], next: &Line, after: &[Line]) -> bool {
        let Some(last) = group.last().filter(|last| last.has_gaps() && is_table(group)) else {
            return false;
        };
        let spans = |line: &Line| !line.has_gaps() && spans_columns((line.start, line.end), last);
        let is_full = next.end > self.end - next.size * 4.;
        spans(next)
            && after.first().is_some_and(|after| spans(after) || (is_full && !after.has_gaps()))
    }
}

/// Returns where lines begin and end along the direction of writing.
pub(super) fn hull(lines: &[Line]) -> (f64, f64) {
    lines.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(start, end), line| {
        (start.min(line.start), end.max(line.end))
    })
}

/// Tells whether something reaches from one column of a row into another.
fn spans_columns((start, end): (f64, f64), row: &Line) -> bool {
    let cells = row.cells.iter().map(|cell| row.extent(cell));
    cells.filter(|cell| start.max(cell.0) < end.min(cell.1)).count() > 1
}

/// Tells whether a line begins with the mark of a list's item.
pub(crate) fn is_bullet(text: &str) -> bool {
    text.starts_with(['•', '▪', '■', '●', '◦', '‣', '○', '❖', '➢', '✓'])
}

pub(super) fn ends_a_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', ';', '”', '"', '。', '！', '？', '：', '；'])
}

/// Tells whether a group is the rows of a table: most of them have gaps, or it is one with several.
pub(crate) fn is_table(group: &[Line]) -> bool {
    let n_rows = group.iter().filter(|line| line.has_gaps()).count();
    let has_cells = group.iter().any(|line| line.cells.len() > 2);
    (group.len() > 1 || has_cells) && n_rows * 2 >= group.len()
}
