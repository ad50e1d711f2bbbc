//! The rows of a table as text: every value beside the name of its column.
//!
//! A row is found and quoted alone, so it says by itself what its values mean:
//! `| Region: North | Sales: 12 |`. The row that names the columns comes first, as it is.

use crate::assemble::one_line;

/// The longest cell that may be a header, in characters.
const MAX_HEADER_CHARS: usize = 60;

/// The last column that is told apart; cells further right are dropped.
///
/// It bounds what a hostile span can ask for.
const MAX_COLUMNS: usize = 1_000;

/// How many empty cells spans may add to a table; those after them count as one column wide.
const MAX_SPANNED: usize = 1 << 20;

/// The longest text that is written more than once, in bytes: the name of a column beside each of
/// its values, or a cell in each of the rows that it reaches over.
///
/// It bounds what a few rows of a hostile table become.
const MAX_REPEATED_BYTES: usize = 400;

/// What is known about the first row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstRow {
    /// The document says that it names the columns.
    Headers,
    /// Nothing; its texts tell.
    Unknown,
}

/// A table being read, cell by cell.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    rows: Vec<Vec<String>>,
    /// How many empty cells spans have added.
    n_spanned: usize,
}

impl Grid {
    /// Begins a row.
    pub(crate) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// Drops the last row.
    pub(crate) fn drop_row(&mut self) {
        self.rows.pop();
    }

    /// Adds a cell that stands in so many columns.
    pub(crate) fn push(&mut self, text: &str, n_columns: usize) {
        if self.rows.is_empty() {
            self.begin_row();
        }
        let Some(row) = self.rows.last_mut() else { return };
        let room = MAX_COLUMNS.saturating_sub(row.len());
        if room == 0 {
            return;
        }
        row.push(one_line(text));
        let n_spanned = (n_columns.max(1) - 1).min(room - 1).min(MAX_SPANNED - self.n_spanned);
        row.resize(row.len() + n_spanned, String::new());
        self.n_spanned += n_spanned;
    }

    /// Adds a cell that goes on from the row above: it has the text of that cell.
    pub(crate) fn push_continued(&mut self, n_columns: usize) {
        let n_rows = self.rows.len();
        let column = self.rows.last().map_or(0, Vec::len);
        let above = n_rows.checked_sub(2).and_then(|row| self.rows.get(row)?.get(column));
        let above = above.filter(|text| text.len() <= MAX_REPEATED_BYTES).cloned();
        self.push(&above.unwrap_or_default(), n_columns);
    }

    /// Returns the text of all cells of a table of one column, which is no table but a box.
    pub(crate) fn single_column(&self) -> Option<Vec<&str>> {
        let texts = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
        let is_single = self.rows.iter().all(|row| texts(row) <= 1);
        is_single.then(|| {
            self.rows.iter().flatten().map(String::as_str).filter(|cell| !cell.is_empty()).collect()
        })
    }

    /// Writes the rows, one a line; rows without text are left out.
    pub(crate) fn lines(&self, first_row: FirstRow) -> Vec<String> {
        let headers = headers(&self.rows, first_row);
        let has_text = |row: &&Vec<String>| row.iter().any(|cell| !cell.is_empty());
        let rows = self.rows.iter().filter(has_text).enumerate();
        rows.map(|(nth, row)| match headers {
            Some(headers) if nth > 0 => labelled(headers, row),
            Some(_) | None => plain(row),
        })
        .collect()
    }

    /// Writes the whole table.
    pub(crate) fn text(&self, first_row: FirstRow) -> String {
        self.lines(first_row).join("\n")
    }
}

/// Returns the row that names the columns, if the table has one.
pub(crate) fn headers(rows: &[Vec<String>], first_row: FirstRow) -> Option<&Vec<String>> {
    let is_text = |row: &&Vec<String>| row.iter().any(|cell| !cell.is_empty());
    let mut filled = rows.iter().filter(is_text);
    let first = filled.next()?;
    let body: Vec<&Vec<String>> = filled.take(SAMPLE_ROWS).collect();
    let is_header = !body.is_empty()
        && (first_row == FirstRow::Headers || (names_columns(first) && is_told_by(&body)));
    is_header.then_some(first)
}

/// How many rows tell what the columns hold.
const SAMPLE_ROWS: usize = 20;

