//! An index that fails when it is told to.

use async_trait::async_trait;
use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::index::{Hits, Index, IndexQuery, IndexedVersion, Point};
use footnote_core::{Error, Result};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Faults;

/// An index, with faults before every call.
pub(super) struct FaultyIndex {
    pub(super) index: Arc<dyn Index>,
    pub(super) faults: Faults,
}

impl FaultyIndex {
    fn step(&self) -> Result<()> {
        self.faults
            .step()
            .map_err(|error| Error::unavailable("cannot use the search index").because(error))
    }
}

#[async_trait]
impl Index for FaultyIndex {
    async fn replace(&self, version: &IndexedVersion, points: Vec<Point>) -> Result<()> {
        self.step()?;
        self.index.replace(version, points).await
    }

    async fn remove(&self, version: VersionId) -> Result<()> {
        self.step()?;
        self.index.remove(version).await
    }

    async fn search(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits> {
        self.step()?;
        self.index.search(scope, query).await
    }

    async fn term_weights(&self, terms: &[u32]) -> Result<Vec<f32>> {
        self.step()?;
        self.index.term_weights(terms).await
    }

    async fn versions(&self) -> Result<HashMap<VersionId, usize>> {
        self.step()?;
        self.index.versions().await
    }

    async fn count(&self) -> Result<usize> {
        self.step()?;
        self.index.count().await
    }

    async fn flush(&self) -> Result<()> {
        self.step()?;
        self.index.flush().await
    }

    fn durable_after(&self) -> Duration {
        self.index.durable_after()
    }

    async fn optimize(&self) -> Result<()> {
        self.step()?;
        self.index.optimize().await
    }
}
