//! Makes the index match the catalog, one version at a time.

use footnote_core::id::VersionId;
use footnote_core::index::{Index, Point};
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use crate::catalog::Catalog;
use crate::catalog::embeddings::EmbeddedChunk;
use crate::catalog::jobs::ForItem;
use crate::catalog::outbox::{Unsettled, Wanted};
use crate::sparse::passage_vector;

/// Settles versions in the index that serves. Whoever uses it holds the right to, so that what is
/// read from the catalog is still true when the index is changed.
pub(crate) struct Settler<'a> {
    /// The truth.
    pub(crate) catalog: &'a Catalog,
    /// What makes the words of a chunk.
    pub(crate) analyzer: &'a Arc<dyn Analyzer>,
    /// The space whose vectors the index holds.
    pub(crate) space: i64,
    /// What is to match the catalog.
    pub(crate) index: &'a dyn Index,
    /// The index of the space that served before: what is removed is removed there too.
    pub(crate) retired: Option<&'a dyn Index>,
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whether the outbox asked for it to be settled.
    pub(crate) is_known: bool,
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
    /// that; the item for which it was written, if any, ends with that. Does nothing when the
    /// outbox does not ask for it.
    ///
    /// # Errors
    /// `Conflict` when the item was lost: then the version is not published.
    pub(crate) async fn settle_for(
        &self,
        version: VersionId,
        item: Option<ForItem<'_>>,
    ) -> Result<Settled> {
        let Some(task) = self.catalog.unsettled(version).await? else {
            let is_live = self.catalog.is_live(version).await?;
            if let Some(item) = item.filter(|_| is_live) {
                self.catalog.end_ready(item, version).await?;
            }
            return Ok(Settled { is_known: false, is_live, n_points: 0 });
        };
        if task.wanted == Wanted::Nothing {
            self.index.remove(version).await?;
            if let Some(retired) = self.retired {
                retired.remove(version).await?;
            }
            self.catalog.mark_applied(version, task.up_to).await?;
            return Ok(Settled { is_known: true, is_live: false, n_points: 0 });
        }
        let Some(points) = self.points(version).await? else {
            return self.give_up(&task).await;
        };
        let n_points = points.len();
        self.index.replace(&task.version, points).await?;
        let is_live = if task.wanted == Wanted::PointsThenLive {
            self.catalog.make_live(version, task.up_to, item).await?
        } else {
            self.catalog.mark_applied(version, task.up_to).await?;
            if let Some(item) = item {
                self.catalog.end_ready(item, version).await?;
            }
            true
        };
        Ok(Settled { is_known: true, is_live, n_points })
    }

    async fn points(&self, version: VersionId) -> Result<Option<Vec<Point>>> {
        let Self { catalog, analyzer, space, .. } = *self;
        Pointer { catalog, analyzer, space }.points(version).await
    }

    /// Ends the work on a version whose chunks are not all embedded in this space. That happens to
    /// one that was written while the embedding model was changed: it is not published, and its
    /// writer begins again.
    async fn give_up(&self, task: &Unsettled) -> Result<Settled> {
        let version = task.version.version;
        let is_live = task.wanted == Wanted::Points;
        if is_live {
            tracing::error!(%version, "a document has lost its vectors and is to be ingested again");
        } else {
            self.catalog.withdraw_unembedded(version).await?;
            self.index.remove(version).await?;
        }
        self.catalog.mark_applied(version, task.up_to).await?;
        Ok(Settled { is_known: true, is_live, n_points: 0 })
    }
}

/// Makes the points of versions in one space.
pub(crate) struct Pointer<'a> {
    /// Where text and vectors are.
    pub(crate) catalog: &'a Catalog,
    /// What makes the words of a chunk.
    pub(crate) analyzer: &'a Arc<dyn Analyzer>,
    /// The space whose vectors are taken.
    pub(crate) space: i64,
}

impl Pointer<'_> {
    /// Makes the points of a version from the catalog alone: the same again, whenever it is asked.
    /// `None` when a chunk has no vector in the space.
    pub(crate) async fn points(&self, version: VersionId) -> Result<Option<Vec<Point>>> {
        let chunks = self.catalog.embedded_chunks(self.space, version).await?;
        let analyzer = Arc::clone(self.analyzer);
        let work = move || chunks.into_iter().map(|chunk| point(chunk, &*analyzer)).collect();
        spawn_blocking(work)
            .await
            .map_err(|error| Error::internal("the words of a document got lost").because(error))
    }
}

fn point(chunk: EmbeddedChunk, analyzer: &dyn Analyzer) -> Option<Point> {
    let EmbeddedChunk { id, text, vector } = chunk;
    Some(Point { chunk: id, dense: vector?, sparse: passage_vector(analyzer, &text) })
}
