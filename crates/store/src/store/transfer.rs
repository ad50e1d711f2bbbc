//! Backup, restore and migration: everything, moved at once.

mod reading;

use footnote_core::config::StoreConfig;
use footnote_core::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;
use tokio::task::spawn_blocking;

use super::opening::{kept_elsewhere, place, take_lock};
use super::{Store, StoreOptions};
use crate::blob::Blobs;
use crate::catalog::Catalog;
use crate::catalog::locks::Keeping;
use crate::catalog::snapshot::Selection;
use crate::transfer::archive::{self, EXTENSION, Output};
use crate::transfer::landing::Landing;
use crate::transfer::loader::{Loader, Target};
use crate::transfer::snapshot::Source;
use crate::transfer::{
    Parcel, TransferReport, TransferStage, Watch, channel, lost_thread, side_by_side,
};
pub(super) use reading::{describe, read_archive};

/// An archive: a file, or a pipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveFile {
    /// A file of a path.
    Path(PathBuf),
    /// Standard output when it is written, standard input when it is read.
    Pipe,
}

/// From where to where an installation is copied.
#[derive(Clone)]
pub struct Migration {
    /// The installation that is read. It stays as it is.
    pub from: StoreOptions,
    /// The empty one that is filled.
    pub to: StoreOptions,
}

impl Store {
    /// Writes everything into an archive, as of one moment, while others go on writing. The index
    /// is left out: it is built again from the vectors when the archive is restored.
    ///
    /// # Errors
    /// `Unavailable` when something cannot be read or written, `Cancelled` when it was asked to
    /// stop; a file is there whole or not at all.
    pub async fn backup(&self, to: &ArchiveFile, watch: Watch<'_>) -> Result<TransferReport> {
        self.write_archive(Selection::Everything, true, to, watch).await
    }

    /// Reads an archive to its end and makes sure that it is undamaged. Changes nothing.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Invalid` when it is damaged or was written by a newer
    /// release, `Unavailable` when it cannot be read.
    pub async fn verify_archive(from: &ArchiveFile, watch: Watch<'_>) -> Result<TransferReport> {
        let (sender, mut receiver) = channel();
        let swallow = async {
            while let Some(parcel) = receiver.recv().await {
                watch.check()?;
                if matches!(parcel, Parcel::End) {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        };
        let ((about, manifest, n_bytes), ()) =
            side_by_side(read_archive(from, sender, watch), swallow).await?;
        Ok(TransferReport { archive_bytes: Some(n_bytes), ..manifest.report(&about) })
    }

    /// Makes an installation of a backup: in an empty data directory, or in an empty PostgreSQL
    /// database when the configuration names one; then builds the index. Nothing can be seen of it
    /// before the whole archive was read and found to be right.
    ///
    /// # Errors
    /// As [`verify_archive`](Self::verify_archive); `Conflict` when the target is not empty.
    pub async fn restore(
        from: &ArchiveFile,
        to: &StoreOptions,
        watch: Watch<'_>,
    ) -> Result<TransferReport> {
        let landing = Landing::take(to).await?;
        let (sender, receiver) = channel();
        let outcome =
            load(read_archive(from, sender, watch), landing.target(), receiver, watch).await;
        let ((about, manifest, n_bytes), loader) = match outcome {
            Ok(read) => read,
            Err(error) => {
                landing.abandon().await;
                return Err(error);
            }
        };
        settle(landing, loader).await?;
        build_index(to, watch).await?;
        Ok(TransferReport { archive_bytes: Some(n_bytes), ..manifest.report(&about) })
    }

    /// Copies an installation: rows, vectors and originals, from one catalog to another, compares
    /// both ends table by table, and builds the index at the other end. Nothing is embedded again.
    ///
    /// # Errors
    /// `Conflict` when the source is in use or the target is not empty, `Unavailable` when one of
    /// them cannot be used, `Internal` when the ends differ.
    pub async fn migrate(migration: &Migration, watch: Watch<'_>) -> Result<TransferReport> {
        let Migration { from, to } = migration;
        if is_same_place(from, to) {
            return Err(Error::invalid("the source and the target are the same")
                .hint("Name another data directory, or a PostgreSQL database."));
        }
        // What is written to the source meanwhile would be lost.
        let _lock = match &*from.config.catalog {
            "" => Some(take_lock(&from.data_dir, &from.purpose).await?),
            _ => None,
        };
        let source = place(&from.data_dir, &from.config);
        let readers = from.config.readers;
        let catalog = Catalog::open_shared(source.as_place(), readers, Arc::clone(&from.clock));
        let catalog = Arc::new(catalog.await?);
        let right = catalog.right_to_index(Keeping::Alone).await?.ok_or_else(kept_elsewhere)?;
        let report = copy(&catalog, from, to, watch).await;
        right.end().await?;
        catalog.close().await;
        let report = report?;
        build_index(to, watch).await?;
        Ok(report)
    }

    /// Writes what is selected into an archive.
    pub(super) async fn write_archive(
        &self,
        selection: Selection,
        with_originals: bool,
        to: &ArchiveFile,
        watch: Watch<'_>,
    ) -> Result<TransferReport> {
        let output = match to {
            ArchiveFile::Path(path) => Output::file(path)?,
            ArchiveFile::Pipe => Output::pipe(),
        };
        let (sender, receiver) = channel();
        let (catalog, blobs) = (self.catalog(), &self.blobs);
        let source = Source { catalog, blobs, selection, with_originals };
        let writing = spawn_blocking(move || archive::write(receiver, output));
        let written = async { writing.await.map_err(lost_thread)? };
        let (sent, (about, manifest, n_bytes)) =
            side_by_side(source.send(sender, watch), written).await?;
        let report = manifest.report(&about);
        Ok(TransferReport { missing: sent.missing, archive_bytes: Some(n_bytes), ..report })
    }
}

impl ArchiveFile {
    /// Takes what was typed: `-` is a pipe, a folder gets a file named after the moment.
    #[must_use]
    pub fn of(typed: &Path, moment: &str) -> Self {
        if typed == Path::new("-") {
            Self::Pipe
        } else if typed.is_dir() {
            Self::Path(typed.join(format!("footnote-{moment}.{EXTENSION}")))
        } else {
            Self::Path(typed.to_owned())
        }
    }
}

impl std::fmt::Debug for Migration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Migration").field("from", &self.from.data_dir).finish_non_exhaustive()
    }
}

