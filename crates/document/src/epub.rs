//! EPUB books: their chapters in reading order.

mod xhtml;

use footnote_core::document::{ParsedDocument, Place};
use footnote_core::job::{Failure, FailureCode};
use std::collections::HashMap;

use crate::assemble::Assembler;
use crate::html;
use crate::limits::Limits;
use crate::office;
use crate::package::{self, Package, damaged};
use crate::xml::{Step, Xml};

/// Reads a book; each chapter knows its file.
///
/// # Errors
/// `Unreadable` for a damaged file, `Encrypted` when its text is, `TooLarge` past a limit.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<ParsedDocument, Failure> {
    let mut package = Package::open(bytes, limits)?;
    if is_encrypted(&mut package)? {
        let detail = "The book is protected against copying. Ask its seller for a copy without.";
        return Err(Failure::new(FailureCode::Encrypted, detail));
    }
    let book = book_part(&mut package)?;
    let text = package.text(&book)?.ok_or_else(damaged)?;
    let title = office::title(&mut package, &book)?;
    let mut assembler = Assembler::new(limits);
    for name in chapters(&text, &book, limits)? {
        let Some(bytes) = package.read(&name)? else { continue };
        assembler.begin_place(Some(Place::Part(name)));
        let chapter = html::parse(xhtml::as_html(&bytes)?.as_bytes(), limits)?;
        assembler.append(&chapter)?;
    }
    let title = title.or_else(|| assembler.first_title());
    Ok(ParsedDocument { title, ..assembler.finish() })
}

/// Tells whether the text is encrypted; fonts often are, and need not be read.
fn is_encrypted(package: &mut Package<'_>) -> Result<bool, Failure> {
    let text = package.text("META-INF/encryption.xml")?.unwrap_or_default();
    Ok(text.contains("html\"") || text.contains(".html") || text.contains(".xhtml"))
}

/// Finds the part that lists the others.
fn book_part(package: &mut Package<'_>) -> Result<String, Failure> {
    let text = package.text("META-INF/container.xml")?.ok_or_else(damaged)?;
    let mut xml = Xml::new(&text, package.limits());
    while let Some(step) = xml.next()? {
        if let Step::Open(tag) = step
            && tag.name() == "rootfile"
            && let Some(path) = tag.attr("full-path")
        {
            return Ok(path);
        }
    }
    Err(damaged())
}

/// Returns the files of the chapters in reading order; the table of contents is none.
fn chapters(text: &str, book: &str, limits: &Limits) -> Result<Vec<String>, Failure> {
    let folder = book.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut xml = Xml::new(text, limits);
    let mut files = HashMap::new();
    let mut chapters = Vec::new();
    while let Some(step) = xml.next()? {
        let Step::Open(tag) = step else { continue };
        match tag.name() {
            "item" => {
                let kind = tag.attr("media-type").unwrap_or_default();
                let is_contents = tag.attr("properties").is_some_and(|list| list.contains("nav"));
                if let (Some(id), Some(path)) = (tag.attr("id"), tag.attr("href"))
                    && kind.contains("html")
                    && !is_contents
                {
                    files.insert(id, package::resolve(folder, &unescaped(&path)));
                }
            }
            "itemref" => chapters.extend(tag.attr("idref").and_then(|id| files.get(&id).cloned())),
            _ => {}
        }
    }
    Ok(chapters)
}

/// Decodes `%20` and the like in the path of a file, and takes off what follows `#`.
fn unescaped(path: &str) -> String {
    let path = path.split('#').next().unwrap_or(path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            Some(_) | None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_in_reading_order_without_the_table_of_contents() {
        let source = "<package><manifest>\
            <item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
            <item id='a' href='one%20a.xhtml' media-type='application/xhtml+xml'/>\
            <item id='b' href='../b.html#x' media-type='text/html'/></manifest>\
            <spine><itemref idref='n'/><itemref idref='b'/><itemref idref='a'/></spine></package>";
        let chapters = chapters(source, "OEBPS/book.opf", &Limits::default()).unwrap();
        assert_eq!(chapters, ["b.html", "OEBPS/one a.xhtml"]);
    }
}
