//! The rows of a table: cells, put into the columns that they stand in.

use std::ops::Range;

use super::gaps::Gaps;
use super::line::Line;

/// A cell of a row: the parts of lines that it is written in.
pub(crate) type Cell<'a> = Vec<(&'a Line, Range<usize>)>;

/// Where cells begin and end along the direction of writing.
type Extent = (f64, f64);

/// Gathers the rows of a table, a cell for each column up to the last that has text.
///
/// Lines that only go on with the cells above them are in the row of these.
pub(crate) fn rows(lines: &[Line]) -> Vec<Vec<Cell<'_>>> {
    let columns = Columns::of(lines);
    let spacing = Spacing::of(lines, &columns);
    let mut rows: Vec<Vec<Cell<'_>>> = Vec::new();
    let mut above: Option<&Line> = None;
    for line in lines {
        let cells = columns.cells(line);
        match rows.last_mut().zip(above) {
            Some((row, above)) if spacing.is_continued(row, above, line, &cells) => {
                for (cell, more) in row.iter_mut().zip(cells) {
                    cell.extend(more);
                }
            }
            Some(_) | None => rows.push(cells),
        }
        above = Some(line);
    }
    rows
}

/// The columns of a table, from its first on.
struct Columns {
    extents: Vec<Extent>,
    gaps: Gaps,
}

impl Columns {
    /// Finds the columns of rows: narrow cells tell them, wide ones may span several.
    fn of(lines: &[Line]) -> Self {
        let lines: Vec<&Line> = lines.iter().filter(|line| line.has_gaps()).collect();
        let gaps = Gaps::of(&lines);
        let cells = |line: &&Line| {
            let cells = gaps.cells(line).into_iter();
            cells.map(|cell| line.extent(&cell)).collect::<Vec<Extent>>()
        };
        let rows: Vec<Vec<Extent>> = lines.iter().map(cells).collect();
        let mut cells: Vec<Extent> = rows.iter().flatten().copied().collect();
        cells.sort_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)));
        let mut extents: Vec<Extent> = Vec::new();
        for cell in cells {
            add(&mut extents, cell);
        }
        extents.sort_by(|one, other| one.0.total_cmp(&other.0));
        merge(&mut extents, &rows);
        if lines.iter().filter(|line| line.is_backward()).count() * 2 > lines.len() {
            extents.reverse();
        }
        Self { extents, gaps }
    }

    /// Returns the parts of a line by column; columns after its last cell are left out.
    fn cells<'a>(&self, line: &'a Line) -> Vec<Cell<'a>> {
        let mut row: Vec<Cell<'a>> = Vec::new();
        for cell in self.gaps.cells(line) {
            let nth = self.column(line.extent(&cell)).max(row.len().saturating_sub(1));
            if row.len() <= nth {
                row.resize(nth + 1, Vec::new());
            }
            if let Some(column) = row.get_mut(nth) {
                column.push((line, cell));
            }
        }
        row
    }

    /// Returns the first column that a cell stands in, with more than its edge where that can be.
    fn column(&self, cell: Extent) -> usize {
        let width = |extent: Extent| extent.1 - extent.0;
        let is_inside =
            |column: &Extent| shared(*column, cell) * 2. > width(*column).min(width(cell));
        let overlaps = |column: &Extent| shared(*column, cell) > 0.;
        let position = self.extents.iter().position(is_inside);
        position.or_else(|| self.extents.iter().position(overlaps)).unwrap_or_default()
    }
}

/// Adds a cell: as a new column, or to the one that it alone stands in.
fn add(columns: &mut Vec<Extent>, cell: Extent) {
    let mut touched = columns.iter().enumerate().filter(|(_, column)| shared(**column, cell) > 0.);
    match (touched.next(), touched.next()) {
        (None, _) => columns.push(cell),
        (Some((nth, column)), None) => {
            let wider = hull(*column, cell);
            let is_alone = columns
                .iter()
                .enumerate()
                .all(|(other, column)| other == nth || shared(*column, wider) <= 0.);
            if is_alone {
                columns[nth] = wider;
            }
        }
        (Some(_), Some(_)) => {}
    }
}

/// How many rows of names a table has above its amounts.
const MAX_NAMES: usize = 2;

