//! Small valid files of every format, and strategies that make up larger ones.

use footnote_document::{Format, Language};
use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use proptest::prelude::*;
use std::io::{Cursor, Write as _};

use crate::packages;

/// The formats of which small files are made here; of the others no program writes such files now.
pub(crate) const FORMATS: [Format; 21] = [
    Format::Pdf,
    Format::Html,
    Format::Markdown,
    Format::PlainText,
    Format::Docx,
    Format::Pptx,
    Format::Xlsx,
    Format::Odt,
    Format::Odp,
    Format::Ods,
    Format::FlatOdf,
    Format::Rtf,
    Format::Epub,
    Format::Eml,
    Format::Msg,
    Format::Mhtml,
    Format::Delimited,
    Format::Json,
    Format::JsonLines,
    Format::Notebook,
    Format::Code(Language::Rust),
];

/// A small valid file of a format.
pub(crate) fn small(format: Format) -> (&'static str, Vec<u8>) {
    if let Some((name, text)) = small_text(format) {
        return (name, text.as_bytes().to_vec());
    }
    let cells = [
        packages::text_row(1, &["who", "days", "by"]),
        packages::text_row(2, &["all", "10", "law"]),
    ];
    match format {
        Format::Docx => {
            let body = packages::paragraph("Heading1", "Leave") + &packages::paragraph("", "Ten days.");
            ("a.docx", packages::docx(&body, &[]))
        }
        Format::Pptx => {
            let slide = packages::shape("title", "Leave") + &packages::shape("body", "Ten\nAsk");
            ("a.pptx", packages::pptx(&[&slide], "Say it slowly."))
        }
        Format::Xlsx => ("a.xlsx", packages::xlsx(&cells.concat(), &[])),
        Format::Odt => ("a.odt", packages::odf("text", ODF_TEXT)),
        Format::Odp => {
            ("a.odp", packages::odf("presentation", "<draw:page><text:p>Leave policy</text:p></draw:page>"))
        }
        Format::Ods => ("a.ods", packages::odf("spreadsheet", ODF_TABLE)),
        Format::Epub => ("a.epub", packages::epub(&["<h1>Leave</h1><p>Ten days.</p>"])),
        Format::Msg => ("a.msg", msg()),
        format => match format {
        Format::Pdf => ("a.pdf", pdf(&[&["Leave policy", "Ten days a year."], &["Ask early."]])),
        Format::Html => (
            "a.html",
            b"<!doctype html><meta charset=utf-8><title>Leave</title><nav>menu</nav><h1>Leave</h1>\
              <p>Ten <b>days</b>.<ul><li>one<li>two</ul><table><tr><td>a<td>b<tr><td>1<td>2</table>\
              <pre>x\n  y</pre>"
                .to_vec(),
        ),
        Format::Markdown => (
            "a.md",
            b"---\ntitle: Leave\n---\n# Leave\n\nTen *days*.\n\n- one\n- two\n\n> said\n\n\
              | a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n```\n"
                .to_vec(),
        ),
        Format::PlainText => {
            ("a.txt", "Ten days\nof leave.\r\n\r\n十天年假。\n".as_bytes().to_vec())
        }
        format => panic!("no small file of {format:?} is made here"),
        },
    }
}

const ODF_TEXT: &str =
    "<text:h text:outline-level='1'>Leave</text:h><text:p>Ten<text:s/>days.</text:p>";

const ODF_TABLE: &str = "<table:table table:name='Data'><table:table-row>\
    <table:table-cell><text:p>who</text:p></table:table-cell>\
    <table:table-cell table:number-columns-repeated='16000'/></table:table-row></table:table>";

fn small_text(format: Format) -> Option<(&'static str, &'static str)> {
    let small = match format {
        Format::FlatOdf => (
            "a.fodt",
            "<?xml version='1.0'?><office:document><office:text><text:p>Ten days.</text:p>\
             </office:text></office:document>",
        ),
        Format::Rtf => ("a.rtf", "{\\rtf1{\\b Leave}\\par Ten days.\\par}"),
        Format::Eml => ("a.eml", "From: a@b.c\nSubject: Leave\nMIME-Version: 1.0\n\nTen days.\n"),
        Format::Mhtml => (
            "a.mht",
            "From: x\nSubject: y\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Ten days.",
        ),
        Format::Delimited => ("a.csv", "who,days\nall,10\n"),
        Format::Json => ("a.json", "{\"who\": \"all\", \"rules\": [{\"days\": 10}]}"),
        Format::JsonLines => ("a.jsonl", "{\"who\": \"all\"}\n{\"who\": \"none\"}\n"),
        Format::Notebook => {
            ("a.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"1 + 1\"}]}")
        }
        Format::Code(_) => ("a.rs", "fn main() {\n    leave();\n}\n\nfn leave() {}\n"),
        _ => return None,
    };
    Some(small)
}

/// Makes a mail of Outlook with an attachment.
pub(crate) fn msg() -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    container.create_storage("/__attach_version1.0_#00000000").unwrap();
    for (path, bytes) in [
        ("/__properties_version1.0", vec![0; 32]),
        ("/__substg1.0_0037001F", utf16("Leave")),
        ("/__substg1.0_0C1A001F", utf16("Ana")),
        ("/__substg1.0_1000001F", utf16("Ten days.")),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F", utf16("form.txt")),
        ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"Fill this in.".to_vec()),
    ] {
        container.create_stream(path).unwrap().write_all(&bytes).unwrap();
    }
    container.flush().unwrap();
    container.into_inner().into_inner()
}

