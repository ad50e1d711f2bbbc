//! Workbooks of Excel, of today and of before 2007.

use calamine::{Cell, Data, DataRef, Reader as _, Xls, Xlsx, XlsxError};
use footnote_core::document::ParsedDocument;
use footnote_core::job::Failure;
use std::io::Cursor;

use super::comments::Comments;
use super::{Row, date, extent, number};
use crate::assemble::Assembler;
use crate::guard::guarded;
use crate::limits::Limits;
use crate::office;
use crate::package::{Package, damaged, encrypted};

/// Reads a workbook: its sheets, each row a line, and the comments on their cells.
///
/// Cells are read one by one, whatever size a sheet declares.
///
/// # Errors
/// `Unreadable` for a damaged file, `TooLarge` past a limit.
pub(crate) fn xlsx(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    Package::open(bytes, limits)?.verify()?;
    let mut package = Package::open(bytes, limits)?;
    let comments = Comments::read(&mut package)?;
    let title = office::title(&mut package, "docProps/core.xml")?;
    let opened = guarded(|| Xlsx::new(Cursor::new(bytes))).map_err(|_| damaged())?;
    let mut workbook: Xlsx<_> = opened.map_err(|error| told(&error))?;
    let mut assembler = Assembler::new(limits);
    let mut size = Size { n_cells: 0, n_bytes: 0, limits };
    let mut notes = Vec::new();
    for name in workbook.sheet_names() {
        // Where sums are checked, the library panics at the name of a cell that no sheet has.
        let rows = guarded(|| sheet(&mut workbook, &name, &mut size));
        match rows.unwrap_or(Err(SheetError::NoCells)) {
            Ok(rows) => super::write(&name, rows, &mut assembler)?,
            Err(SheetError::Limit(failure)) => return Err(failure),
            Err(SheetError::NoCells) => notes.push(format!("The sheet “{name}” has no cells.")),
        }
        comments.write(&name, &mut assembler)?;
    }
    Ok(ParsedDocument { title, notes, ..assembler.finish() })
}

/// Why a sheet has no rows.
enum SheetError {
    /// It is too large.
    Limit(Failure),
    /// It is a chart, or damaged.
    NoCells,
}

/// How much has been read of a workbook.
struct Size<'a> {
    n_cells: usize,
    n_bytes: usize,
    limits: &'a Limits,
}

impl Size<'_> {
    fn add(&mut self, text: &str) -> Result<(), Failure> {
        self.n_cells += 1;
        self.n_bytes += text.len();
        self.limits.check_cells(self.n_cells)?;
        self.limits.check(self.n_bytes)
    }
}

fn sheet(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    size: &mut Size<'_>,
) -> Result<Vec<Row>, SheetError> {
    let mut reader = workbook.worksheet_cells_reader(name).map_err(|_| SheetError::NoCells)?;
    let styles = reader.styles().to_vec();
    let mut rows: Vec<Row> = Vec::new();
    // A sheet that breaks off keeps the rows before.
    while let Ok(Some((cell, style))) = reader.next_cell_with_style_id() {
        let format = styles.get(style).and_then(|style| style.number_format.as_ref());
        let code = format.map_or("", |format| format.format_code.as_str());
        let text = shown(&cell, code);
        if text.is_empty() {
            continue;
        }
        size.add(&text).map_err(SheetError::Limit)?;
        set(&mut rows, cell.get_position(), &text);
    }
    Ok(rows)
}

fn set(rows: &mut Vec<Row>, (row, column): (u32, u32), text: &str) {
    let (number, column) = (row as usize + 1, column as usize);
    if rows.last().is_none_or(|last| last.number != number) {
        rows.push(Row::new(number));
    }
    if let Some(row) = rows.last_mut() {
        row.set(column, text);
    }
}

/// Writes a cell as the sheet shows it.
fn shown(cell: &Cell<DataRef<'_>>, code: &str) -> String {
    match cell.get_value() {
        DataRef::Int(value) => number::shown(as_float(*value), code),
        DataRef::Float(value) => number::shown(*value, code),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => date::shown_moment(moment, code),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sheet has no more digits than a float")]
fn as_float(value: i64) -> f64 {
    value as f64
}

/// Reads a workbook of before 2007.
///
/// # Errors
/// `Unreadable` for a damaged file, `Encrypted` when a password is needed, `TooLarge` past a limit.
pub(crate) fn xls(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    extent::check(bytes, limits)?;
    // The library takes some lengths in the records on trust, and panics where one is wrong.
    let opened = guarded(|| Xls::new(Cursor::new(bytes))).map_err(|_| damaged())?;
    let mut workbook: Xls<_> = opened.map_err(|error| match error {
        calamine::XlsError::Password => encrypted(),
        _ => damaged(),
    })?;
    let mut assembler = Assembler::new(limits);
    let mut size = Size { n_cells: 0, n_bytes: 0, limits };
    for name in workbook.sheet_names() {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows: Vec<Row> = Vec::new();
        for (row, column, value) in range.used_cells() {
            let text = shown_old(value);
            size.add(&text)?;
            let number = row + first_row as usize + 1;
            if rows.last().is_none_or(|last| last.number != number) {
                rows.push(Row::new(number));
            }
            if let Some(row) = rows.last_mut() {
                row.set(column + first_column as usize, &text);
            }
        }
        super::write(&name, rows, &mut assembler)?;
    }
    Ok(assembler.finish())
}

fn shown_old(value: &Data) -> String {
    match value {
        Data::Int(value) => value.to_string(),
        Data::Float(value) => number::general(*value),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(moment) if moment.is_duration() => date::shown_moment(moment, "[h]:mm:ss"),
        Data::DateTime(moment) => date::shown_moment(moment, ""),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn told(error: &XlsxError) -> Failure {
    if matches!(error, XlsxError::Password) { encrypted() } else { damaged() }
}
