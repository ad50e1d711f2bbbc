//! Keeping the index in step: what the outbox asks for is applied, made durable and forgotten.

use footnote_core::Result;
use footnote_core::id::VersionId;
use std::sync::Arc;

use super::{Backlog, Engine};
use crate::catalog::jobs::ForItem;
use crate::outbox::{ReconcileReport, Settled, Settler};

/// After how long somebody else finishes what a process has written and not published: it must
/// have ended by then.
const LEFT_BEHIND_MS: i64 = 60_000;

/// How many versions of others are settled before the index is let go for a moment.
const VERSIONS_PER_TURN: usize = 256;

/// How an index differs from the catalog.
struct Difference {
    /// Live versions whose points are missing or too many.
    amiss: Vec<VersionId>,
    /// Versions that have points but are not live.
    orphans: Vec<VersionId>,
    report: ReconcileReport,
}

impl Engine {
    /// Makes the points of a version that this process wrote match its state, which publishes it,
    /// and makes the index durable and fast when enough was written. The item for which the version
    /// was written, if any, ends with its publication.
    pub(in crate::store) async fn publish(
        &self,
        version: VersionId,
        item: Option<ForItem<'_>>,
    ) -> Result<Settled> {
        let mut backlog = self.hold().await;
        let settled = self.settle_for(version, item).await?;
        self.settle_removals_held().await?;
        backlog.n_versions += 1;
        backlog.n_points += settled.n_points;
        self.tidy(&mut backlog).await?;
        Ok(settled)
    }

    /// Removes the points of versions that were superseded or removed.
    pub(in crate::store) async fn settle_removals(&self) -> Result<()> {
        let _backlog = self.hold().await;
        self.settle_removals_held().await
    }

    async fn settle_removals_held(&self) -> Result<()> {
        for version in self.catalog.pending_removals().await? {
            self.settle(version).await?;
        }
        Ok(())
    }

    /// Settles what other processes left to be done: removals at once, and versions whose writer
    /// must have ended. Returns how many there were.
    pub(in crate::store) async fn settle_left_behind(&self) -> Result<usize> {
        if self.spaces().serving.is_none() {
            return Ok(0);
        }
        let before_ms = self.catalog.now_ms() - LEFT_BEHIND_MS;
        let versions = self.catalog.left_behind(before_ms, VERSIONS_PER_TURN).await?;
        if versions.is_empty() {
            return Ok(0);
        }
        let mut backlog = self.hold().await;
        for version in &versions {
            backlog.n_points += self.settle(*version).await?.n_points;
        }
        backlog.n_versions += versions.len();
        self.tidy(&mut backlog).await?;
        Ok(versions.len())
    }

    /// Applies again whatever the index may have lost.
    pub(super) async fn replay(&self) -> Result<()> {
        let mut backlog = self.hold().await;
        let versions = self.catalog.reopen_outbox().await?;
        for version in &versions {
            backlog.n_points += self.settle(*version).await?.n_points;
        }
        self.settle_removals_held().await?;
        if !versions.is_empty() {
            tracing::info!(version.count = versions.len(), "applied the outbox to the index");
            self.checkpoint_held(&mut backlog).await?;
        }
        Ok(())
    }

    /// As [`replay`](Self::replay), for an index that did not answer for a while.
    pub(in crate::store) async fn replay_after_outage(&self) -> Result<()> {
        tracing::info!("the index answers again; what was written lately is applied again");
        self.replay().await
    }

    /// Compares the index with the catalog version by version and changes nothing.
    pub(in crate::store) async fn compare(&self) -> Result<ReconcileReport> {
        let _backlog = self.hold().await;
        Ok(self.difference().await?.report)
    }

    /// Compares the index with the catalog version by version and repairs what differs.
    pub(in crate::store) async fn reconcile(&self) -> Result<ReconcileReport> {
        let mut backlog = self.hold().await;
        let serving = self.serving()?;
        let Difference { amiss, orphans, report } = self.difference().await?;
        self.catalog.resettle(&amiss).await?;
        self.catalog.resettle(&orphans).await?;
        for version in &amiss {
            self.settle(*version).await?;
        }
        for orphan in &orphans {
            if !self.settle(*orphan).await?.is_known {
                serving.index.remove(*orphan).await?;
            }
        }
        self.checkpoint_held(&mut backlog).await?;
        Ok(report)
    }

