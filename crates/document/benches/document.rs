//! How long reading and cutting take, on documents that the bench makes up itself.

use divan::Bencher;
use divan::counter::BytesCount;
use footnote_document::{ChunkConfig, Limits, chunk, parse, sketch};
use pdf_extract::content::{Content, Operation};
use pdf_extract::{Document, Object, Stream, dictionary};
use std::fmt::Write as _;

fn main() {
    divan::main();
}

/// How many sections a document has; about 250 kB of text.
const SECTIONS: usize = 400;

const SENTENCE: &str =
    "Everyone who works here has ten days of leave in every year, and asks early. ";

#[divan::bench(args = ["txt", "md", "html", "csv", "rtf", "eml", "pdf"])]
fn read(bencher: Bencher<'_, '_>, format: &str) {
    let (name, bytes) = (format!("a.{format}"), document(format));
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench(|| parse(&name, divan::black_box(&bytes), &Limits::default()));
}

/// Markdown has sections of the size of a chunk; the text is one run that the splitter cuts.
#[divan::bench(args = ["md", "txt"], consts = [128, 512])]
fn cut<const MAX_TOKENS: usize>(bencher: Bencher<'_, '_>, format: &str) {
    let name = format!("a.{format}");
    let document = parse(&name, &document(format), &Limits::default()).unwrap_or_default();
    let starts = word_starts(&document.text);
    let count = |text: &str| Ok(word_starts(text).len());
    let config = ChunkConfig { max_tokens: MAX_TOKENS };
    bencher
        .counter(BytesCount::new(document.text.len()))
        .bench(|| chunk(divan::black_box(&document), &starts, &count, &config));
}

#[divan::bench(args = ["en", "zh"])]
fn sketch_text(bencher: Bencher<'_, '_>, language: &str) {
    let text = match language {
        "zh" => "年假为三十天，未休的假期可以结转到下一年。".repeat(4000),
        _ => SENTENCE.repeat(4000),
    };
    bencher.counter(BytesCount::new(text.len())).bench(|| sketch(divan::black_box(&text)));
}

fn word_starts(text: &str) -> Vec<usize> {
    let words = text.split_whitespace();
    words.map(|word| word.as_ptr().addr() - text.as_ptr().addr()).collect()
}

fn document(format: &str) -> Vec<u8> {
    if format == "pdf" {
        return pdf();
    }
    let mut text = match format {
        "csv" => "section,text,days\n",
        "eml" => "From: a@example.org\nSubject: Leave\nMIME-Version: 1.0\n\n",
        "rtf" => "{\\rtf1",
        _ => "",
    }
    .to_owned();
    for n in 0..SECTIONS {
        let body = SENTENCE.repeat(8);
        let written = match format {
            "html" => writeln!(text, "<h2>Section {n}</h2><p>{body}<ul><li>one<li>two</ul>"),
            "csv" => writeln!(text, "{n},{body},10"),
            "rtf" => writeln!(text, "{{\\b Section {n}}}\\par {body}\\par"),
            "md" => writeln!(text, "## Section {n}\n\n{body}\n\n- one\n- two\n"),
            _ => writeln!(text, "{body}\n"),
        };
        written.unwrap_or_default();
    }
    text.into_bytes()
}

/// Makes a PDF with a page for ten sections.
fn pdf() -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = (0..SECTIONS / 10)
        .map(|_| {
            let content = Content { operations: page() }.encode().unwrap_or_default();
            let content = document.add_object(Stream::new(dictionary! {}, content));
            let page = dictionary! {
                "Type" => "Page", "Parent" => pages, "Contents" => content,
                "Resources" => dictionary! { "Font" => dictionary! { "F0" => font } },
                "MediaBox" => vec![0.into(), 0.into(), 612.into(), 792.into()],
            };
            document.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(kids.len()).unwrap_or_default();
    let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map(|()| bytes).unwrap_or_default()
}

fn page() -> Vec<Operation> {
    let mut page = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F0".into(), 9.into()]),
        Operation::new("TL", vec![10.into()]),
        Operation::new("Td", vec![40.into(), 780.into()]),
    ];
    for _ in 0..80 {
        page.push(Operation::new("Tj", vec![Object::string_literal(SENTENCE)]));
        page.push(Operation::new("T*", vec![]));
    }
    page.push(Operation::new("ET", vec![]));
    page
}
