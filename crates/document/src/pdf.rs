//! PDF: pages of glyphs from one of two readers, laid out by the module that all pages share.
//!
//! pdf-extract never sees the file itself: [`flatten`] writes each page anew, with text operators
//! and [cured fonts](cures) only. Where it fails, or where its text is in [`doubt`],
//! hayro-interpret reads the page.

use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};

use crate::assemble::Assembler;
use crate::guard::guarded;
use crate::options::ParseOptions;
use crate::page::{self, Page};
use failure::{unreadable, without_text};
use interpreted::{Interpreted, Opened};
use notes::Notes;
use open::open;
use readers::Readers;

mod codes;
mod collections;
mod content;
mod cures;
mod doubt;
mod drawing;
mod extracted;
mod failure;
mod fields;
mod flatten;
mod hostile;
mod interpreted;
mod lookup;
mod marks;
mod notes;
mod open;
mod outline;
mod readers;
mod reading;
mod rendered;
mod repair;
mod title;
mod widths;
mod writer;

/// Reads a PDF with the empty password, page by page.
///
/// A page that fails is noted and the others kept.
///
/// # Errors
/// `Encrypted`, `Unreadable`, `NoTextLayer` when no page has text, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], options: &ParseOptions<'_>) -> Result<ParsedDocument, Failure> {
    guarded(|| read(bytes, options)).unwrap_or_else(|reason| Err(unreadable(&reason)))
}

fn read(bytes: &[u8], options: &ParseOptions<'_>) -> Result<ParsedDocument, Failure> {
    let source = open(bytes);
    if let Err(failure) = &source
        && failure.code == FailureCode::Encrypted
    {
        return Err(failure.clone());
    }
    let opened = Opened::default();
    let second = Interpreted::new(bytes, &opened);
    let source = source.as_ref().ok();
    let mut readers = Readers::new(source, second, options.recognizer);
    let (pages, mut notes) = read_pages(&mut readers, options)?;
    let n_pages = u32::try_from(pages.len() + notes.failed().len()).ok();
    let mut assembler = Assembler::new(options.limits);
    if source.is_some_and(fields::is_dynamic) {
        notes.add_dynamic();
    }
    let outline = source.map(outline::outline).unwrap_or_default();
    page::write(pages, &outline, &mut assembler)?;
    Ok(ParsedDocument {
        title: source.and_then(title::title),
        n_pages,
        has_unread_pictures: options.recognizer.is_none() && notes.has_pictures(),
        notes: notes.finish(),
        ..assembler.finish()
    })
}

fn read_pages(
    readers: &mut Readers<'_>,
    options: &ParseOptions<'_>,
) -> Result<(Vec<Page>, Notes), Failure> {
    let n_pages = readers.n_pages()?;
    options.limits.check_pages(n_pages)?;
    let mut pages = Vec::new();
    let mut notes = Notes::default();
    let n_in_all = u32::try_from(n_pages).unwrap_or(u32::MAX);
    for number in 1..=n_in_all {
        options.report(number - 1, n_in_all);
        let read = match options.lost(number) {
            Some(reason) => Err(reason.clone()),
            None => readers.read(number),
        };
        match read {
            Ok(read) => {
                notes.add(number, &read);
                pages.push(read.page);
            }
            Err(reason) => notes.add_failed(number, reason),
        }
    }
    options.report(n_in_all, n_in_all);
    if pages.iter().all(Page::is_empty) {
        return Err(without_text(n_pages, notes.failed()));
    }
    Ok((pages, notes))
}
