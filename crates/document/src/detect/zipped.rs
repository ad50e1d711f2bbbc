//! Archives that are documents, told by what they hold.

use super::Format;
use crate::limits::Limits;
use crate::package::Package;

/// Tells whether bytes are a ZIP archive, as many formats are.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Tells the format of an archive.
pub(crate) fn told(bytes: &[u8]) -> Format {
    let limits = Limits::default();
    let Ok(mut package) = Package::open(bytes, &limits) else { return by_search(bytes) };
    if let Ok(Some(kind)) = package.text("mimetype")
        && let Some(format) = by_declaration(kind.trim())
    {
        return format;
    }
    if package.has("META-INF/container.xml") {
        return Format::Epub;
    }
    let types = package.text("[Content_Types].xml").ok().flatten().unwrap_or_default();
    let declares = |kind: &str| types.contains(kind);
    let has = |folder: &str| package.names().iter().any(|name| name.starts_with(folder));
    if declares("wordprocessingml.document.main") || declares("wordprocessingml.template.main") {
        Format::Docx
    } else if declares("spreadsheetml.sheet.main") || declares("sheet.macroEnabled.main") {
        Format::Xlsx
    } else if declares("presentationml.") {
        Format::Pptx
    } else if has("word/document") {
        Format::Docx
    } else if has("xl/workbook") {
        Format::Xlsx
    } else if has("ppt/presentation") {
        Format::Pptx
    } else {
        Format::Zip
    }
}

/// Tells by what OpenDocument and EPUB declare in their first file.
fn by_declaration(kind: &str) -> Option<Format> {
    if kind == "application/epub+zip" {
        return Some(Format::Epub);
    }
    let kind = kind.strip_prefix("application/vnd.oasis.opendocument.")?;
    Some(match kind.split('-').next() {
        Some("presentation") => Format::Odp,
        Some("spreadsheet") => Format::Ods,
        Some(_) | None => Format::Odt,
    })
}

/// How far into a damaged archive names are looked for.
const SEARCH_BYTES: usize = 4096;

/// Tells by the names at the beginning of an archive whose end is missing.
fn by_search(bytes: &[u8]) -> Format {
    let beginning = &bytes[..bytes.len().min(SEARCH_BYTES)];
    let holds = |name: &[u8]| beginning.windows(name.len()).any(|window| window == name);
    if holds(b"xl/") {
        Format::Xlsx
    } else if holds(b"ppt/") {
        Format::Pptx
    } else if holds(b"word/") || holds(b"[Content_Types].xml") {
        Format::Docx
    } else if holds(b"epub+zip") {
        Format::Epub
    } else if holds(b"opendocument.spreadsheet") {
        Format::Ods
    } else if holds(b"opendocument.presentation") {
        Format::Odp
    } else if holds(b"opendocument") {
        Format::Odt
    } else {
        Format::Zip
    }
}
