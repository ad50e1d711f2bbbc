//! The containers of older Office programs, told by the streams they hold.

use cfb::CompoundFile;
use std::io::Cursor;

use super::Format;

/// How a container begins.
pub(crate) const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// What a container holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compound {
    /// A document that is read.
    Document(Format),
    /// A newer document behind a password.
    Encrypted,
    /// Something else.
    Foreign,
}

/// Tells what a container holds; `None` when the bytes are none.
pub(crate) fn told(bytes: &[u8]) -> Option<Compound> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let Ok(container) = CompoundFile::open(Cursor::new(bytes)) else {
        return Some(by_search(bytes));
    };
    let has = |name: &str| container.exists(name);
    let compound = if has("/EncryptedPackage") || has("/\u{6}DataSpaces") {
        Compound::Encrypted
    } else if has("/WordDocument") {
        Compound::Document(Format::Doc)
    } else if has("/PowerPoint Document") {
        Compound::Document(Format::Ppt)
    } else if has("/Workbook") || has("/Book") {
        Compound::Document(Format::Xls)
    } else if has("/__properties_version1.0") {
        Compound::Document(Format::Msg)
    } else {
        Compound::Foreign
    };
    Some(compound)
}

/// Tells by the names of streams anywhere in a container that is damaged.
fn by_search(bytes: &[u8]) -> Compound {
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if holds("EncryptedPackage") {
        Compound::Encrypted
    } else if holds("WordDocument") {
        Compound::Document(Format::Doc)
    } else if holds("PowerPoint Document") {
        Compound::Document(Format::Ppt)
    } else if holds("Workbook") {
        Compound::Document(Format::Xls)
    } else if holds("__properties_version1.0") {
        Compound::Document(Format::Msg)
    } else {
        Compound::Foreign
    }
}
