//! PDF: pages of glyphs, read by pdf-extract from pages that were cured first.
//!
//! pdf-extract never sees the file itself. [`flatten`] writes each page anew, with text operators
//! and [cured fonts](cures) only; [`output`] makes lines of the glyphs, [`layout`] blocks.

use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};
use pdf_extract::{Document, Error, ObjectId};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::assemble::{Assembler, one_line};
use crate::limits::Limits;
use flatten::flatten;
use output::Page;
use reading::Reading;

mod cures;
mod flatten;
mod hyphen;
mod layout;
mod lookup;
mod output;
mod reading;
mod repair;
mod widths;

/// Reads a PDF with the empty password, page by page.
///
/// A page that fails is noted and the others kept.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    guarded(|| read(bytes, limits)).unwrap_or_else(|reason| Err(unreadable(&reason)))
}

fn read(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let source = open(bytes)?;
    let page_ids = source.get_pages();
    limits.check_pages(page_ids.len())?;
    let mut reading = Reading::new();
    let mut pages = Vec::new();
    let mut failures = Vec::new();
    for (number, id) in &page_ids {
        match guarded(|| read_page(&source, *id, &mut reading)).flatten() {
            Ok(lines) => pages.push(Page { number: *number, lines }),
            Err(reason) => failures.push((*number, reason)),
        }
    }
    if pages.iter().all(|page| page.lines.is_empty()) {
        return Err(without_text(page_ids.len(), &failures));
    }
    let mut assembler = Assembler::new(limits);
    layout::write(&pages, &mut assembler)?;
    Ok(ParsedDocument {
        title: title(&source),
        n_pages: u32::try_from(page_ids.len()).ok(),
        notes: failures.iter().map(note).collect(),
        ..assembler.finish()
    })
}

fn read_page(
    source: &Document,
    page: ObjectId,
    reading: &mut Reading,
) -> Result<Vec<output::Line>, String> {
    let flat = flatten(source, page, reading).map_err(|error| error.to_string())?;
    let mut lines = output::Lines::default();
    pdf_extract::output_doc_page(reading.show(flat), &mut lines, reading::PAGE)
        .map_err(|error| error.to_string())?;
    Ok(lines.finish())
}

/// Opens a file; one whose table of objects is lost is opened with a new one.
fn open(bytes: &[u8]) -> Result<Document, Failure> {
    let opened = decrypted(bytes);
    let is_whole = match &opened {
        Ok(document) => document.page_iter().next().is_some(),
        Err(failure) => failure.code == FailureCode::Encrypted,
    };
    if is_whole {
        return opened;
    }
    match repair::with_new_table(bytes).map(|repaired| decrypted(&repaired)) {
        Some(Ok(document)) => Ok(document),
        Some(Err(_)) | None => opened,
    }
}

/// Loads a file; a protected one that anybody may read has the empty password.
fn decrypted(bytes: &[u8]) -> Result<Document, Failure> {
    let mut document = guarded(|| Document::load_mem(bytes))
        .map_err(|reason| unreadable(&reason))?
        .map_err(not_opened)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(not_opened)?;
    }
    Ok(document)
}

fn not_opened(error: Error) -> Failure {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => {
            let detail = "The PDF needs a password. Save a copy without one and add that.";
            Failure::new(FailureCode::Encrypted, detail)
        }
        error => unreadable(&error.to_string()),
    }
}

/// Tells why not one page had text.
fn without_text(n_pages: usize, failures: &[(u32, String)]) -> Failure {
    match failures.first() {
        _ if n_pages == 0 => unreadable("it has no pages"),
        Some((_, reason)) if failures.len() == n_pages => unreadable(reason),
        Some(_) | None => {
            let detail = format!(
                "There is no text on its {n_pages} page(s): this is a scan or a drawing, or its fonts \
                 do not say which characters they show. Run it through OCR (for example \
                 `ocrmypdf --force-ocr`) and add the result."
            );
            Failure::new(FailureCode::NoTextLayer, detail)
        }
    }
}

fn unreadable(reason: &str) -> Failure {
    let detail = format!(
        "The PDF is damaged ({}). Open it in a PDF viewer, save or print it as a new PDF, and add \
         that.",
        shortened(reason)
    );
    Failure::new(FailureCode::Unreadable, detail)
}

fn note((page, reason): &(u32, String)) -> String {
    format!("Page {page} could not be read: {}.", shortened(reason))
}

/// The longest reason that is shown, in characters.
const MAX_REASON_CHARS: usize = 160;

fn shortened(reason: &str) -> String {
    let reason = one_line(reason);
    match reason.char_indices().nth(MAX_REASON_CHARS) {
        Some((end, _)) => format!("{}…", &reason[..end]),
        None => reason,
    }
}

/// Runs what may panic on damaged input, and returns the message of the panic.
///
/// The libraries behind it hold no state that a panic could leave broken.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| message(panic.as_ref()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the reader stopped without a reason".to_owned())
}

/// Takes the title from the information of the file, if it is one that a person gave.
fn title(source: &Document) -> Option<String> {
    let info = lookup::dictionary(source, &source.trailer, b"Info")?;
    let title = lookup::get(source, info, b"Title")?;
    sensible(&pdf_extract::decode_text_string(title).ok()?)
}

/// How programs begin the titles that they make up.
const PROGRAM_PREFIXES: [&str; 3] =
    ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - "];

/// How titles end that are names of files.
const FILE_ENDINGS: [&str; 9] =
    [".doc", ".docx", ".pdf", ".indd", ".xls", ".xlsx", ".ppt", ".pptx", ".qxd"];

fn sensible(title: &str) -> Option<String> {
    let title = one_line(&title.replace(char::is_control, " "));
    let title =
        PROGRAM_PREFIXES.iter().find_map(|prefix| title.strip_prefix(prefix)).unwrap_or(&title);
    let lower = title.to_lowercase();
    let is_name = FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending));
    let is_empty = matches!(lower.as_str(), "untitled" | "title" | "document" | "none");
    let n_letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let is_sensible = !is_name && !is_empty && n_letters > 2 && title.chars().count() <= 200;
    is_sensible.then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_programs_made_up_are_no_titles() {
        assert_eq!(sensible("Microsoft Word - Leave policy").as_deref(), Some("Leave policy"));
        for made_up in ["Untitled", "report_v3.DOCX", " 1 ", "\u{0}\u{1}"] {
            assert_eq!(sensible(made_up), None, "{made_up}");
        }
    }

    #[test]
    fn a_file_without_pages_is_damaged_and_one_without_text_a_scan() {
        assert_eq!(without_text(0, &[]).code, FailureCode::Unreadable);
        assert_eq!(without_text(2, &[(1, "x".into())]).code, FailureCode::NoTextLayer);
        let failure = without_text(1, &[(1, "no font".into())]);
        assert_eq!(failure.code, FailureCode::Unreadable);
        assert!(failure.detail.contains("no font"));
    }
}
