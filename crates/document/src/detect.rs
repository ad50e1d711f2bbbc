//! Which format bytes have: told by content first, by name second.

mod compound;
mod signature;
mod textual;
mod zipped;

use crate::code::Language;
use crate::decode;

pub(crate) use compound::{Compound, told as compound};
pub(crate) use signature::foreign;
pub(crate) use zipped::is_zip;

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
    /// Word since 2007.
    Docx,
    /// PowerPoint since 2007.
    Pptx,
    /// Excel since 2007.
    Xlsx,
    /// Word before 2007.
    Doc,
    /// PowerPoint before 2007.
    Ppt,
    /// Excel before 2007.
    Xls,
    /// OpenDocument text.
    Odt,
    /// OpenDocument presentation.
    Odp,
    /// OpenDocument spreadsheet.
    Ods,
    /// OpenDocument of any kind in one file of XML.
    FlatOdf,
    /// Rich Text Format.
    Rtf,
    /// An EPUB book.
    Epub,
    /// A mail.
    Eml,
    /// A mail of Outlook.
    Msg,
    /// A mailbox: many mails.
    Mbox,
    /// A saved web page.
    Mhtml,
    /// Delimited values: CSV, TSV.
    Delimited,
    /// JSON.
    Json,
    /// Lines of JSON.
    JsonLines,
    /// A Jupyter notebook.
    Notebook,
    /// Source code.
    Code(Language),
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A TIFF picture.
    Tiff,
    /// A WebP picture.
    WebP,
    /// A BMP picture.
    Bmp,
    /// A ZIP archive.
    Zip,
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
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Doc => "application/msword",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Xls => "application/vnd.ms-excel",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::FlatOdf => "application/vnd.oasis.opendocument.text-flat-xml",
            Self::Rtf => "application/rtf",
            Self::Epub => "application/epub+zip",
            Self::Eml => "message/rfc822",
            Self::Msg => "application/vnd.ms-outlook",
            Self::Mbox => "application/mbox",
            Self::Mhtml => "multipart/related",
            Self::Delimited => "text/csv",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Notebook => "application/x-ipynb+json",
            Self::Code(language) => language.media_type(),
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Zip => "application/zip",
        }
    }
}

/// The formats whose files hold files that are documents of their own.
const CONTAINERS: [Format; 4] = [Format::Zip, Format::Mbox, Format::Eml, Format::Msg];

/// Tells whether a document of a media type may hold files that are documents of their own.
#[must_use]
pub fn holds_documents(media_type: &str) -> bool {
    CONTAINERS.iter().any(|format| format.media_type() == media_type)
}

/// Tells the format by the content first, by the name second.
///
/// `None` when it is none that Footnote reads. Bytes that are text and nothing more particular
/// are [`Format::PlainText`], whatever the name; a `.txt` is never taken for Markdown.
#[must_use]
pub fn detect(name: &str, bytes: &[u8]) -> Option<Format> {
    if is_zip(bytes) {
        return Some(zipped::told(bytes));
    }
    if is_pdf(bytes) {
        return Some(Format::Pdf);
    }
    if let Some(format) = signature::picture(bytes) {
        return Some(format);
    }
    match compound(bytes) {
        Some(Compound::Document(format)) => return Some(format),
        Some(Compound::Encrypted | Compound::Foreign) => return None,
        None => {}
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(Format::Rtf);
    }
    if foreign(bytes).is_some() || !decode::is_text(bytes) {
        return None;
    }
    let format = textual::told(name, &decode::preview(bytes));
    // What should be an archive and is bare text is a damaged file, not a text.
    let is_text_by_default = format == Format::PlainText && is_binary_name(name);
    (!is_text_by_default).then_some(format)
}

/// How far from the start the mark of a PDF may stand, as readers allow it.
const PDF_MARK_WITHIN: usize = 1024;

fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(PDF_MARK_WITHIN)].windows(5).any(|window| window == b"%PDF-")
}

/// Tells whether a name is of a format that no program writes as text.
pub(crate) fn is_binary_name(name: &str) -> bool {
    let extension = extension(name);
    matches!(
        extension.as_str(),
        "pdf" | "docx" | "pptx" | "xlsx" | "odt" | "odp" | "ods" | "epub" | "zip" | "msg"
    )
}

/// Says that a name promises another format than the content has; `None` when it does not.
///
/// Names of text say little and are never wrong.
pub(crate) fn misnamed(name: &str, format: Format) -> Option<String> {
    let extension = extension(name);
    let (_, named) = NAMED.iter().find(|(known, _)| known.contains(&extension.as_str()))?;
    let is_right = *named == format || (*named == Format::Doc && format == Format::Rtf);
    let media_type = format.media_type();
    (!is_right).then(|| format!("The name ends in .{extension}, but the content is {media_type}."))
}

/// The extensions that promise a format.
const NAMED: [(&[&str], Format); 17] = [
    (&["pdf"], Format::Pdf),
    (&["docx", "docm", "dotx", "dotm"], Format::Docx),
    (&["pptx", "pptm", "ppsx", "potx"], Format::Pptx),
    (&["xlsx", "xlsm", "xltx"], Format::Xlsx),
    (&["doc", "dot"], Format::Doc),
    (&["ppt", "pps"], Format::Ppt),
    (&["xls", "xlt"], Format::Xls),
    (&["odt", "ott"], Format::Odt),
    (&["odp", "otp"], Format::Odp),
    (&["ods", "ots"], Format::Ods),
    (&["rtf"], Format::Rtf),
    (&["epub"], Format::Epub),
    (&["eml"], Format::Eml),
    (&["msg"], Format::Msg),
    (&["mbox"], Format::Mbox),
    (&["mht", "mhtml"], Format::Mhtml),
    (&["zip"], Format::Zip),
];

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
        assert_eq!(detect("scan.pdf", b"\x89PNG\r\n\x1A\n"), Some(Format::Png));
        assert_eq!(detect("a.doc", b"{\\rtf1 x}"), Some(Format::Rtf));
    }

    #[test]
    fn text_is_plain_unless_its_name_or_evidence_says_more() {
        let markdown = b"# Leave\n\nSee [the form](form.md).\n\n```sh\nls\n```\n";
        assert_eq!(detect("a.txt", markdown), Some(Format::PlainText));
        assert_eq!(detect("README", markdown), Some(Format::Markdown));
        assert_eq!(detect("notes/a.MD", b"plain"), Some(Format::Markdown));
        assert_eq!(detect("Makefile", b"# comment\nall:\n\tls\n"), Some(Format::PlainText));
        assert_eq!(detect("a.html", b"<p>a fragment</p>"), Some(Format::Html));
        assert_eq!(detect("header.txt", b"<header> is an element"), Some(Format::PlainText));
        assert_eq!(detect("a.odt", b"This is no archive."), None);
    }

    #[test]
    fn a_wrong_name_is_noted() {
        assert_eq!(misnamed("a.docx", Format::Docx), None);
        assert_eq!(misnamed("a.doc", Format::Rtf), None, "Word writes that itself");
        assert_eq!(misnamed("a.txt", Format::Pdf), None);
        let note = misnamed("a.docx", Format::Rtf).unwrap_or_default();
        assert!(note.contains(".docx") && note.contains("application/rtf"), "{note}");
    }

    #[test]
    fn a_damaged_archive_is_told_by_the_names_in_it() {
        assert_eq!(detect("a", b"PK\x03\x04....word/document.xml"), Some(Format::Docx));
        assert_eq!(detect("a", b"PK\x03\x04....a.txt"), Some(Format::Zip));
    }
}
