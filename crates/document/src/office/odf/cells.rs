//! The tables of OpenDocument: cells as they are shown, repeated ones only where they hold text.

use crate::grid::{FirstRow, Grid};
use crate::xml::Tag;

/// How often a row with text is written that is said to repeat.
const MAX_REPEATED_ROWS: usize = 100;

/// How often a cell with text is written that is said to repeat.
const MAX_REPEATED_CELLS: usize = 100;

/// A table while it is read.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    first_row: FirstRow,
    rows: Vec<Row>,
    /// The number of the row that begins next, counted from 1.
    next_row: usize,
    open_row: Row,
    /// The column in which the next cell of the open row stands.
    next_column: usize,
    cell: String,
    is_in_cell: bool,
    repeats_cell: usize,
    repeats_row: usize,
    /// How many cells have text, those that repeat each time.
    pub(crate) n_cells: usize,
    /// How long their text is together, in bytes.
    pub(crate) n_bytes: usize,
}

/// A row with its number in the sheet.
#[derive(Debug, Default, Clone)]
pub(crate) struct Row {
    pub(crate) number: usize,
    /// The cells that have text, each with its column, from 0 and ascending.
    pub(crate) cells: Vec<(usize, String)>,
}

impl Table {
    pub(crate) fn new(tag: &Tag<'_>) -> Self {
        Self {
            name: tag.attr("name").unwrap_or_default(),
            first_row: FirstRow::Unknown,
            rows: Vec::new(),
            next_row: 1,
            open_row: Row::default(),
            next_column: 0,
            cell: String::new(),
            is_in_cell: false,
            repeats_cell: 1,
            repeats_row: 1,
            n_cells: 0,
            n_bytes: 0,
        }
    }

    /// Enters an element of the table.
    pub(crate) fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "table-header-rows" => self.first_row = FirstRow::Headers,
            "table-row" => {
                self.open_row = Row { number: self.next_row, cells: Vec::new() };
                self.next_column = 0;
                self.repeats_row = tag.number("number-rows-repeated").unwrap_or(1).max(1);
            }
            "table-cell" | "covered-table-cell" => {
                self.cell.clear();
                self.is_in_cell = true;
                self.repeats_cell = tag.number("number-columns-repeated").unwrap_or(1).max(1);
            }
            _ => {}
        }
    }

    /// Leaves an element of the table.
    pub(crate) fn close(&mut self, name: &str) {
        match name {
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => self.end_row(),
            _ => {}
        }
    }

    /// Tells whether a cell is open.
    pub(crate) fn is_in_cell(&self) -> bool {
        self.is_in_cell
    }

    /// Adds a paragraph to the open cell.
    pub(crate) fn add(&mut self, text: &str) {
        if !self.cell.is_empty() {
            self.cell.push(' ');
        }
        self.cell.push_str(text);
    }

    fn end_cell(&mut self) {
        self.is_in_cell = false;
        let text = self.cell.trim();
        if !text.is_empty() {
            let columns = (self.next_column..MAX_COLUMNS).take(self.repeats_cell);
            let columns = columns.take(MAX_REPEATED_CELLS);
            self.open_row.cells.extend(columns.map(|column| (column, text.to_owned())));
        }
        self.next_column = self.next_column.saturating_add(self.repeats_cell);
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.open_row);
        if !row.cells.is_empty() {
            let n_rows = self.repeats_row.min(MAX_REPEATED_ROWS);
            self.n_cells += n_rows * row.cells.len();
            self.n_bytes += n_rows * row.cells.iter().map(|(_, text)| text.len()).sum::<usize>();
            for nth in 0..n_rows {
                let number = row.number.saturating_add(nth);
                self.rows.push(Row { number, cells: row.cells.clone() });
            }
        }
        self.next_row = self.next_row.saturating_add(self.repeats_row);
    }

    /// Returns the rows that have text.
    pub(crate) fn rows(self) -> Vec<Row> {
        self.rows
    }

    /// Returns the table as a grid, and how its first row is meant.
    pub(crate) fn grid(&self) -> (Grid, FirstRow) {
        let mut grid = Grid::default();
        for row in &self.rows {
            grid.begin_row();
            let mut next = 0;
            for (column, text) in &row.cells {
                if *column > next {
                    grid.push("", column - next);
                }
                grid.push(text, 1);
                next = column + 1;
            }
        }
        (grid, self.first_row)
    }
}

/// How many columns a sheet can have.
const MAX_COLUMNS: usize = 16_384;
