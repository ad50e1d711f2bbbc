//! The rows of a table: cells, put into the columns that they stand in.

use std::ops::Range;

use super::line::Line;

/// Where a column of a table begins and ends along the direction of writing.
type Column = (f64, f64);

/// The columns of a table, from its first on.
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// Finds the columns of rows: narrow cells tell them, wide ones may span several.
    pub(crate) fn of(lines: &[Line]) -> Self {
        let rows = lines.iter().filter(|line| line.has_gaps());
        let mut cells: Vec<Column> =
            rows.flat_map(|line| line.cells.iter().map(|cell| line.extent(cell))).collect();
        cells.sort_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)));
        let mut columns: Vec<Column> = Vec::new();
        for cell in cells {
            add(&mut columns, cell);
        }
        columns.sort_by(|one, other| one.0.total_cmp(&other.0));
        Self(columns)
    }

    /// Returns the ranges of a line's text by column; columns after its last cell are left out.
    pub(crate) fn cells(&self, line: &Line) -> Vec<Vec<Range<usize>>> {
        let mut row: Vec<Vec<Range<usize>>> = Vec::new();
        for cell in &line.cells {
            let nth = self.column(line.extent(cell)).max(row.len().saturating_sub(1));
            if row.len() <= nth {
                row.resize(nth + 1, Vec::new());
            }
            if let Some(column) = row.get_mut(nth) {
                column.push(cell.clone());
            }
        }
        row
    }

    /// Returns the first column that a cell stands in.
    fn column(&self, cell: Column) -> usize {
        let overlaps = |column: &Column| shared(*column, cell) > 0.;
        self.0.iter().position(overlaps).unwrap_or_default()
    }
}

/// Adds a cell: as a new column, or to the one that it alone stands in.
fn add(columns: &mut Vec<Column>, cell: Column) {
    let mut touched = columns.iter().enumerate().filter(|(_, column)| shared(**column, cell) > 0.);
    match (touched.next(), touched.next()) {
        (None, _) => columns.push(cell),
        (Some((nth, column)), None) => {
            let wider = (column.0.min(cell.0), column.1.max(cell.1));
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

fn shared(one: Column, other: Column) -> f64 {
    one.1.min(other.1) - one.0.max(other.0)
}
