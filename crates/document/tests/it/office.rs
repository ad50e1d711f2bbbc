//! Office files: what a reader sees of them, in order, with its place.

use footnote_core::document::{BlockKind, ParsedDocument, Place};
use footnote_document::{Limits, parse};

use crate::invariants::checked_chunks;
use crate::packages::{docx, epub, odf, paragraph, pptx, shape};

fn read(name: &str, bytes: &[u8]) -> ParsedDocument {
    let document = parse(name, bytes, &Limits::default()).unwrap();
    checked_chunks(&document, 64);
    document
}

/// Shows the blocks: kind, text and the part they stand in.
fn shown(document: &ParsedDocument) -> Vec<(BlockKind, &str, Option<&str>)> {
    let mut shown = Vec::new();
    for block in &document.blocks {
        let part = match &block.place {
            Some(Place::Part(part)) => Some(part.as_str()),
            Some(Place::Cells { .. } | Place::Slide(_) | Place::Lines { .. }) | None => None,
        };
        shown.push((block.kind, &document.text[block.range.clone()], part));
    }
    shown
}

#[test]
fn a_word_document_is_read_as_it_is_printed() {
    let body = paragraph("Title", "Handbook")
        + &paragraph("Heading2", "Leave")
        + "<w:p><w:r><w:t>Ten </w:t></w:r><w:del><w:r><w:delText>twelve</w:delText></w:r></w:del>\
           <w:ins><w:r><w:t>days</w:t></w:r></w:ins><w:r><w:footnoteReference w:id='2'/></w:r>\
           <w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>\
           <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>\
           <w:r><w:commentReference w:id='0'/></w:r></w:p>\
           <w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr>\
           <w:r><w:t>Ask.</w:t></w:r></w:p>";
    let parts = [
        (
            "footnotes",
            "<w:footnotes><w:footnote w:id='2'><w:p><w:r><w:t>Working days.</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        (
            "comments",
            "<w:comments><w:comment w:id='0' w:author='Ana'><w:p><w:r><w:t>Sure?</w:t></w:r></w:p></w:comment></w:comments>",
        ),
        (
            "numbering",
            "<w:numbering><w:abstractNum w:abstractNumId='7'><w:lvl><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>",
        ),
        ("header1", "<w:hdr><w:p><w:r><w:t>Version 3</w:t></w:r></w:p></w:hdr>"),
        ("header2", "<w:hdr><w:p><w:r><w:t>Version 3</w:t></w:r></w:p></w:hdr>"),
    ];
    let document = read("a.docx", &docx(&body, &parts));
    assert_eq!(document.title.as_deref(), Some("Handbook"));
    assert_eq!(
        shown(&document),
        [
            (BlockKind::Heading(1), "Handbook", None),
            (BlockKind::Heading(2), "Leave", None),
            (BlockKind::Paragraph, "Ten days", None),
            (BlockKind::Paragraph, "Footnote: Working days.", Some("footnote")),
            (BlockKind::Paragraph, "Comment by Ana: Sure?", Some("comment")),
            (BlockKind::ListItem, "1. Ask.", None),
            (BlockKind::Paragraph, "Version 3", Some("header")),
        ]
    );
    assert_eq!(document.blocks[2].headings, ["Handbook", "Leave"]);
    assert!(document.blocks[6].headings.is_empty());
}

#[test]
fn a_table_of_word_keeps_the_names_of_its_columns_beside_the_values() {
    let cell = |properties: &str, text: &str| {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let body = format!(
        "<w:tbl>{}{}{}<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr></w:tbl>",
        row(&[cell("", "Grade"), cell("", "Leave"), cell("", "Notice")]),
        row(&[cell("<w:vMerge w:val='restart'/>", "A"), cell("", "10"), cell("", "2 weeks")]),
        row(&[cell("<w:vMerge/>", ""), cell("<w:gridSpan w:val='2'/>", "none")]),
        cell("", "removed"),
    );
    assert_eq!(
        read("a.docx", &docx(&body, &[])).text,
        "| Grade | Leave | Notice |\n| Grade: A | Leave: 10 | Notice: 2 weeks |\n\
         | Grade: A | Leave: none |"
    );
}

#[test]
fn slides_are_pages_with_their_notes() {
    let first = shape("body", "Ten days\nAsk early") + &shape("title", "Leave");
    let second = shape("title", "Sick")
        + "<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:t>who</a:t></a:p></a:tc>\
           <a:tc><a:p><a:t>days</a:t></a:p></a:tc></a:tr><a:tr><a:tc><a:p><a:t>all</a:t></a:p></a:tc>\
           <a:tc><a:p><a:t>5</a:t></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>"
        + &shape("sldNum", "2");
    let document = read("a.pptx", &pptx(&[&first, &second], "Say it slowly."));
    assert_eq!(
        shown(&document),
        [
            (BlockKind::Heading(1), "Leave", None),
            (BlockKind::ListItem, "Ten days", None),
            (BlockKind::ListItem, "Ask early", None),
            (BlockKind::Paragraph, "Say it slowly.", Some("notes")),
            (BlockKind::Heading(1), "Sick", None),
            (BlockKind::Table, "| who | days |\n| who: all | days: 5 |", None),
        ]
    );
    assert_eq!((document.n_pages, document.blocks[3].page), (Some(2), Some(1)));
    assert_eq!(document.blocks[5].place, Some(Place::Slide(2)));
}

#[test]
fn an_open_document_text_is_its_final_text_with_notes_and_comments() {
    let body = "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>\
        <text:h text:outline-level='2'>Leave</text:h>\
        <text:p>Ten<text:s text:c='2'/>days<text:note text:note-class='footnote'>\
        <text:note-citation>1</text:note-citation><text:note-body><text:p>Working days.</text:p>\
        </text:note-body></text:note>.<office:annotation><dc:creator>Ana</dc:creator>\
        <dc:date>2024</dc:date><text:p>Sure?</text:p></office:annotation></text:p>\
        <text:list><text:list-item><text:p>Ask.</text:p></text:list-item></text:list>";
    let document = read("a.odt", &odf("text", body));
    assert_eq!(
        shown(&document),
        [
            (BlockKind::Heading(2), "Leave", None),
            (BlockKind::Paragraph, "Ten  days.", None),
            (BlockKind::Paragraph, "Footnote: Working days.", Some("footnote")),
            (BlockKind::Paragraph, "Comment by Ana: Sure?", Some("comment")),
            (BlockKind::ListItem, "Ask.", None),
        ]
    );
}

#[test]
fn chapters_of_a_book_know_their_file() {
    let document = read("a.epub", &epub(&["<h1>One</h1><p>Ten days.</p>", "<p>Ask.<script/></p>"]));
    assert_eq!(document.text, "One\n\nTen days.\n\nAsk.");
    assert_eq!(document.title.as_deref(), Some("Leave"));
    assert_eq!(document.blocks[2].place, Some(Place::Part("b/c1.xhtml".to_owned())));
}

#[test]
fn a_wrong_name_is_noted_and_no_error() {
    let document = read("a.pdf", &docx(&paragraph("", "Ten days."), &[]));
    assert_eq!(document.text, "Ten days.");
    assert!(document.notes[0].contains(".pdf"), "{:?}", document.notes);
}
