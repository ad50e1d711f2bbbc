//! How far the sheets of a workbook of before 2007 reach: the library that reads them lays out every
//! cell between the first and the last, empty ones too.

use cfb::CompoundFile;
use footnote_core::job::{Failure, FailureCode};
use std::io::{Cursor, Read as _};

use crate::limits::Limits;

/// How many cells may be laid out for each that may hold something.
const LAID_OUT: u64 = 4;

/// The numbers of the records that are looked at.
mod record {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const BEGIN: u16 = 0x0809;
    pub(super) const END: u16 = 0x000A;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const NUMBERS: u16 = 0x00BD;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    /// The records of one cell.
    pub(super) const CELLS: [u16; 7] = [FORMULA, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// Refuses a workbook whose sheets reach so far that laying them out takes all memory.
///
/// # Errors
/// `TooLarge` when they do. What is damaged is for the library to tell.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), Failure> {
    let Some(stream) = stream(bytes) else { return Ok(()) };
    let max_cells = (limits.max_cells as u64).saturating_mul(LAID_OUT);
    let mut n_cells = 0_u64;
    for (number, data) in records(&stream) {
        if number != record::SHEET {
            continue;
        }
        let start = u16_at(data, 0).zip(u16_at(data, 2));
        let start =
            start.map_or(usize::MAX, |(low, high)| usize::from(low) | usize::from(high) << 16);
        n_cells = n_cells.saturating_add(n_cells_of(stream.get(start..).unwrap_or_default()));
        if n_cells > max_cells {
            let detail = format!(
                "The sheets reach over at least {n_cells} cells, more than {max_cells}, though \
                 most may be empty. Save the workbook as .xlsx, which is read cell by cell."
            );
            return Err(Failure::new(FailureCode::TooLarge, detail));
        }
    }
    Ok(())
}

/// Returns the stream of a container that is the workbook.
fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut container = CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| container.exists(name))?;
    let mut stream = Vec::new();
    container.open_stream(name).ok()?.read_to_end(&mut stream).ok()?;
    Some(stream)
}

/// Walks over the records of a stream: number and data.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (header, rest) = stream.split_first_chunk::<4>()?;
        let [number, length] =
            [[header[0], header[1]], [header[2], header[3]]].map(u16::from_le_bytes);
        let (data, rest) = rest.split_at_checked(usize::from(length))?;
        stream = rest;
        Some((number, data))
    })
}

/// Counts the cells of the rectangle around those of a sheet, or of the one that it declares.
fn n_cells_of(sheet: &[u8]) -> u64 {
    let mut declared = 0;
    let mut extent = Extent::default();
    let mut depth = 0_u32;
    for (number, data) in records(sheet) {
        match number {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => break,
            record::END => depth -= 1,
            record::DIMENSIONS => declared = declared_in(data).max(declared),
            // A chart inside a sheet has cells of its own, which are not laid out.
            number if depth <= 1 => extent.add(number, data),
            _ => {}
        }
    }
    declared.max(extent.n_cells())
}

/// Returns how many cells a sheet says that it has: its rows, then its columns, each first and end.
fn declared_in(data: &[u8]) -> u64 {
    let u32_at = |at| Some(u64::from(u16_at(data, at)?) | u64::from(u16_at(data, at + 2)?) << 16);
    let n_rows = match data.len() {
        10 => u16_at(data, 2)
            .zip(u16_at(data, 0))
            .map(|(end, first)| end.saturating_sub(first).into()),
        _ => u32_at(4).zip(u32_at(0)).map(|(end, first)| end.saturating_sub(first)),
    };
    let n_columns = u16_at(data, if data.len() == 10 { 6 } else { 10 });
    n_rows.unwrap_or(0).saturating_mul(n_columns.unwrap_or(0).into())
}

/// The rectangle around cells.
#[derive(Default)]
struct Extent {
    /// The first and the last row, the first and the last column.
    edges: Option<[u16; 4]>,
}

impl Extent {
    /// Adds the cells of a record, if it has any: they begin with their row and column.
    fn add(&mut self, number: u16, data: &[u8]) {
        let is_many = number == record::NUMBERS;
        let Some((row, column)) = u16_at(data, 0).zip(u16_at(data, 2)) else { return };
        if !is_many && !record::CELLS.contains(&number) {
            return;
        }
        let last = u16_at(data, data.len() - 2).filter(|last| is_many && *last > column);
        let [top, bottom, left, right] = self.edges.unwrap_or([row, row, column, column]);
        let right = right.max(last.unwrap_or(column));
        self.edges = Some([top.min(row), bottom.max(row), left.min(column), right]);
    }

    fn n_cells(&self) -> u64 {
        let sides = self.edges.map(|[top, bottom, left, right]| (bottom - top, right - left));
        sides.map_or(0, |(height, width)| (u64::from(height) + 1) * (u64::from(width) + 1))
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: u16, data: &[u16]) -> Vec<u8> {
        let length = u16::try_from(data.len() * 2).unwrap();
        [number, length].iter().chain(data).flat_map(|value| value.to_le_bytes()).collect()
    }

    #[test]
    fn a_sheet_reaches_from_its_first_cell_to_its_last() {
        let sheet = [
            record(record::BEGIN, &[0; 8]),
            record(record::DIMENSIONS, &[0, 0, 2, 0, 0, 3, 0]),
            record(0x0203, &[4, 1, 0]),
            record(record::NUMBERS, &[9, 2, 0, 0, 7]),
            record(record::BEGIN, &[0; 8]),
            record(0x0203, &[900, 900]),
            record(record::END, &[]),
            record(0x0204, &[5, 3]),
            record(record::END, &[]),
            record(0x0204, &[900, 900]),
        ];
        assert_eq!(n_cells_of(&sheet.concat()), 6 * 7);
        assert_eq!(n_cells_of(&sheet[..2].concat()), 2 * 3);
        assert_eq!(n_cells_of(b"no record"), 0);
    }

    #[test]
    fn two_cells_far_apart_are_refused_before_everything_between_them_is_laid_out() {
        let sheet = [record(0x0204, &[0, 0]), record(0x0204, &[u16::MAX, u16::MAX])].concat();
        let stream = [record(record::SHEET, &[8, 0]), sheet].concat();
        let mut container = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        std::io::Write::write_all(&mut container.create_stream("/Workbook").unwrap(), &stream)
            .unwrap();
        let bytes = container.into_inner().into_inner();
        let failure = check(&bytes, &Limits::default()).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.contains("4294967296 cells"), "{}", failure.detail);
    }
}
