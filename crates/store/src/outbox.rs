//! Keeps the index in step with the catalog: settles what the outbox asks for, makes it durable.

use footnote_core::id::VersionId;
use footnote_core::index::{Index, Point};
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use crate::catalog::Catalog;
use crate::catalog::embeddings::EmbeddedChunk;
use crate::catalog::outbox::Wanted;
use crate::sparse::passage_vector;

/// Settles versions of one space in one index. Whoever uses it holds the store's settling lock,
/// so that what is read from the catalog is still true when the index is changed.
pub(crate) struct Settler<'a> {
    /// The truth.
    pub(crate) catalog: &'a Catalog,
    /// What is to match it.
    pub(crate) index: &'a dyn Index,
    /// What makes the words of a chunk.
    pub(crate) analyzer: &'a Arc<dyn Analyzer>,
    /// The space whose vectors the index holds.
    pub(crate) space: i64,
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whether it can be found now.
    pub(crate) is_live: bool,
    /// How many points were written for it.
    pub(crate) n_points: usize,
}

/// How index and catalog compare, and what was repaired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReconcileReport {
    /// Live versions in the catalog.
    pub n_versions: usize,
    /// Chunks of live versions in the catalog.
    pub n_chunks: usize,
    /// Points in the index before the repair.
    pub n_points: usize,
    /// Live versions whose points were missing or too many; they were written again.
    pub n_mended: usize,
    /// Versions that have points but are not live; their points were removed.
    pub n_orphans: usize,
}

impl Settler<'_> {
    /// Makes the points of a version match its state, then publishes it if it was waiting for
    /// that. Does nothing when the outbox does not ask for it.
    pub(crate) async fn settle(&self, version: VersionId) -> Result<Settled> {
        let Some(task) = self.catalog.unsettled(version).await? else {
            let is_live = self.catalog.is_live(version).await?;
            return Ok(Settled { is_live, n_points: 0 });
        };
        if task.wanted == Wanted::Nothing {
            self.index.remove(version).await?;
            self.catalog.mark_applied(version, task.up_to).await?;
            return Ok(Settled { is_live: false, n_points: 0 });
        }
        let points = self.points(version).await?;
        let n_points = points.len();
        self.index.replace(&task.version, points).await?;
        let is_live = if task.wanted == Wanted::PointsThenLive {
            self.catalog.make_live(version, task.up_to).await?
        } else {
            self.catalog.mark_applied(version, task.up_to).await?;
            true
        };
        Ok(Settled { is_live, n_points })
    }

    /// Removes the points of versions that were superseded or removed.
    pub(crate) async fn settle_removals(&self) -> Result<()> {
        for version in self.catalog.pending_removals().await? {
            self.settle(version).await?;
        }
        Ok(())
    }

    /// Makes the index durable and forgets the outbox rows that were applied before.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        let rows = self.catalog.applied_rows().await?;
        self.index.flush().await?;
        self.catalog.forget_rows(&rows).await
    }

    /// Compares the index with the catalog version by version and repairs what differs.
    pub(crate) async fn reconcile(&self) -> Result<ReconcileReport> {
        let live = self.catalog.live_versions().await?;
        let indexed = self.index.versions().await?;
        let n_points = |version: &VersionId| indexed.get(version).copied().unwrap_or_default();
        let amiss: Vec<VersionId> = live
            .iter()
            .filter(|(version, n_chunks)| n_points(version) != **n_chunks)
            .map(|(version, _)| *version)
            .collect();
        let orphans: Vec<VersionId> =
            indexed.keys().filter(|version| !live.contains_key(version)).copied().collect();
        self.catalog.resettle(&amiss).await?;
        for version in &amiss {
            self.settle(*version).await?;
        }
        for orphan in &orphans {
            self.index.remove(*orphan).await?;
        }
        self.checkpoint().await?;
        Ok(ReconcileReport {
            n_versions: live.len(),
            n_chunks: live.values().sum(),
            n_points: indexed.values().sum(),
            n_mended: amiss.len(),
            n_orphans: orphans.len(),
        })
    }

    /// Makes the points of a version from the catalog alone: the same again, whenever it is asked.
    pub(crate) async fn points(&self, version: VersionId) -> Result<Vec<Point>> {
        let chunks = self.catalog.embedded_chunks(self.space, version).await?;
        let analyzer = Arc::clone(self.analyzer);
        let work = move || chunks.into_iter().map(|chunk| point(chunk, &*analyzer)).collect();
        spawn_blocking(work)
            .await
            .map_err(|error| Error::internal("the words of a document got lost").because(error))
    }
}

fn point(chunk: EmbeddedChunk, analyzer: &dyn Analyzer) -> Point {
    Point { chunk: chunk.id, dense: chunk.vector, sparse: passage_vector(analyzer, &chunk.text) }
}
