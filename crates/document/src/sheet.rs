//! Spreadsheets: every row a line that names its columns, with the cells it stands in.

mod comments;
mod date;
mod extent;
mod number;
mod workbook;

use footnote_core::document::{BlockKind, Place};
use footnote_core::job::Failure;
use std::collections::BTreeMap;

use crate::assemble::{Assembler, one_line};
use crate::grid::{self, FirstRow};

pub(crate) use workbook::{xls, xlsx};

/// A row of a sheet that has text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number as the sheet shows it, from 1.
    number: usize,
    /// Its cells that have text, by their column, from 0.
    cells: BTreeMap<usize, String>,
}

impl Row {
    pub(crate) fn new(number: usize) -> Self {
        Self { number, cells: BTreeMap::new() }
    }

    /// Makes a row of cells with their columns; those without text are left out.
    pub(crate) fn of(number: usize, cells: Vec<(usize, String)>) -> Self {
        let mut row = Self::new(number);
        for (column, text) in cells {
            row.set(column, &text);
        }
        row
    }

    /// Sets a cell, unless it has no text.
    pub(crate) fn set(&mut self, column: usize, text: &str) {
        let text = one_line(text);
        if !text.is_empty() {
            self.cells.insert(column, text);
        }
    }

    /// Returns the cells from the first column of a region on.
    fn from(&self, first_column: usize) -> Vec<String> {
        let end = self.cells.last_key_value().map_or(0, |(column, _)| column + 1);
        (first_column..end).map(|c| self.cells.get(&c).cloned().unwrap_or_default()).collect()
    }

    fn is_one_cell(&self) -> bool {
        self.cells.len() == 1
    }

    fn place(&self, sheet: &str) -> Option<Place> {
        let (first, last) = (self.cells.first_key_value()?.0, self.cells.last_key_value()?.0);
        let (first, last) = (cell_name(*first, self.number), cell_name(*last, self.number));
        let cells = if first == last { first } else { format!("{first}:{last}") };
        Some(Place::Cells { sheet: sheet.to_owned(), cells })
    }
}

/// Writes a sheet: its name as a heading, then its tables, which empty rows part.
///
/// # Errors
/// `TooLarge` when the text has grown past the limit.
pub(crate) fn write(
    sheet: &str,
    rows: Vec<Row>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    let rows: Vec<Row> = rows.into_iter().filter(|row| !row.cells.is_empty()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    assembler.begin_place(None);
    assembler.push(BlockKind::Heading(1), sheet)?;
    let mut headers = Vec::new();
    for region in rows.chunk_by(|above, below| below.number <= above.number + 1) {
        write_region(sheet, region, &mut headers, assembler)?;
    }
    assembler.begin_place(None);
    Ok(())
}

/// Writes rows without a gap; without headers of their own they have those of the rows above.
fn write_region(
    sheet: &str,
    region: &[Row],
    headers: &mut Vec<String>,
    assembler: &mut Assembler<'_>,
) -> Result<(), Failure> {
    let n_titles = region.iter().take_while(|row| row.is_one_cell()).count();
    let (titles, table) = region.split_at(if n_titles == region.len() { 0 } else { n_titles });
    for title in titles {
        assembler.begin_place(title.place(sheet));
        let text = title.cells.values().next().map_or("", String::as_str);
        assembler.push(BlockKind::Paragraph, text)?;
    }
    let sample: Vec<Vec<String>> = table.iter().take(SAMPLE_ROWS).map(|row| row.from(0)).collect();
    let first_column = table.iter().filter_map(|row| row.cells.keys().next()).min().copied();
    let inner: Vec<Vec<String>> = sample
        .iter()
        .map(|row| row.get(first_column.unwrap_or(0)..).unwrap_or_default().to_vec())
        .collect();
    let has_headers = grid::headers(&inner, FirstRow::Unknown).is_some();
    if has_headers {
        *headers = sample.first().cloned().unwrap_or_default();
    }
    assembler.begin_table();
    for (nth, row) in table.iter().enumerate() {
        assembler.begin_place(row.place(sheet));
        let cells = row.from(0);
        let is_headers = has_headers && nth == 0;
        let line = if is_headers || headers.is_empty() {
            grid::plain(cells.get(first_column.unwrap_or(0)..).unwrap_or_default())
        } else {
            grid::labelled(headers, &cells)
        };
        assembler.push_row(&line)?;
    }
    Ok(())
}

/// How many rows tell whether the first names the columns.
const SAMPLE_ROWS: usize = 21;

/// Names a cell as sheets do: `A1`, `AB12`.
fn cell_name(column: usize, row: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn row(number: usize, cells: &[&str]) -> Row {
        Row::of(number, cells.iter().map(|cell| (*cell).to_owned()).enumerate().collect())
    }

    #[test]
    fn a_sheet_is_rows_with_the_names_of_their_columns_and_their_cells() {
        let limits = Limits::default();
        let mut assembler = Assembler::new(&limits);
        let rows = vec![
            row(2, &["", "Sales by region"]),
            row(3, &["", "Region", "Q1"]),
            row(4, &["", "North", "12"]),
            row(9, &["", "South", "9"]),
        ];
        write("Data", rows, &mut assembler).unwrap();
        let document = assembler.finish();
        assert_eq!(
            document.text,
            "Data\n\nSales by region\n\n| Region | Q1 |\n| Region: North | Q1: 12 |\n\n\
             | Region: South | Q1: 9 |"
        );
        let place = document.blocks.last().and_then(|block| block.place.clone());
        let cells = "B9:C9".to_owned();
        assert_eq!(place, Some(Place::Cells { sheet: "Data".to_owned(), cells }));
    }

    #[test]
    fn cells_are_named_as_sheets_name_them() {
        assert_eq!(cell_name(0, 1), "A1");
        assert_eq!(cell_name(26, 12), "AA12");
        assert_eq!(cell_name(16_383, 3), "XFD3");
    }
}
