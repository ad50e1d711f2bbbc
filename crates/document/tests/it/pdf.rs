//! PDF: the cures, each with a file that needs it.

use footnote_core::document::{BlockKind, ParsedDocument};
use footnote_core::job::FailureCode;
use footnote_document::{Limits, parse};
use pdf_extract::content::Operation;
use pdf_extract::{Dictionary, Document, Object, Stream, dictionary};

use crate::samples::{operation, pdf, pdf_of, pdf_with};

fn read(bytes: &[u8]) -> ParsedDocument {
    parse("a.pdf", bytes, &Limits::default()).unwrap()
}

fn shown(size: i64, y: i64, pieces: &[(i64, Object)]) -> Vec<Operation> {
    let mut operations = vec![operation("BT", []), operation("Tf", ["F0".into(), size.into()])];
    for (x, string) in pieces {
        let matrix = [1.into(), 0.into(), 0.into(), 1.into(), (*x).into(), y.into()];
        operations.push(operation("Tm", matrix));
        operations.push(operation("Tj", [string.clone()]));
    }
    operations.push(operation("ET", []));
    operations
}

fn text(text: &str) -> Object {
    Object::string_literal(text)
}

fn two_byte(text: &str) -> Object {
    let codes = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    Object::String(codes, pdf_extract::StringFormat::Hexadecimal)
}

/// Makes a composite font whose codes are the characters.
fn composite(encoding: &str, descendant: Dictionary) -> Dictionary {
    let map = "begincmap 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap";
    dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Sans", "Encoding" => encoding,
        "DescendantFonts" => vec![Object::Dictionary(descendant)],
        "ToUnicode" => Stream::new(Dictionary::new(), map.into()),
    }
}

#[test]
fn widths_given_as_a_range_keep_words_whole() {
    let range = vec![0.into(), 255.into(), 500.into()];
    let font = composite(
        "Identity-H",
        dictionary! { "Subtype" => "CIDFontType2", "DW" => 100, "W" => range },
    );
    // Each piece stands where the one before it ends, 5 points a letter.
    let pieces = [(0, two_byte("Beau")), (20, two_byte("tiful is")), (65, two_byte("better"))];
    let document = read(&pdf_of(font, vec![shown(10, 700, &pieces)]));
    assert_eq!(document.text, "Beautiful is better");
}

#[test]
fn predefined_maps_are_read_through_the_encodings_of_the_web() {
    let (gbk, _, _) = encoding_rs::GBK.encode("年假 10 天");
    let gbk = Object::String(gbk.into_owned(), pdf_extract::StringFormat::Literal);
    let cases = [("UniGB-UCS2-H", two_byte("年假 10 天")), ("GBK-EUC-H", gbk)];
    for (map, string) in cases {
        let mut font = composite(map, dictionary! { "Subtype" => "CIDFontType0" });
        font.remove(b"ToUnicode");
        let document = read(&pdf_of(font, vec![shown(10, 700, &[(0, string)])]));
        assert_eq!(document.text, "年假 10 天", "{map}");
    }
}

#[test]
fn letters_beside_chinese_ones_are_as_wide_as_their_font_says() {
    // The glyphs 34 and 67 are A and b; what is not listed fills a square.
    let list = |width: i64| Object::Array(vec![width.into()]);
    let widths = vec![34.into(), list(680), 67.into(), list(520)];
    let descendant = dictionary! { "Subtype" => "CIDFontType0", "DW" => 1000, "W" => widths };
    let mut font = composite("UniGB-UCS2-H", descendant);
    font.remove(b"ToUnicode");
    let document = read(&pdf_of(font, vec![shown(10, 700, &[(0, two_byte("Ab天"))])]));
    assert_eq!(document.text, "Ab天");
    let [letters] = &document.boxes(0..2)[..] else { panic!("one page") };
    let [heaven] = &document.boxes(2..5)[..] else { panic!("one page") };
    let (letters, heaven) = (letters.rects[0], heaven.rects[0]);
    assert!((letters.x2 - letters.x1 - 12.).abs() < 0.1, "{letters:?}");
    assert!((heaven.x1 - letters.x2).abs() < 0.1 && (heaven.x2 - heaven.x1 - 10.).abs() < 0.1);
}

#[test]
fn pages_stay_apart_and_lines_become_paragraphs() {
    let document = read(&pdf(&[&["Ten days", "of leave."], &[], &["Ask early."]]));
    assert_eq!(document.text, "Ten days of leave.\n\nAsk early.");
    assert_eq!(document.n_pages, Some(3));
    let pages: Vec<Option<u32>> = document.blocks.iter().map(|block| block.page).collect();
    assert_eq!(pages, [Some(1), Some(3)]);
}

