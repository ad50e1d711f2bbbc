//! A table on its way into text: a row a line, the cells joined by ` | `.

use std::collections::BTreeSet;

/// The last column that is told apart; cells further right count as standing there.
///
/// It bounds what a hostile `colspan` can ask for.
const MAX_COLUMN: usize = 200;

/// The cells read so far.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    /// The column in which the next cell of the last row stands.
    next_column: usize,
    /// Set once it turned out that the table lays out a page instead of holding data.
    pub(crate) is_layout: bool,
    /// Whether a cell is open.
    pub(crate) is_in_cell: bool,
    /// How many paragraphs and lists the open cell has begun.
    pub(crate) n_cell_blocks: usize,
}

struct Cell {
    column: usize,
    text: String,
}

impl Table {
    /// Makes an empty table.
    pub(crate) fn new(is_layout: bool) -> Self {
        Self { is_layout, ..Self::default() }
    }

    /// Begins a row.
    pub(crate) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
        self.next_column = 0;
    }

    /// Adds a cell to the last row.
    pub(crate) fn push(&mut self, text: String, n_columns: usize) {
        if self.rows.is_empty() {
            self.begin_row();
        }
        let column = self.next_column;
        self.next_column = column.saturating_add(n_columns.max(1)).min(MAX_COLUMN);
        if let Some(row) = self.rows.last_mut()
            && !text.is_empty()
        {
            row.push(Cell { column, text });
        }
    }

    /// Takes the rows as text; columns without any text are left out.
    pub(crate) fn take_text(&mut self) -> String {
        let rows = std::mem::take(&mut self.rows);
        let columns: BTreeSet<usize> = rows.iter().flatten().map(|cell| cell.column).collect();
        let lines = rows.iter().filter(|row| !row.is_empty()).map(|row| line(row, &columns));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Writes a row; empty cells before its last text keep their place.
fn line(row: &[Cell], columns: &BTreeSet<usize>) -> String {
    let mut line = String::new();
    let mut cells = row.iter().peekable();
    for column in columns {
        if cells.peek().is_none() {
            break;
        }
        if column != columns.first().unwrap_or(column) {
            line.push_str(" | ");
        }
        let mut is_first = true;
        while let Some(cell) = cells.next_if(|cell| cell.column == *column) {
            if !std::mem::take(&mut is_first) {
                line.push(' ');
            }
            line.push_str(&cell.text);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_under_their_columns() {
        let mut table = Table::default();
        for row in [&[("who", 1), ("", 1), ("days", 2), ("note", 1)][..], &[("", 2), ("10", 1)]] {
            table.begin_row();
            for (text, n_columns) in row {
                table.push((*text).to_owned(), *n_columns);
            }
        }
        assert_eq!(table.take_text(), "who | days | note\n | 10");
    }

    #[test]
    fn a_hostile_span_is_bounded() {
        let mut table = Table::default();
        table.push("a".to_owned(), usize::MAX);
        table.push("b".to_owned(), 1);
        table.push("c".to_owned(), 1);
        assert_eq!(table.take_text(), "a | b c");
    }
}
