//! A bundle of collections on its way into an installation: unpacked into a catalog of its own,
//! brought up to date, and read from there document by document.

use footnote_core::clock::Clock;
use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::loader::{Loader, Site, Target};
use super::{About, ArchiveKind};
use crate::blob::Folder;
use crate::catalog::versions::Original;
use crate::catalog::{Catalog, Place};
use crate::store::CATALOG_FILE;

/// What the name of a folder with an unpacked bundle begins with.
const PREFIX: &str = "importing-";

/// A folder that goes when it is dropped.
struct OwnFolder(PathBuf);

/// Room for a bundle in a data directory.
pub(crate) struct Room {
    folder: OwnFolder,
    clock: Arc<dyn Clock>,
}

/// An unpacked bundle. It goes when it is dropped.
pub(crate) struct Unpacked {
    pub(crate) about: About,
    pub(crate) catalog: Catalog,
    originals: Folder,
    _folder: OwnFolder,
}

impl Room {
    /// Makes room; where nobody else can be importing, what a crash has left goes. Blocks.
    ///
    /// # Errors
    /// `Unavailable` when the data directory cannot be written.
    pub(crate) fn make(data_dir: &Path, is_alone: bool, clock: Arc<dyn Clock>) -> Result<Self> {
        let folder = data_dir.join(format!("{PREFIX}{}", std::process::id()));
        let made = || {
            for left in left_behind(data_dir).filter(|left| is_alone || *left == folder) {
                fs::remove_dir_all(left)?;
            }
            fs::create_dir_all(&folder)
        };
        made().map_err(|error: io::Error| {
            Error::unavailable("cannot unpack the archive into the data directory")
                .hint("Check that you may write to it and that the disk has room.")
                .because(error)
        })?;
        Ok(Self { folder: OwnFolder(folder), clock })
    }

    /// Returns what is to be filled.
    pub(crate) fn target(&self) -> Target {
        let site = Site::Folder(self.folder.0.clone());
        Target { site, kind: ArchiveKind::Bundle, clock: Arc::clone(&self.clock) }
    }

    /// Opens what came.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub(crate) async fn open(self, loader: Loader) -> Result<Unpacked> {
        let about = loader.about().clone();
        loader.finish().await?;
        let file = self.folder.0.join(CATALOG_FILE);
        let catalog = Catalog::open_shared(Place::File(&file), 1, self.clock).await?;
        let originals = Folder::new(&self.folder.0);
        Ok(Unpacked { about, catalog, originals, _folder: self.folder })
    }
}

impl Unpacked {
    /// Returns the original of a hash, where it came too.
    pub(crate) fn original(&self, hash: &ContentHash) -> Option<Original> {
        let path = self.originals.path(hash);
        path.exists().then_some(Original::File(path))
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "an unpacked archive stays until the next import");
        }
    }
}

fn left_behind(data_dir: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
        .map(|entry| entry.path())
}
