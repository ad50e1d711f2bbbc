//! Standard output: the result alone, in the format that was asked for.

use console::measure_text_width;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

pub(crate) use footnote::doctor::bytes;
use footnote_core::{Error, Result};

use crate::options::Format;

/// Writes results to standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
}

/// A list as JSON, in the shape that the HTTP API uses too.
#[derive(Serialize)]
struct List<'a, T> {
    data: &'a [T],
    next_cursor: Option<&'a str>,
}

impl Output {
    /// Makes an output of a format.
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Returns the format.
    pub(crate) fn format(self) -> Format {
        self.format
    }

    /// Tells whether a person looks at the output as it comes.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Writes text as it is and shows it at once.
    pub(crate) fn raw(text: &str) -> Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(cannot_write)
    }

    /// Writes a line.
    pub(crate) fn line(text: impl Display) -> Result<()> {
        writeln!(io::stdout().lock(), "{text}").map_err(cannot_write)
    }

    /// Writes one result: as JSON, or as the text that `text` makes of it.
    pub(crate) fn one<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<()> {
        match self.format {
            Format::Text => Self::raw(&text(value)),
            Format::Json if Self::is_terminal() => Self::line(pretty(value)?),
            Format::Json | Format::Jsonl => Self::line(compact(value)?),
        }
    }

    /// Writes a list: as one JSON document, as a document a line, or as text.
    pub(crate) fn list<T: Serialize>(
        self,
        items: &[T],
        text: impl FnOnce(&[T]) -> String,
    ) -> Result<()> {
        match self.format {
            Format::Text => Self::raw(&text(items)),
            Format::Json => self.one(&List { data: items, next_cursor: None }, |_| String::new()),
            Format::Jsonl => items.iter().try_for_each(|item| Self::line(compact(item)?)),
        }
    }
}

/// Lays rows out in columns that are as wide as their widest cell.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure_text_width(cell)).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..n_columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let padding = width.saturating_sub(measure_text_width(cell)) + 2;
            line.push_str(cell);
            line.push_str(&" ".repeat(padding));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn compact(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(cannot_encode)
}

fn pretty(value: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(cannot_encode)
}

fn cannot_encode(error: serde_json::Error) -> Error {
    Error::internal("cannot write the result as JSON").because(error)
}

fn cannot_write(error: io::Error) -> Error {
    Error::unavailable("cannot write to standard output").because(error)
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let row = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        assert_eq!(columns(&[row("员工", "1"), row("abcdef", "2")]), "员工    1\nabcdef  2\n");
    }
}
