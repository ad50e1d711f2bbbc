//! The fuzz targets: for each parser, how arbitrary bytes become a file that it reads.

use footnote_document::{detect, sketch, words_from_tsv};

use crate::invariants::checked_chunks;
use crate::skeletons::{DOCX, EPUB, MSG, PPTX, XLSX};
use crate::{pages, promises, recipes};

/// A fuzz target: its name, and what reads the bytes it is given and tells whether they are a
/// document.
pub(crate) type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target, each with seeds in `fuzz/corpus`.
pub(crate) const TARGETS: [Target; 22] = [
    ("pdf", |bytes| promises::recognized("a.pdf", bytes).is_some()),
    // Without a recognizer: to draw a page takes longer than all else.
    ("pdf_page", |recipe| read("a.pdf", &pages::pdf(recipe))),
    ("docx", |recipe| package("a.docx", "word/document.xml", &DOCX, recipe)),
    ("pptx", |recipe| package("a.pptx", "ppt/slides/slide1.xml", &PPTX, recipe)),
    ("sheet", sheet),
    ("odf", odf),
    ("epub", |recipe| package("a.epub", "c.xhtml", &EPUB, recipe)),
    ("legacy", |recipe| compound("a.doc", "WordDocument", &[], recipe)),
    ("msg", |recipe| compound("a.msg", "__substg1.0_1000001E", &MSG, recipe)),
    ("rtf", |bytes| read("a.rtf", bytes)),
    ("eml", |bytes| read("a.eml", bytes)),
    ("mbox", |bytes| read("a.mbox", bytes)),
    ("mhtml", |bytes| read("a.mht", bytes)),
    ("html", |bytes| read("a.html", bytes)),
    ("markdown", |bytes| read("a.md", bytes)),
    ("delimited", |bytes| read_as(&["csv", "tsv"], bytes)),
    ("json", |bytes| read_as(&["json", "jsonl", "ipynb"], bytes)),
    ("text", |bytes| read_as(&["txt", "rs", "py", "c", "go", "java", "ts", "sql", "log"], bytes)),
    ("zip", |recipe| package("a.zip", "a.txt", &[], recipe)),
    ("picture", |bytes| promises::recognized("a.png", bytes).is_some()),
    ("chunk", chunk),
    ("detect", tell),
];

/// Gives bytes to a target, and returns whether they were read as a document.
pub(crate) fn run(name: &str, bytes: &[u8]) -> bool {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, run) = target.unwrap_or_else(|| panic!("there is no target {name}"));
    run(bytes)
}

fn read(name: &str, bytes: &[u8]) -> bool {
    promises::read(name, bytes).is_some()
}

/// Reads what stands below a first line that is one of these endings; without one, all of it as
/// the first.
fn read_as(endings: &[&str], bytes: &[u8]) -> bool {
    let (ending, bytes) = ending(endings, bytes);
    read(&format!("a.{ending}"), bytes)
}

fn ending<'a>(endings: &[&'a str], bytes: &'a [u8]) -> (&'a str, &'a [u8]) {
    let below = |ending: &&'a str| {
        let rest = bytes.strip_prefix(ending.as_bytes())?.strip_prefix(b"\n")?;
        Some((*ending, rest))
    };
    endings.iter().find_map(below).unwrap_or((endings[0], bytes))
}

/// What an archive begins with, and what a container does: such bytes are no recipe but the file.
const ARCHIVE: &[u8] = b"PK";
const CONTAINER: &[u8] = b"\xD0\xCF\x11\xE0";

fn package(name: &str, main: &str, fixed: &[(&str, &str)], recipe: &[u8]) -> bool {
    if recipe.starts_with(ARCHIVE) {
        return read(name, recipe);
    }
    read(name, &recipes::archive(&recipes::parts(main, fixed, recipe)))
}

fn compound(name: &str, main: &str, fixed: &[(&str, &str)], recipe: &[u8]) -> bool {
    if recipe.starts_with(CONTAINER) {
        return read(name, recipe);
    }
    read(name, &recipes::container(&recipes::parts(main, fixed, recipe)))
}

/// How the stream of a workbook of before 2007 begins.
const BIFF: &[u8] = b"\x09\x08";

fn sheet(recipe: &[u8]) -> bool {
    if recipe.starts_with(BIFF) || recipe.starts_with(CONTAINER) {
        return compound("a.xls", "Workbook", &[], recipe);
    }
    package("a.xlsx", "xl/worksheets/sheet1.xml", &XLSX, recipe)
}

/// A first line says which kind of OpenDocument it is; what begins as XML is a file by itself.
fn odf(recipe: &[u8]) -> bool {
    let (kind, recipe) = ending(&["text", "presentation", "spreadsheet", "flat"], recipe);
    if kind == "flat" {
        return read("a.fodt", recipe);
    }
    let mimetype = format!("application/vnd.oasis.opendocument.{kind}");
    package("a.odt", "content.xml", &[("mimetype", &mimetype)], recipe)
}

/// Reads a text and cuts it: the first byte says how many tokens a chunk may have.
fn chunk(bytes: &[u8]) -> bool {
    let Some((max_tokens, bytes)) = bytes.split_first() else { return false };
    let (ending, bytes) =
        ending(&["md", "txt", "html", "csv", "rs", "py", "c", "go", "java", "ts"], bytes);
    let parsed = promises::read(&format!("a.{ending}"), bytes);
    if let Some(parsed) = &parsed {
        checked_chunks(&parsed.document, usize::from(*max_tokens).max(12));
    }
    parsed.is_some()
}

/// Tells the format by a name that is the first line, and reads what else is read without one.
fn tell(bytes: &[u8]) -> bool {
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let name = String::from_utf8_lossy(&bytes[..line]);
    let bytes = bytes.get(line + 1..).unwrap_or_default();
    assert!(detect(&name, bytes).is_none_or(|format| format.media_type().contains('/')));
    let text = String::from_utf8_lossy(bytes);
    assert_eq!(sketch(&text), sketch(&format!("{text} !?")), "punctuation does not count");
    for word in words_from_tsv(&text) {
        assert!(
            (0. ..=100.).contains(&word.confidence) && !word.text.trim().is_empty(),
            "{word:?}"
        );
    }
    true
}