/// Makes a PDF whose pages have these lines in Helvetica.
pub(crate) fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    };
    let contents = pages.iter().map(|lines| {
        let mut operations = vec![operation("BT", []), operation("Tf", ["F0".into(), 12.into()])];
        operations.push(operation("TL", [14.into()]));
        operations.push(operation("Td", [72.into(), 700.into()]));
        for line in *lines {
            operations.push(operation("Tj", [Object::string_literal(*line)]));
            operations.push(operation("T*", []));
        }
        operations.push(operation("ET", []));
        operations
    });
    pdf_of(font, contents.collect())
}

/// Makes an operation of a page.
pub(crate) fn operation<const N: usize>(operator: &str, operands: [Object; N]) -> Operation {
    Operation::new(operator, operands.into())
}

/// Makes a PDF of one font, `F0`, and the operations of its pages.
pub(crate) fn pdf_of(font: Dictionary, contents: Vec<Vec<Operation>>) -> Vec<u8> {
    pdf_with(vec![font], contents)
}

/// Makes a PDF of fonts, `F0` and so on, and the operations of its pages.
pub(crate) fn pdf_with(fonts: Vec<Dictionary>, contents: Vec<Vec<Operation>>) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let fonts: Dictionary = fonts
        .into_iter()
        .enumerate()
        .map(|(nth, font)| (format!("F{nth}"), add_font(&mut document, font).into()))
        .collect();
    let resources = dictionary! { "Font" => fonts };
    let kids: Vec<Object> = contents
        .into_iter()
        .map(|operations| {
            let content = Content { operations }.encode().unwrap();
            let content = document.add_object(Stream::new(Dictionary::new(), content));
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content,
                "Resources" => resources.clone(),
                "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
            };
            document.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap();
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// Adds a font; streams in it become objects of their own.
fn add_font(document: &mut Document, font: Dictionary) -> ObjectId {
    let font = with_references(document, font);
    document.add_object(font)
}

fn with_references(document: &mut Document, dictionary: Dictionary) -> Dictionary {
    let referred = |(key, value)| match value {
        Object::Stream(_) => (key, Object::Reference(document.add_object(value))),
        Object::Dictionary(inner) => (key, Object::Dictionary(with_references(document, inner))),
        value => (key, value),
    };
    dictionary.into_iter().map(referred).collect()
}

/// A part of a made-up document.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Heading(u8, String),
    Paragraph(String),
    Items(Vec<String>),
    Table(Vec<(String, String)>),
    Code(String),
    Comment,
}

/// Makes up parts whose texts are Latin, Chinese, short, long, and broken into lines.
pub(crate) fn parts() -> impl Strategy<Value = Vec<Part>> {
    let word = prop_oneof![
        8 => "[a-z]{1,9}",
        2 => "[一-十]{1,12}[。！？，]",
        1 => "[A-Z][a-z]{2,6}[.!?]",
        1 => "[a-z]{40,60}",
    ];
    let words = |n| prop::collection::vec(word.clone(), 1..n).prop_map(|words| words.join(" "));
    let lines = prop::collection::vec(words(14), 1..9).prop_map(|lines| lines.join("\n"));
    let row = (words(3), words(6));
    let part = prop_oneof![
        3 => (1..5_u8, words(5)).prop_map(|(level, text)| Part::Heading(level, text)),
        4 => lines.clone().prop_map(Part::Paragraph),
        1 => prop::collection::vec(words(8), 1..6).prop_map(Part::Items),
        1 => prop::collection::vec(row, 1..8).prop_map(Part::Table),
        1 => lines.prop_map(Part::Code),
        1 => Just(Part::Comment),
    ];
    prop::collection::vec(part, 1..16)
}

/// Writes parts as Markdown.
pub(crate) fn markdown(parts: &[Part]) -> String {
    let write = |part: &Part| match part {
        Part::Heading(level, text) => format!("{} {text}\n\n", "#".repeat(usize::from(*level))),
        Part::Paragraph(text) => format!("{text}\n\n"),
        Part::Items(items) => {
            let items = items.iter().map(|item| format!("- {item}\n"));
            items.chain(["\n".to_owned()]).collect()
        }
        Part::Table(rows) => {
            let rows = rows.iter().map(|(a, b)| format!("| {a} | {b} |\n"));
            format!("| a | b |\n|---|---|\n{}\n", rows.collect::<String>())
        }
        Part::Code(text) => format!("```\n{text}\n```\n\n"),
        Part::Comment => "<!-- not for readers -->\n\n".to_owned(),
    };
    parts.iter().map(write).collect()
}

/// Writes parts as HTML.
pub(crate) fn html(parts: &[Part]) -> String {
    let write = |part: &Part| match part {
        Part::Heading(level, text) => format!("<h{level}>{text}</h{level}>"),
        Part::Paragraph(text) => format!("<p>{text}"),
        Part::Items(items) => {
            let items = items.iter().map(|item| format!("<li>{item}"));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        Part::Table(rows) => {
            let rows = rows.iter().map(|(a, b)| format!("<tr><td>{a}<td>{b}"));
            format!("<table>{}</table>", rows.collect::<String>())
        }
        Part::Code(text) => format!("<pre>{text}</pre>"),
        Part::Comment => "<!-- not for readers -->".to_owned(),
    };
    format!("<!doctype html><meta charset=utf-8>{}", parts.iter().map(write).collect::<String>())
}
