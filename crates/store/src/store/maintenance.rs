//! Maintenance: rebuilding, making durable, rearranging, comparing and checking.

use footnote_core::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

use super::{CATALOG_FILE, Store};
use crate::outbox::ReconcileReport;

/// What a rebuild of the index did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReindexReport {
    /// How many points the new index has.
    pub n_points: usize,
}

/// The health and the size of a data directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegrityReport {
    /// What is wrong with the catalog; empty when nothing is.
    pub problems: Vec<String>,
    /// The newest migration of the catalog.
    pub schema_version: i64,
    /// Outbox rows that wait for the next checkpoint.
    pub n_outbox_rows: usize,
    /// The size of the catalog on disk.
    pub catalog_bytes: u64,
    /// The size of the index on disk.
    pub index_bytes: u64,
    /// The size of the kept originals on disk.
    pub blobs_bytes: u64,
}

impl Store {
    /// Throws the index away and rebuilds it from the catalog's vectors, without embedding. The
    /// old one serves until the new one is complete; progress is told in documents.
    ///
    /// # Errors
    /// `Invalid` when the store has no space yet, `Unavailable` when the index cannot be written.
    pub async fn reindex(
        &self,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<ReindexReport> {
        let n_points = self.engine()?.rebuild(progress).await?;
        self.settle_removals().await?;
        self.checkpoint().await?;
        Ok(ReindexReport { n_points })
    }

    /// Makes the index durable and forgets the outbox rows that were applied before.
    ///
    /// # Errors
    /// `Unavailable` when the index or the catalog cannot be written.
    pub async fn checkpoint(&self) -> Result<()> {
        match &self.engine {
            Some(engine) => self.with_reserve(|| engine.checkpoint()).await,
            None => Ok(()),
        }
    }

    /// Rearranges the index so that searching is fast.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be written.
    pub async fn optimize(&self) -> Result<()> {
        match &self.engine {
            Some(engine) => engine.optimize().await,
            None => Ok(()),
        }
    }

    /// Compares the index with the catalog version by version and changes nothing; what the report
    /// calls mended is what [`reconcile`](Self::reconcile) would write again, and remove.
    ///
    /// # Errors
    /// As [`reconcile`](Self::reconcile).
    pub async fn compare(&self) -> Result<ReconcileReport> {
        let engine = self.engine()?;
        if engine.spaces().serving.is_none() {
            return Ok(ReconcileReport::default());
        }
        engine.compare().await
    }

    /// Compares the index with the catalog version by version and repairs what differs.
    ///
    /// # Errors
    /// `Conflict` when another process holds the index, `Unavailable` when the index or the
    /// catalog cannot be used.
    pub async fn reconcile(&self) -> Result<ReconcileReport> {
        let engine = self.engine()?;
        if engine.spaces().serving.is_none() {
            return Ok(ReconcileReport::default());
        }
        engine.reconcile().await
    }

    /// Lets the catalog check itself and measures the data directory.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn integrity(&self) -> Result<IntegrityReport> {
        let data_dir = self.data_dir.clone();
        let measure = move || {
            let database = |suffix| data_dir.join(format!("{CATALOG_FILE}{suffix}"));
            let catalog = ["", "-wal", "-shm"].map(|suffix| size_bytes(&database(suffix)));
            let [index, blobs] = ["index", "blobs"].map(|name| size_bytes(&data_dir.join(name)));
            (catalog.iter().sum(), index, blobs)
        };
        let (catalog_bytes, index_bytes, blobs_bytes) = spawn_blocking(measure)
            .await
            .map_err(|error| Error::internal("cannot measure the data directory").because(error))?;
        Ok(IntegrityReport {
            problems: self.catalog.problems().await?,
            schema_version: self.catalog.schema_version().await?,
            n_outbox_rows: self.catalog.n_outbox_rows().await?,
            catalog_bytes: self.catalog.size_on_server().await?.unwrap_or(catalog_bytes),
            index_bytes,
            blobs_bytes,
        })
    }
}

/// Returns how much of the disk a file takes, or everything in a folder. What cannot be read counts
/// nothing.
fn size_bytes(path: &Path) -> u64 {
    let mut waiting: Vec<PathBuf> = vec![path.to_owned()];
    let mut total = 0;
    while let Some(path) = waiting.pop() {
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        total += if metadata.is_file() { on_disk(&metadata) } else { 0 };
        if let Ok(entries) = fs::read_dir(&path) {
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    total
}

/// Returns how much of the disk a file takes: the index makes files larger than what they hold.
#[cfg(unix)]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.blocks() * 512
}

/// Returns how long a file is; this system does not say what it takes.
#[cfg(not(unix))]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}
