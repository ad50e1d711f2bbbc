//! Paragraphs: where, among the lines of a region, one ends and the next begins.

use super::line::Line;

/// Cuts the lines of regions where a paragraph ends.
pub(crate) fn groups(regions: &[Vec<Line>]) -> Vec<&[Line]> {
    let leading = usual_leading(regions);
    let mut groups = Vec::new();
    for lines in regions {
        let mut start = 0;
        for end in 1..=lines.len() {
            let group = &lines[start..end];
            if lines.get(end).is_none_or(|next| !goes_on(group, next, leading)) {
                groups.push(group);
                start = end;
            }
        }
    }
    groups
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

/// Tells whether a line belongs to the paragraph above it.
fn goes_on(group: &[Line], next: &Line, leading: f64) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
    let size = last.size.max(next.size);
    let step = (next.down - last.down) / size;
    let is_alike = last.size.min(next.size) > size * 0.85;
    let are_rows = last.has_gaps() && next.has_gaps();
    let furthest = if are_rows { MAX_ROW_STEP } else { (leading * 1.3).max(1.25) };
    let is_near = (-0.3..furthest).contains(&step);
    let left = group.iter().map(|line| line.start).fold(f64::INFINITY, f64::min);
    let right = group.iter().map(|line| line.end).fold(f64::NEG_INFINITY, f64::max);
    let is_below = next.start < right && next.end > left;
    let is_indented = next.start > left + size * 0.8 && !is_bullet(&first.text);
    let begins_anew =
        is_bullet(&next.text) || (is_indented && ends_a_sentence(&last.text) && !last.has_gaps());
    is_alike && is_near && is_below && !begins_anew
}

/// Tells whether a line begins with the mark of a list's item.
pub(crate) fn is_bullet(text: &str) -> bool {
    text.starts_with(['•', '▪', '■', '●', '◦', '‣', '○', '❖', '➢', '✓'])
}

fn ends_a_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', ':', ';', '”', '"', '。', '！', '？', '：', '；'])
}

/// Tells whether a group is the rows of a table: most of them have gaps.
pub(crate) fn is_table(group: &[Line]) -> bool {
    let n_rows = group.iter().filter(|line| line.has_gaps()).count();
    group.len() > 1 && n_rows * 2 >= group.len()
}