    /// Finds how the index differs from the catalog. The caller holds the backlog.
    async fn difference(&self) -> Result<Difference> {
        let serving = self.serving()?;
        // The index is asked first: what is published in between is then not taken for missing
        // in the catalog.
        let indexed = serving.index.versions().await?;
        let live = self.catalog.live_versions().await?;
        let n_points = |version: &VersionId| indexed.get(version).copied().unwrap_or_default();
        let amiss: Vec<VersionId> = live
            .iter()
            .filter(|(version, n_chunks)| n_points(version) != **n_chunks)
            .map(|(version, _)| *version)
            .collect();
        let orphans: Vec<VersionId> =
            indexed.keys().filter(|version| !live.contains_key(version)).copied().collect();
        let report = ReconcileReport {
            n_versions: live.len(),
            n_chunks: live.values().sum(),
            n_points: indexed.values().sum(),
            n_mended: amiss.len(),
            n_orphans: orphans.len(),
        };
        Ok(Difference { amiss, orphans, report })
    }

    /// Makes the indexes durable and forgets the outbox rows that were applied before.
    pub(in crate::store) async fn checkpoint(&self) -> Result<()> {
        let mut backlog = self.hold().await;
        self.checkpoint_held(&mut backlog).await
    }

    async fn checkpoint_held(&self, backlog: &mut Backlog) -> Result<()> {
        let spaces = self.spaces();
        let Some(serving) = &spaces.serving else { return Ok(()) };
        let after_ms = i64::try_from(serving.index.durable_after().as_millis()).unwrap_or(i64::MAX);
        let rows = self.catalog.applied_rows(self.catalog.now_ms() - after_ms).await?;
        serving.index.flush().await?;
        if let Some(retired) = spaces.retired_index() {
            retired.flush().await?;
        }
        self.catalog.forget_rows(&rows).await?;
        backlog.n_versions = 0;
        Ok(())
    }

    /// Rearranges the index so that searching is fast.
    pub(in crate::store) async fn optimize(&self) -> Result<()> {
        let Some(serving) = self.spaces().serving else { return Ok(()) };
        let n_points = std::mem::take(&mut self.hold().await.n_points);
        let optimized = serving.index.optimize().await;
        if optimized.is_err() {
            self.hold().await.n_points += n_points;
        }
        optimized
    }

    /// Makes what was written durable, and has it rearranged in the background.
    pub(in crate::store) async fn settle_down(&self) -> Result<()> {
        let mut backlog = self.hold().await;
        self.checkpoint_held(&mut backlog).await?;
        if 0 < std::mem::take(&mut backlog.n_points) {
            self.optimize_in_background();
        }
        Ok(())
    }

    /// Makes the index durable and rearranges it when enough was written.
    async fn tidy(&self, backlog: &mut Backlog) -> Result<()> {
        if self.config.checkpoint_documents <= backlog.n_versions {
            self.checkpoint_held(backlog).await?;
        }
        if self.config.optimize_chunks <= backlog.n_points {
            self.optimize_in_background();
            backlog.n_points = 0;
        }
        Ok(())
    }

    /// Rearranges the index without making anybody wait for it.
    fn optimize_in_background(&self) {
        let Some(serving) = self.spaces().serving else { return };
        let index = Arc::clone(&serving.index);
        tokio::spawn(async move {
            if let Err(error) = index.optimize().await {
                tracing::warn!(error = error.chain(), "the index was not rearranged");
            }
        });
    }

    async fn settle(&self, version: VersionId) -> Result<Settled> {
        self.settle_for(version, None).await
    }

    /// Makes the points of a version match its state. The caller holds the backlog.
    async fn settle_for(&self, version: VersionId, item: Option<ForItem<'_>>) -> Result<Settled> {
        let right = self.catalog.right_to_settle(version).await?;
        if self.is_shared() {
            // Nobody can switch while the right is held: what is open now is what serves.
            self.refresh().await?;
        }
        let spaces = self.spaces();
        let serving = spaces.serving()?;
        let settler = Settler {
            catalog: &self.catalog,
            analyzer: &self.analyzer,
            space: serving.space.id,
            index: &*serving.index,
            retired: spaces.retired_index(),
        };
        let settled = settler.settle_for(version, item).await;
        right.end().await?;
        settled
    }
}