/// Lets a source fill a catalog, which nobody sees yet.
pub(super) async fn load<S>(
    source: impl Future<Output = Result<Option<S>>>,
    target: Target,
    receiver: Receiver<Parcel>,
    watch: Watch<'_>,
) -> Result<(S, Loader)> {
    let (sent, mut loader) = side_by_side(source, Loader::take(target, receiver, watch)).await?;
    loader.commit().await?;
    Ok((sent, loader))
}

/// Copies a catalog and its originals into an empty place, and compares both.
async fn copy(
    catalog: &Arc<Catalog>,
    from: &StoreOptions,
    to: &StoreOptions,
    watch: Watch<'_>,
) -> Result<TransferReport> {
    let landing = Landing::take(to).await?;
    let blobs = Blobs::beside(catalog, &from.data_dir);
    let source =
        Source { catalog, blobs: &blobs, selection: Selection::Everything, with_originals: true };
    let (sender, receiver) = channel();
    let moved = async {
        let (sent, loader) =
            load(source.send(sender, watch), landing.target(), receiver, watch).await?;
        loader.compare(&sent.tallies, watch).await?;
        Ok((sent.report(), loader))
    };
    match moved.await {
        Ok((report, loader)) => settle(landing, loader).await.map(|()| report),
        Err(error) => {
            landing.abandon().await;
            Err(error)
        }
    }
}

/// Brings what came up to date, and puts it in its place.
async fn settle(landing: Landing, loader: Loader) -> Result<()> {
    match loader.finish().await {
        Ok(()) => landing.finish().await,
        Err(error) => {
            landing.abandon().await;
            Err(error)
        }
    }
}

/// Opens an installation that has just come to be, and builds its index.
async fn build_index(options: &StoreOptions, watch: Watch<'_>) -> Result<()> {
    let options = StoreOptions { space: None, ..options.clone() };
    let store = Store::open_as_it_is(options).await?;
    let built = match store.space() {
        Some(_) => {
            let tell = |n_done: usize, n_documents: usize| {
                watch.tell(TransferStage::Index, n_done as u64, n_documents as u64);
            };
            store.reindex(&tell).await.map(drop)
        }
        None => Ok(()),
    };
    store.close().await?;
    built
}

/// Tells whether two installations are one.
fn is_same_place(from: &StoreOptions, to: &StoreOptions) -> bool {
    let place = |options: &StoreOptions| {
        let StoreConfig { catalog, .. } = &options.config;
        match &**catalog {
            "" => fs::canonicalize(&options.data_dir).unwrap_or_else(|_| options.data_dir.clone()),
            url => PathBuf::from(url),
        }
    };
    place(from) == place(to)
}