#[test]
fn halves_of_a_spread_hold_only_what_they_show() {
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let spread = shown(10, 700, &[(20, text("Leave.")), (320, text("Travel."))]);
    let mut file = Document::load_mem(&pdf_of(font, vec![spread.clone(), spread])).unwrap();
    for (number, page) in file.get_pages() {
        let left = (number - 1) * 300;
        let half = [left, 0, left + 300, 800].map(Object::from).to_vec();
        file.get_dictionary_mut(page).unwrap().set("CropBox", half);
    }
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).unwrap();
    assert_eq!(read(&bytes).text, "Leave.\n\nTravel.");
}

#[test]
fn large_type_is_a_heading() {
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let body = "Everyone who works here has ten days of leave in every year.";
    let mut page = shown(20, 700, &[(0, text("Leave"))]);
    page.extend(shown(10, 650, &[(0, text(body))]));
    let document = read(&pdf_of(font, vec![page]));
    assert_eq!(document.blocks[0].kind, BlockKind::Heading(1));
    assert_eq!(document.blocks[1].headings, ["Leave"]);
    assert_eq!(document.text, format!("Leave\n\n{body}"));
}

#[test]
fn fonts_that_would_stop_the_reader_are_cured() {
    let fonts = [
        dictionary! { "Subtype" => "Type1" },
        dictionary! { "Subtype" => "TrueType", "BaseFont" => "A", "Encoding" => "Identity-H" },
        dictionary! { "Subtype" => "Type1", "BaseFont" => "A", "Encoding" => "StandardEncoding" },
        dictionary! {
            "Subtype" => "Type1", "BaseFont" => "A", "FirstChar" => 32, "LastChar" => 40,
            "Widths" => vec![500.into(), Object::Null, 500.into()],
        },
        dictionary! { "Subtype" => "Type1", "BaseFont" => "A", "Encoding" => dictionary! {
            "BaseEncoding" => "Nonsense", "Differences" => vec![999.into(), "A".into(), Object::Null],
        } },
        dictionary! { "Subtype" => "Type3", "FontMatrix" => vec![1.into()] },
        dictionary! { "Subtype" => "Type1", "BaseFont" => "A", "ToUnicode" =>
        Stream::new(Dictionary::new(), b"begincmap 1 beginbfchar <00> <0041> endbfchar endcmap".to_vec()) },
    ];
    for font in fonts {
        let shown = shown(10, 700, &[(0, text("leave"))]);
        let named = format!("{font:?}");
        assert_eq!(read(&pdf_of(font, vec![shown])).text, "leave", "{named}");
    }
}

#[test]
fn a_page_that_neither_reader_reads_is_noted_and_the_others_kept() {
    let program = Stream::new(Dictionary::new(), b"%!PS /Encoding 256 array dup 1 /".to_vec());
    let broken = dictionary! {
        "Subtype" => "Type1", "BaseFont" => "A",
        "FontDescriptor" => dictionary! { "FontFile" => program },
    };
    let whole = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let pages =
        [shown(10, 700, &[(0, text("\u{1}\u{2}\u{3}"))]), shown(10, 700, &[(0, text("whole"))])];
    let only_broken = pdf_with(vec![broken.clone(), whole.clone()], vec![pages[0].clone()]);
    let failure = parse("a.pdf", &only_broken, &Limits::default()).unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreadable);
    let mut second = pages[1].clone();
    second[1] = operation("Tf", ["F1".into(), 10.into()]);
    let document = read(&pdf_with(vec![broken, whole], vec![pages[0].clone(), second]));
    assert_eq!(document.text, "whole");
    assert_eq!(document.blocks[0].page, Some(2));
    assert!(document.notes[0].starts_with("Page 1 could not be read"), "{:?}", document.notes);
}

#[test]
fn a_damaged_map_of_characters_leaves_those_of_the_encoding() {
    let map = b"1 beginbfrange <00> <10> <000041> endbfrange".to_vec();
    let broken = dictionary! {
        "Subtype" => "Type1", "BaseFont" => "A", "ToUnicode" => Stream::new(Dictionary::new(), map),
    };
    let document = read(&pdf_of(broken, vec![shown(10, 700, &[(0, text("leave"))])]));
    assert_eq!(document.text, "leave");
    assert!(document.notes.is_empty(), "{:?}", document.notes);
    let [boxes] = &document.boxes(0..5)[..] else { panic!("one page") };
    assert!((boxes.rects[0].x1, boxes.rects[0].y1) < (0.1, 700.) && boxes.rects[0].y2 > 700.);
}