/// Tells whether every cell could be the name of a column: short, no figure but a year, and no
/// other's name. The first may be empty.
fn names_columns(row: &[String]) -> bool {
    let is_name = |cell: &String| {
        !cell.is_empty()
            && cell.chars().count() <= MAX_HEADER_CHARS
            && (!is_number(cell) || is_year(cell))
            && !cell.ends_with([':', '：'])
    };
    let is_unique = |(nth, cell): (usize, &String)| row.iter().take(nth).all(|other| other != cell);
    let Some((first, others)) = row.split_first() else { return false };
    let first_is_name = first.is_empty() || (is_name(first) && !is_number(first));
    let others_are_names = !others.is_empty() && others.iter().all(is_name);
    first_is_name && others_are_names && row.iter().enumerate().all(is_unique)
}

/// Tells whether a cell is a year, as columns of accounts are named.
fn is_year(cell: &str) -> bool {
    cell.len() == 4 && cell.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// Tells whether rows are records rather than names with their values: they have three columns,
/// or one of their columns holds numbers.
fn is_told_by(body: &[&Vec<String>]) -> bool {
    let n_columns = body.iter().map(|row| row.len()).max().unwrap_or_default();
    let is_numeric = |column: usize| {
        let cells = body.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let (numbers, others): (Vec<_>, Vec<_>) = cells.partition(|cell| is_number(cell));
        numbers.len() > others.len()
    };
    n_columns > 2 || (0..n_columns).any(is_numeric)
}

/// Tells whether a cell is a figure, with its sign, currency or unit.
pub(crate) fn is_number(cell: &str) -> bool {
    let n_digits = cell.chars().filter(char::is_ascii_digit).count();
    let n_letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    n_digits > 0 && n_digits > n_letters
}

/// Writes a row with the names of its columns, those that are not too long for it; a cell without
/// name or text has neither.
pub(crate) fn labelled(headers: &[String], row: &[String]) -> String {
    let is_name = |header: &String| (1..=MAX_REPEATED_BYTES).contains(&header.len());
    let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let cells = cells.map(|(column, cell)| match headers.get(column) {
        Some(header) if is_name(header) && header != cell => {
            format!("{}: {cell}", header.trim_end_matches([':', '：']))
        }
        Some(_) | None => cell.clone(),
    });
    joined(cells)
}

/// Writes a row as it is; empty cells at its end are left out.
pub(crate) fn plain(row: &[String]) -> String {
    let n_cells = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    joined(row.iter().take(n_cells).cloned())
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line.push(' ');
        line.push_str(&cell);
        line.push_str(" |");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &[&[&str]]) -> String {
        let mut grid = Grid::default();
        for row in rows {
            grid.begin_row();
            for cell in *row {
                grid.push(cell, 1);
            }
        }
        grid.text(FirstRow::Unknown)
    }

    #[test]
    fn values_stand_beside_the_names_of_their_columns() {
        assert_eq!(
            text(&[&["Region", "Sales"], &["North", "12"], &["", ""], &["South", ""]]),
            "| Region | Sales |\n| Region: North | Sales: 12 |\n| Region: South |"
        );
    }

    #[test]
    fn names_with_their_values_have_no_header() {
        let rows: &[&[&str]] = &[&["Name", "Ana"], &["Town", "Vigo"]];
        assert_eq!(text(rows), "| Name | Ana |\n| Town | Vigo |");
        let rows: &[&[&str]] = &[&["2023", "2024", "2025"], &["1", "2", "3"]];
        assert_eq!(text(rows), "| 2023 | 2024 | 2025 |\n| 1 | 2 | 3 |");
        let rows: &[&[&str]] = &[&["", "2023", "2024"], &["Sales", "1", "2"]];
        assert_eq!(text(rows), "|  | 2023 | 2024 |\n| Sales | 2023: 1 | 2024: 2 |");
    }

    #[test]
    fn spans_are_bounded_and_keep_what_follows_in_its_column() {
        let mut grid = Grid::default();
        grid.begin_row();
        grid.push("a", 2);
        grid.push("b", usize::MAX);
        grid.push("dropped", 1);
        grid.begin_row();
        grid.push_continued(2);
        grid.push("c", 1);
        assert_eq!(grid.text(FirstRow::Unknown), "| a |  | b |\n| a |  | c |");
        assert_eq!(grid.rows[0].len(), MAX_COLUMNS);
    }

    #[test]
    fn a_few_rows_never_become_a_large_table() {
        let mut grid = Grid::default();
        let long = "x".repeat(MAX_REPEATED_BYTES + 1);
        grid.push(&long, 1);
        for _ in 0..2_000 {
            grid.begin_row();
            grid.push_continued(1);
            grid.push("1", usize::MAX);
        }
        assert!(grid.rows.iter().map(Vec::len).sum::<usize>() < MAX_SPANNED + 5_000);
        let text = grid.text(FirstRow::Headers);
        assert_eq!(text.matches(&long).count(), 1, "a long text is written once");
    }
}
