//! The files of the page, compiled into the program as one archive: `scripts/build-page` makes it.
//!
//! What becomes smaller by it lies there compressed by Brotli, as browsers take it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;
use zip::ZipArchive;

/// The built page.
static ARCHIVE: &[u8] = include_bytes!("../ui/page.zip");

/// The file in the archive that says of which sources the page was built.
const SOURCES: &str = "sources.sha256";

/// How the name of a compressed file ends in the archive.
const COMPRESSED: &str = ".br";

/// A file of the page.
#[derive(Debug)]
pub struct Asset {
    /// What it is.
    pub media_type: &'static str,
    /// Whether `bytes` are compressed.
    pub is_compressed: bool,
    /// What it contains, perhaps compressed by Brotli.
    pub bytes: Vec<u8>,
}

impl Asset {
    /// Returns what it contains, not compressed.
    ///
    /// # Errors
    /// `Internal` when the archive cannot be read.
    pub fn plain(&self) -> footnote_core::Result<Cow<'_, [u8]>> {
        if !self.is_compressed {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut plain = Vec::new();
        match brotli::BrotliDecompress(&mut self.bytes.as_slice(), &mut plain) {
            Ok(()) => Ok(Cow::Owned(plain)),
            Err(error) => Err(unreadable().because(error)),
        }
    }
}

/// Every file of the page by its name in the build, e.g. `index.html`.
static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let mut assets = unpacked().unwrap_or_else(|error| {
        tracing::error!(%error, "the page in the program cannot be read");
        BTreeMap::new()
    });
    assets.remove(SOURCES);
    assets
});

/// Returns every file of the page by its name in the build.
#[must_use]
pub fn assets() -> &'static BTreeMap<String, Asset> {
    &ASSETS
}

/// Returns the hash of the sources of which the page was built.
///
/// # Errors
/// `Internal` when the archive cannot be read.
pub fn built_of() -> footnote_core::Result<String> {
    let mut files = unpacked().map_err(|error| unreadable().because(error))?;
    let hash = files.remove(SOURCES).ok_or_else(unreadable)?;
    String::from_utf8(hash.bytes).map_err(|error| unreadable().because(error))
}

fn unreadable() -> footnote_core::Error {
    footnote_core::Error::internal("the page in the program cannot be read")
}

fn unpacked() -> zip::result::ZipResult<BTreeMap<String, Asset>> {
    let mut archive = ZipArchive::new(Cursor::new(ARCHIVE))?;
    let mut assets = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let packed = file.name()?.into_owned();
        let plain = packed.strip_suffix(COMPRESSED);
        let (name, is_compressed) = (plain.unwrap_or(&packed), plain.is_some());
        let asset = Asset { media_type: media_type(name), is_compressed, bytes };
        assets.insert(name.to_owned(), asset);
    }
    Ok(assets)
}

/// Tells the type of a file by its name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("wasm") => "application/wasm",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}
