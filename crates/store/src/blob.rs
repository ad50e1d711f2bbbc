//! Original bytes under their hash: whole or not there, and kept once.
//!
//! They are files in the data directory; or rows of the catalog where that is on a server, so that
//! every machine that works with it has them.

mod folder;
mod reader;
mod sweep;

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::versions::Original;
use crate::catalog::{Catalog, Database};
use crate::faults::Faults;
pub(crate) use folder::{Folder, changed, for_each_piece, sync_folder, sync_tree};
pub use reader::BlobReader;
pub(crate) use sweep::{OldFiles, remove_files};

/// How many bytes are read, written and kept in a row at once.
pub(crate) const PIECE_BYTES: usize = 1 << 20;

/// Where the originals are.
#[derive(Clone)]
pub(crate) enum Blobs {
    /// Files in the data directory.
    Folder(Folder),
    /// Rows of the catalog.
    Catalog(Arc<Catalog>),
}

impl Blobs {
    /// Takes the place that belongs to a catalog.
    pub(crate) fn beside(catalog: &Arc<Catalog>, data_dir: &Path) -> Self {
        match catalog.database() {
            Database::Sqlite => Self::Folder(Folder::new(data_dir)),
            Database::Postgres => Self::Catalog(Arc::clone(catalog)),
        }
    }

    /// Lets steps fail on purpose; those of the catalog do already.
    pub(crate) fn with_faults(self, faults: Faults) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder.with_faults(faults)),
            Self::Catalog(catalog) => Self::Catalog(catalog),
        }
    }

    /// Keeps an original under its hash, durably. May be repeated, and done by several at once.
    ///
    /// # Errors
    /// `Conflict` when the bytes are not those of the hash, `Unavailable` when they cannot be read
    /// or written.
    pub(crate) async fn keep(&self, hash: &ContentHash, original: &Original) -> Result<()> {
        match self {
            Self::Folder(folder) => folder.keep(*hash, original.clone()).await,
            Self::Catalog(catalog) => catalog.keep_pieces(hash, original).await,
        }
    }

    /// Opens an original; `None` when it is not kept.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub(crate) async fn open(&self, hash: &ContentHash) -> Result<Option<BlobReader>> {
        match self {
            Self::Folder(folder) => folder.open(hash).await,
            Self::Catalog(catalog) => BlobReader::of_rows(catalog, *hash).await,
        }
    }

    /// Removes the file of an original, durably, and returns how many bytes it had; 0 when there is
    /// none. Rows go with those that name them. Blocks on the disk.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be removed.
    pub(crate) fn remove(&self, hash: &ContentHash) -> Result<u64> {
        match self {
            Self::Folder(folder) => folder.remove(hash),
            Self::Catalog(_) => Ok(0),
        }
    }

    /// Lists what lies in the folder since before a moment. Blocks on the disk.
    pub(crate) fn old_files(&self, before: Timestamp) -> OldFiles {
        match self {
            Self::Folder(folder) => folder.old_files(before),
            Self::Catalog(_) => OldFiles::default(),
        }
    }

    /// Lists the files that were being written before a moment and never finished. Blocks on the
    /// disk.
    pub(crate) fn unfinished(&self, before: Timestamp) -> Vec<PathBuf> {
        match self {
            Self::Folder(folder) => folder.unfinished(before),
            Self::Catalog(_) => Vec::new(),
        }
    }
}
