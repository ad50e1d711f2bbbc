//! Spreadsheets: a cell is found by the name of its column, and known by its place.

use footnote_core::document::{ParsedDocument, Place};
use footnote_document::{Limits, parse};

use crate::invariants::checked_chunks;
use crate::packages::{odf, text_row, xlsx};

fn read(name: &str, bytes: &[u8]) -> ParsedDocument {
    let document = parse(name, bytes, &Limits::default()).unwrap();
    checked_chunks(&document, 40);
    document
}

#[test]
fn numbers_and_dates_are_shown_as_the_sheet_shows_them() {
    let rows = text_row(1, &["Region", "Share", "Since"])
        + "<row r='2'><c r='A2' t='inlineStr'><is><t>North</t></is></c>\
           <c r='B2' s='1'><v>0.125</v></c><c r='C2' s='2'><v>45356</v></c></row>\
           <row r='1048576'><c r='B1048576' s='1'><v>1</v></c></row>";
    let document = read("a.xlsx", &xlsx(&rows, &["0.0%", "d mmm yyyy"]));
    assert_eq!(
        document.text,
        "Data\n\n| Region | Share | Since |\n\
         | Region: North | Share: 12.5% | Since: 5 Mar 2024 |\n\n| Share: 100.0% |"
    );
    let places: Vec<&Place> = document.blocks.iter().filter_map(|b| b.place.as_ref()).collect();
    let cells = |cells: &str| Place::Cells { sheet: "Data".to_owned(), cells: cells.to_owned() };
    assert_eq!(places, [&cells("A1:C1"), &cells("A2:C2"), &cells("B1048576")]);
}

#[test]
fn an_open_document_sheet_is_read_like_any_other() {
    let body = "<table:table table:name='Data'><table:table-row>\
        <table:table-cell><text:p>Region</text:p></table:table-cell>\
        <table:table-cell><text:p>Sales</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row>\
        <table:table-row><table:table-cell><text:p>North</text:p></table:table-cell>\
        <table:table-cell office:value='12'><text:p>12.00 €</text:p></table:table-cell>\
        <table:table-cell table:number-columns-repeated='1000000'/></table:table-row></table:table>";
    let document = read("a.ods", &odf("spreadsheet", body));
    assert_eq!(document.text, "Data\n\n| Region | Sales |\n\n| North | 12.00 € |");
    let cells = "A1000002:B1000002".to_owned();
    let place = Place::Cells { sheet: "Data".to_owned(), cells };
    assert_eq!(document.blocks[2].place, Some(place));
}

#[test]
fn a_row_is_never_cut_into_two_chunks() {
    let rows: String = (2..60).map(|n| text_row(n, &["North", "twelve", "said so"])).collect();
    let rows = text_row(1, &["Region", "Sales", "Source"]) + &rows;
    let document = read("a.xlsx", &xlsx(&rows, &[]));
    for chunk in checked_chunks(&document, 48) {
        let text = &document.text[chunk.span.bytes()];
        assert!(
            text.ends_with('|') && (text.starts_with('|') || text.starts_with("Data")),
            "{text}"
        );
    }
}
