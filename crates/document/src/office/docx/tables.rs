//! The tables of a Word document while they are read, inner ones inside cells of outer ones.

use footnote_core::job::Failure;

use crate::grid::{FirstRow, Grid};
use crate::xml::{Step, Xml};

/// A table while it is read.
#[derive(Debug)]
pub(crate) struct Table {
    grid: Grid,
    first_row: FirstRow,
    n_rows: usize,
    /// The text of the open cell.
    cell: String,
    n_columns: usize,
    goes_on_from_above: bool,
    is_deleted: bool,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self {
            grid: Grid::default(),
            first_row: FirstRow::Unknown,
            n_rows: 0,
            cell: String::new(),
            n_columns: 1,
            goes_on_from_above: false,
            is_deleted: false,
        }
    }

    /// Begins a row.
    pub(crate) fn begin_row(&mut self) {
        self.grid.begin_row();
        self.n_rows += 1;
        self.is_deleted = false;
    }

    /// Reads the properties of the row.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn row_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Failure> {
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if tag.name() == "trPrChange" => xml.skip()?,
                Step::Open(tag) if tag.name() == "del" => self.is_deleted = true,
                Step::Open(tag) if tag.name() == "tblHeader" && self.n_rows == 1 => {
                    self.first_row = FirstRow::Headers;
                }
                Step::Close(tag) if tag.name() == "trPr" => break,
                Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
            }
        }
        Ok(())
    }

    /// Ends a row; one that a tracked change removes is dropped.
    pub(crate) fn end_row(&mut self) {
        if self.is_deleted {
            self.grid.drop_row();
        }
    }

    /// Begins a cell.
    pub(crate) fn begin_cell(&mut self) {
        self.cell.clear();
        self.n_columns = 1;
        self.goes_on_from_above = false;
    }

    /// Reads the properties of the cell.
    ///
    /// # Errors
    /// As [`Xml::next`].
    pub(crate) fn cell_properties(&mut self, xml: &mut Xml<'_>) -> Result<(), Failure> {
        while let Some(step) = xml.next()? {
            match step {
                Step::Open(tag) if tag.name() == "gridSpan" => {
                    self.n_columns = tag.number("val").unwrap_or(1);
                }
                Step::Open(tag) if tag.name() == "vMerge" => {
                    self.goes_on_from_above = tag.attr("val").as_deref() != Some("restart");
                }
                Step::Close(tag) if tag.name() == "tcPr" => break,
                Step::Open(_) | Step::Text(_) | Step::Close(_) => {}
            }
        }
        Ok(())
    }

    /// Adds a paragraph to the open cell.
    pub(crate) fn add(&mut self, text: &str) {
        if !self.cell.is_empty() {
            self.cell.push('\n');
        }
        self.cell.push_str(text);
    }

    /// Ends a cell.
    pub(crate) fn end_cell(&mut self) {
        if self.goes_on_from_above {
            self.grid.push_continued(self.n_columns);
        } else {
            self.grid.push(&self.cell, self.n_columns);
        }
    }

    /// Returns the table as text inside a cell of another.
    pub(crate) fn nested(&self) -> String {
        self.grid.lines(self.first_row).join(" ")
    }

    /// Returns the rows, and how the first is meant.
    pub(crate) fn finish(self) -> (Grid, FirstRow) {
        (self.grid, self.first_row)
    }
}