/// Merges columns side by side that no row tells apart: where a cell spans both, or where one has
/// nothing but names above all that the other has, centred or at the left over amounts.
fn merge(columns: &mut Vec<Extent>, rows: &[Vec<Extent>]) {
    let mut nth = 0;
    while let Some([left, right]) = columns.get(nth..nth + 2).and_then(|two| two.first_chunk()) {
        let (left, right) = (*left, *right);
        let spans = |cell: &Extent| shared(*cell, left) > 0. && shared(*cell, right) > 0.;
        let has = |row: &[Extent], column| {
            row.iter().any(|cell| shared(*cell, column) > 0. && !spans(cell))
        };
        let rows_of = |column| -> Vec<usize> {
            (0..rows.len()).filter(|row| has(&rows[*row], column)).collect()
        };
        let (of_left, of_right) = (rows_of(left), rows_of(right));
        let are_names = |names: &[usize], others: &[usize]| {
            names.len() <= MAX_NAMES && names.last() < others.first()
        };
        let is_one = rows.iter().flatten().any(spans)
            || are_names(&of_left, &of_right)
            || are_names(&of_right, &of_left);
        if is_one && !of_left.iter().any(|row| of_right.contains(row)) {
            columns[nth] = hull(left, right);
            columns.remove(nth + 1);
        } else {
            nth += 1;
        }
    }
}

fn shared(one: Extent, other: Extent) -> f64 {
    one.1.min(other.1) - one.0.max(other.0)
}

fn hull(one: Extent, other: Extent) -> Extent {
    (one.0.min(other.0), one.1.max(other.1))
}

/// How the rows of a table stand below each other, and how far its columns reach.
struct Spacing {
    /// Where the cells of each column end.
    ends: Vec<f64>,
    /// The usual step to a line that begins a row, as a multiple of the size.
    between_rows: f64,
}

/// A step wider than this, as a multiple of the size, is not inside a cell.
const MAX_LEADING: f64 = 1.4;

impl Spacing {
    fn of(lines: &[Line], columns: &Columns) -> Self {
        let mut ends = vec![f64::NEG_INFINITY; columns.extents.len()];
        let mut steps = Vec::new();
        let mut above: Option<&Line> = None;
        for line in lines {
            let cells = columns.cells(line);
            for (end, cell) in ends.iter_mut().zip(&cells) {
                *end = cell.iter().fold(*end, |end, (line, part)| end.max(line.extent(part).1));
            }
            if let Some(above) = above
                && cells.first().is_some_and(|cell| !cell.is_empty())
            {
                steps.push(step(above, line));
            }
            above = Some(line);
        }
        steps.sort_by(f64::total_cmp);
        let between_rows = steps.get(steps.len() / 2).copied().unwrap_or_default();
        Self { ends, between_rows }
    }

