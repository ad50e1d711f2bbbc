//! Delimited values (CSV, TSV): every record a line that names its columns.

use csv::{ReaderBuilder, StringRecord};
use footnote_core::document::{ParsedDocument, Place};
use footnote_core::job::Failure;

use crate::assemble::{Assembler, one_line};
use crate::decode;
use crate::grid::{self, FirstRow};
use crate::limits::Limits;

/// What may part values.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// How many records tell the delimiter, and whether the first names the columns.
const SAMPLE_RECORDS: usize = 21;

/// Reads delimited values of any encoding and delimiter.
///
/// # Errors
/// `Unreadable` for what is no text, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let decoded = decode::whole(bytes, None)?;
    limits.check(decoded.text.len())?;
    let delimiter = delimiter(&decoded.text);
    let sample: Vec<Vec<String>> = records(&decoded.text, delimiter)
        .take(SAMPLE_RECORDS)
        .map(|(_, record)| cells(&record))
        .collect();
    let headers = grid::headers(&sample, FirstRow::Unknown);
    let mut assembler = Assembler::new(limits);
    let mut is_first = true;
    let mut n_cells = 0;
    for (line, record) in records(&decoded.text, delimiter) {
        let row = cells(&record);
        if row.iter().all(String::is_empty) {
            continue;
        }
        n_cells += row.len();
        limits.check_cells(n_cells)?;
        let n_breaks = record.iter().map(|value| value.matches('\n').count()).sum::<usize>();
        let last = line.saturating_add(u32::try_from(n_breaks).unwrap_or(u32::MAX));
        assembler.begin_place(Some(Place::Lines { first: line, last }));
        match headers {
            Some(headers) if !is_first => assembler.push_row(&grid::labelled(headers, &row))?,
            Some(_) | None => assembler.push_row(&grid::plain(&row))?,
        }
        is_first = false;
    }
    Ok(ParsedDocument { notes: decoded.note.into_iter().collect(), ..assembler.finish() })
}

fn cells(record: &StringRecord) -> Vec<String> {
    record.iter().map(one_line).collect()
}

/// Returns the records, each with the line it begins on.
fn records(text: &str, delimiter: char) -> impl Iterator<Item = (u32, StringRecord)> {
    let reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    reader.into_records().flatten().map(|record| {
        let line = record.position().map_or(1, csv::Position::line);
        (u32::try_from(line).unwrap_or(u32::MAX), record)
    })
}

/// Finds the delimiter: the one that parts most records into the same number of values.
fn delimiter(text: &str) -> char {
    let score = |delimiter: &char| {
        let counts = records(text, *delimiter).take(SAMPLE_RECORDS).map(|(_, record)| record.len());
        let counts: Vec<usize> = counts.collect();
        let common = |n: &usize| counts.iter().filter(|other| *other == n).count();
        let best = counts.iter().filter(|n| **n > 1).max_by_key(|n| common(n));
        best.map_or((0, 0), |n| (common(n), *n))
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(score);
    best.filter(|delimiter| score(delimiter) > (0, 0)).unwrap_or(',')
}

/// Tells whether text without a telling name is a table: every line parts into as many values.
pub(crate) fn is_evident(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().take(SAMPLE_RECORDS).collect();
    let is_even = |delimiter: &char| {
        let mut counts = lines.iter().map(|line| line.matches(*delimiter).count());
        let first = counts.next().unwrap_or_default();
        first > 1 && counts.all(|count| count == first)
    };
    lines.len() > 3 && ['\t', ';'].iter().any(is_even)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        parse(source.as_bytes(), &Limits::default()).unwrap().text
    }

    #[test]
    fn records_name_their_columns_whatever_the_delimiter() {
        let expected = "| Region | Sales |\n| Region: North, west | Sales: 12 |";
        assert_eq!(text("Region,Sales\n\"North, west\",12\n"), expected);
        assert_eq!(text("Region;Sales\n\nNorth, west;12\n"), expected);
        assert_eq!(text("Region\tSales\r\nNorth, west\t12"), expected);
    }

    #[test]
    fn a_record_knows_its_lines() {
        let document = parse(b"a,b,c\n1,\"x\ny\",3\n4,5,6\n", &Limits::default()).unwrap();
        let places: Vec<_> = document.blocks.into_iter().filter_map(|block| block.place).collect();
        let lines = |first, last| Place::Lines { first, last };
        assert_eq!(places, [lines(1, 1), lines(2, 3), lines(4, 4)]);
    }
}