#[test]
fn a_range_of_billions_of_widths_reaches_neither_reader() {
    let w = vec![0.into(), i64::from(u32::MAX).into(), 500.into()];
    let font = composite("Identity-V", dictionary! { "Subtype" => "CIDFontType2", "W" => w });
    let document = read(&pdf_of(font, vec![shown(10, 700, &[(0, two_byte("leave"))])]));
    assert_eq!(document.text, "leave");
}

#[test]
fn words_know_where_they_stand_also_on_a_turned_page() {
    let font = dictionary! {
        "Subtype" => "Type1", "BaseFont" => "Helvetica", "FirstChar" => 32, "LastChar" => 126,
        "Widths" => vec![Object::Integer(500); 95],
    };
    let line = |matrix: [i64; 6], shown: &str| {
        vec![
            operation("BT", []),
            operation("Tf", ["F0".into(), 10.into()]),
            operation("Tm", matrix.map(Object::Integer)),
            operation("Tj", [text(shown)]),
            operation("ET", []),
        ]
    };
    let mut page = line([0, 1, -1, 0, 100, 50], "ten days");
    page.extend(line([0, 1, -1, 0, 112, 50], "of leave"));
    let document = read(&pdf_of(font, vec![page]));
    assert_eq!(document.text, "ten days of leave");
    let [boxes] = &document.boxes(4..11)[..] else { panic!("one page") };
    let [days, of] = boxes.rects[..] else { panic!("two lines: {boxes:?}") };
    assert_eq!((days.x1, days.y1, days.x2, days.y2), (92., 70., 102., 90.));
    assert_eq!((of.x1, of.y1, of.x2, of.y2), (104., 50., 114., 60.));
}

#[test]
fn texts_that_a_page_gives_for_its_glyphs_are_read_instead() {
    let font = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let mut page = shown(10, 700, &[(0, text("o"))]);
    let given = dictionary! { "ActualText" => text("ffi") };
    page.push(operation("BDC", ["Span".into(), given.into()]));
    page.extend(shown(10, 700, &[(6, text("x"))]));
    page.push(operation("EMC", []));
    page.extend(shown(10, 700, &[(11, text("ce"))]));
    assert_eq!(read(&pdf_of(font, vec![page])).text, "office");
}

#[test]
fn rows_of_a_table_keep_their_cells_apart_and_in_their_columns() {
    let font = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let mut page = Vec::new();
    for (y, cells) in [
        (700, [Some("Kind"), Some("2022"), Some("2023")]),
        (686, [Some("Annual leave"), Some("25"), Some("28")]),
        (672, [Some("Sick leave"), None, Some("10")]),
    ] {
        let pieces = [0, 200, 300].into_iter().zip(cells);
        let pieces: Vec<_> = pieces.filter_map(|(x, cell)| Some((x, text(cell?)))).collect();
        page.extend(shown(10, y, &pieces));
    }
    let document = read(&pdf_of(font, vec![page]));
    assert_eq!(document.blocks[0].kind, BlockKind::Table);
    assert_eq!(document.text, "Kind | 2022 | 2023\nAnnual leave | 25 | 28\nSick leave |  | 10");
}

#[test]
fn what_a_page_names_but_does_not_have_is_passed_over() {
    let font = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let mut page = shown(10, 700, &[(0, text("ten"))]);
    page.push(operation("Do", ["Missing".into()]));
    page.push(operation("gs", ["Missing".into()]));
    page.push(operation("cs", ["Missing".into()]));
    page.push(operation("Q", []));
    assert_eq!(read(&pdf_of(font, vec![page])).text, "ten");
}

#[test]
fn a_lost_table_of_objects_is_made_anew() {
    let mut bytes = pdf(&[&["Ten days."]]);
    let table = bytes.windows(5).rposition(|window| window == b"xref\n").unwrap();
    bytes.truncate(table);
    assert_eq!(read(&bytes).text, "Ten days.");
}

#[test]
fn operators_that_quote_and_letters_drawn_twice_are_read() {
    let font = dictionary! { "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let mut page = vec![operation("BT", []), operation("Tf", ["F0".into(), 10.into()])];
    page.push(operation("TL", [12.into()]));
    page.push(operation("Td", [0.into(), 700.into()]));
    page.push(operation("'", [text("Ten")]));
    page.push(operation("\"", [0.into(), 0.into(), text("days")]));
    page.push(operation("ET", []));
    page.extend(shown(10, 676, &[(0, text("days"))]));
    assert_eq!(read(&pdf_of(font, vec![page])).text, "Ten days");
}
