//! Which format bytes have: told by content first, by name second.

use crate::{decode, markdown};

/// A format that Footnote reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// HTML of any version.
    Html,
    /// Markdown.
    Markdown,
    /// Any other text.
    PlainText,
}

impl Format {
    /// Returns the media type, e.g. `application/pdf`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Html => "text/html",
            Self::Markdown => "text/markdown",
            Self::PlainText => "text/plain",
        }
    }
}

/// Tells the format by the content first, by the name second.
///
/// `None` when it is none that Footnote reads. Bytes that are text and nothing more particular
/// are [`Format::PlainText`], whatever the name; a `.txt` is never taken for Markdown.
#[must_use]
pub fn detect(name: &str, bytes: &[u8]) -> Option<Format> {
    if is_pdf(bytes) {
        return Some(Format::Pdf);
    }
    if foreign_format(bytes).is_some() || !decode::is_text(bytes) {
        return None;
    }
    let preview = decode::preview(bytes);
    if begins_as_html(&preview) {
        return Some(Format::Html);
    }
    let format = match extension(name).as_str() {
        "htm" | "html" | "xhtml" => Format::Html,
        "md" | "markdown" | "mdown" | "mkd" | "mkdn" => Format::Markdown,
        "" if markdown::is_evident(&preview) => Format::Markdown,
        _ => Format::PlainText,
    };
    Some(format)
}

/// Names the format of bytes that Footnote does not read.
///
/// `None` when nothing is known about them.
pub(crate) fn foreign_format(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_format(bytes));
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("a video, audio or HEIF file");
    }
    SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

/// How files of formats begin that are not read yet.
const SIGNATURES: &[(&[u8], &str)] = &[
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an older or encrypted Office file, or an Outlook message",
    ),
    (b"{\\rtf", "an RTF file"),
    (b"\x89PNG\r\n\x1A\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "an image, audio or video file"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    (b"%!PS", "a PostScript file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio or video file"),
];

/// How far into a ZIP file the names are looked for that tell what it holds.
const ZIP_SEARCH_BYTES: usize = 4096;

fn zip_format(bytes: &[u8]) -> &'static str {
    let beginning = &bytes[..bytes.len().min(ZIP_SEARCH_BYTES)];
    let holds = |name: &[u8]| beginning.windows(name.len()).any(|window| window == name);
    if holds(b"word/") {
        "a Word document"
    } else if holds(b"xl/") {
        "an Excel workbook"
    } else if holds(b"ppt/") {
        "a PowerPoint presentation"
    } else if holds(b"opendocument") {
        "an OpenDocument file"
    } else if holds(b"epub+zip") {
        "an EPUB book"
    } else if holds(b"[Content_Types].xml") {
        "an Office document"
    } else {
        "a ZIP archive"
    }
}

/// How far from the start the mark of a PDF may stand, as readers allow it.
const PDF_MARK_WITHIN: usize = 1024;

fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(PDF_MARK_WITHIN)].windows(5).any(|window| window == b"%PDF-")
}

/// Tells HTML by its first tag, past an XML declaration and comments.
fn begins_as_html(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = after_prologue(rest) {
        rest = after.trim_start();
    }
    let begins = |tag: &str| {
        rest.get(..tag.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(tag))
            && !rest[tag.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| begins(tag))
}

fn after_prologue(text: &str) -> Option<&str> {
    let end = match text {
        text if text.starts_with("<!--") => "-->",
        text if text.starts_with("<?xml") => "?>",
        _ => return None,
    };
    text.split_once(end).map(|(_, rest)| rest)
}

/// Returns the extension of a name in lower case, empty when it has none.
pub(crate) fn extension(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_ascii_lowercase(),
        Some(_) | None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_before_the_name_does() {
        assert_eq!(detect("report.txt", b"%PDF-1.7\n..."), Some(Format::Pdf));
        assert_eq!(
            detect("page", b"<?xml version='1.0'?>\n<!-- x -->\n<HTML>"),
            Some(Format::Html)
        );
        assert_eq!(detect("page.md", b"<!DOCTYPE html><p>a"), Some(Format::Html));
        assert_eq!(detect("scan.pdf", b"\x89PNG\r\n\x1A\n"), None);
    }

    #[test]
    fn text_is_plain_unless_its_name_or_evidence_says_more() {
        let markdown = b"# Leave\n\nSee [the form](form.md).\n\n```sh\nls\n```\n";
        assert_eq!(detect("a.txt", markdown), Some(Format::PlainText));
        assert_eq!(detect("README", markdown), Some(Format::Markdown));
        assert_eq!(detect("notes/a.MD", b"plain"), Some(Format::Markdown));
        assert_eq!(detect("Makefile", b"# comment\nall:\n\tls\n"), Some(Format::PlainText));
        assert_eq!(detect("a.csv", b"a,b\n1,2\n"), Some(Format::PlainText));
        assert_eq!(detect("a.html", b"<p>a fragment</p>"), Some(Format::Html));
        assert_eq!(detect("header.txt", b"<header> is an element"), Some(Format::PlainText));
    }

    #[test]
    fn a_zip_is_named_by_what_it_holds() {
        assert_eq!(foreign_format(b"PK\x03\x04....word/document.xml"), Some("a Word document"));
        assert_eq!(foreign_format(b"PK\x03\x04....a.txt"), Some("a ZIP archive"));
    }
}
