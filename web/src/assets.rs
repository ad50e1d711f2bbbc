//! The files of the page, compiled into the program as one archive: `scripts/build-page` makes it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;
use zip::ZipArchive;

/// The built page.
static ARCHIVE: &[u8] = include_bytes!("../ui/page.zip");

/// The file in the archive that says of which sources the page was built.
const SOURCES: &str = "sources.sha256";

/// A file of the page.
#[derive(Debug)]
pub struct Asset {
    /// What it is.
    pub media_type: &'static str,
    /// What it contains.
    pub content: Vec<u8>,
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
    let unreadable = || footnote_core::Error::internal("the page in the program cannot be read");
    let mut files = unpacked().map_err(|error| unreadable().because(error))?;
    let hash = files.remove(SOURCES).ok_or_else(unreadable)?;
    String::from_utf8(hash.content).map_err(|error| unreadable().because(error))
}

fn unpacked() -> zip::result::ZipResult<BTreeMap<String, Asset>> {
    let mut archive = ZipArchive::new(Cursor::new(ARCHIVE))?;
    let mut assets = BTreeMap::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        let name = file.name()?.into_owned();
        let media_type = media_type(&name);
        assets.insert(name, Asset { media_type, content });
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