    /// Tells whether a line goes on with cells of the row above it, and does nothing else.
    fn is_continued(
        &self,
        row: &[Cell<'_>],
        above: &Line,
        line: &Line,
        cells: &[Cell<'_>],
    ) -> bool {
        let step = step(above, line);
        let is_near = step > 0.5 && step < MAX_LEADING;
        let is_closer = step * 1.2 < self.between_rows;
        let opens_row = cells.first().is_some_and(|cell| !cell.is_empty());
        let mut filled = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        is_near
            && cells.len() <= row.len()
            && filled.all(|(nth, cell)| {
                let (Some(last), Some((_, first))) =
                    (row.get(nth).and_then(|cell| cell.last()), cell.first())
                else {
                    return false;
                };
                let must_go_on = opens_row || !is_closer;
                std::ptr::eq(last.0, above)
                    && self.is_full(nth, last, (line, first))
                    && (!must_go_on || reads_on(last, (line, first)))
            })
    }

    /// Tells whether the first word of the next line had no room behind a part of a cell.
    fn is_full(
        &self,
        column: usize,
        above: &(&Line, Range<usize>),
        next: (&Line, &Range<usize>),
    ) -> bool {
        let (line, part) = next;
        let first = line.words_in(part).next();
        let width = first.map_or(0., |word| word.end - word.start);
        let (start, end) = above.0.extent(&above.1);
        let text = above.0.text.get(above.1.clone()).unwrap_or_default();
        let has_letters = text.contains(char::is_alphabetic);
        let right = self.ends.get(column).copied().unwrap_or(end);
        let room = if line.is_backward() { end - start } else { right - end };
        has_letters && room < line.size.mul_add(0.3, width)
    }
}

/// Tells whether a part of a cell begins in the middle of what the part above says.
fn reads_on(above: &(&Line, Range<usize>), next: (&Line, &Range<usize>)) -> bool {
    let above = above.0.text.get(above.1.clone()).unwrap_or_default();
    let text = next.0.text.get(next.1.clone()).unwrap_or_default();
    text.starts_with(char::is_lowercase) || above.ends_with(',')
}

/// Returns how far a line stands below another, as a multiple of the size.
fn step(above: &Line, below: &Line) -> f64 {
    (below.down - above.down) / above.size.max(below.size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::page::tests::drawn;

    fn table(texts: &[(f64, f64, &str)]) -> Vec<String> {
        let glyphs = texts.iter().flat_map(|(x, y, text)| drawn(*x, *y, text)).collect();
        let lines: Vec<Line> = Page::of(1, glyphs).lines().cloned().collect();
        let text = |cell: &Cell<'_>| {
            let parts = cell.iter().filter_map(|(line, part)| line.text.get(part.clone()));
            parts.collect::<Vec<_>>().join(" ")
        };
        let rows = rows(&lines);
        rows.iter().map(|row| row.iter().map(text).collect::<Vec<_>>().join(" | ")).collect()
    }

    #[test]
    fn cells_close_to_each_other_are_parted_where_their_columns_begin() {
        let cells = [
            (0., 80., "Place"),
            (60., 80., "Rate"),
            (100., 80., "By"),
            (0., 60., "Oslo"),
            (60., 60., "0.30 a"),
            (100., 60., "Board"),
            (0., 40., "Rome"),
            (60., 40., "0.40"),
            (100., 40., "Lead"),
        ];
        assert_eq!(
            table(&cells),
            ["Place | Rate | By", "Oslo | 0.30 a | Board", "Rome | 0.40 | Lead"]
        );
    }

    #[test]
    fn a_centred_name_and_amounts_at_the_right_edge_are_one_column() {
        let cells = [
            (0., 80., "Sales"),
            (100., 80., "2023"),
            (0., 68., "North"),
            (90., 68., "$ 12,204"),
            (0., 56., "South"),
            (121., 56., "7"),
        ];
        assert_eq!(table(&cells), ["Sales | 2023", "North | $ 12,204", "South | 7"]);
    }

    #[test]
    fn a_name_at_the_left_and_amounts_at_the_right_are_one_column() {
        let cells = [
            (0., 80., "Place"),
            (60., 80., "Limit"),
            (140., 80., "By"),
            (0., 68., "Oslo"),
            (120., 68., "12"),
            (140., 68., "Lead"),
            (0., 56., "Rome"),
            (115., 56., "130"),
            (140., 56., "Board"),
        ];
        assert_eq!(table(&cells), ["Place | Limit | By", "Oslo | 12 | Lead", "Rome | 130 | Board"]);
    }

    #[test]
    fn a_cell_in_two_lines_is_read_to_its_end() {
        let cells = [
            (0., 100., "Leave"),
            (60., 100., "ten days for all"),
            (200., 100., "ask the portal"),
            (60., 89., "who are here"),
            (200., 89., "or the office"),
            (0., 70., "Rest"),
            (60., 70., "eleven hours"),
            (200., 70., "by law"),
        ];
        let expected = [
            "Leave | ten days for all who are here | ask the portal or the office",
            "Rest | eleven hours | by law",
        ];
        assert_eq!(table(&cells), expected);
    }

    #[test]
    fn rows_without_a_name_stay_rows() {
        let cells = [
            (0., 100., "Oslo"),
            (60., 100., "Ann Lee"),
            (160., 100., "Sales"),
            (60., 89., "Bo Hill"),
            (160., 89., "Marketing"),
            (0., 78., "Rome"),
            (60., 78., "Cy Moss"),
            (160., 78., "Sales"),
        ];
        assert_eq!(table(&cells).len(), 3);
    }
}
