//! The index on a Qdrant server or cluster, which any number of processes may share.
//!
//! One collection holds one generation of an installation's index. It is laid out like the index in
//! a process ([`edge`](super::edge)), which is the same engine: the same filters, settings and
//! terms, so both find the same passages in the same order. With several shards, each weighs terms
//! by its own points; their scores then differ by about the square root of a shard's size.
//!
//! The server flushes and rearranges by itself. Everything is asked again for a while when it may
//! pass, because every request may be repeated; nothing waits for ever.

mod collection;
mod connection;
mod failure;
mod points;
mod request;
mod server;

use async_trait::async_trait;
use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::index::{Hits, Index, IndexQuery, IndexedVersion, Point};
use footnote_core::{Error, Result};
use qdrant_client::Qdrant;
use qdrant_client::qdrant::{DeletePoints, QueryPoints, ScoredPoint, UpdateStatus, UpsertPoints};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::check_dimension;
use connection::Connection;
use request::{Count, List};
pub use server::{QdrantOptions, QdrantServer};

/// How long after it was told of a write the server has surely made it durable: it flushes every
/// few seconds, and replicas that missed it catch up meanwhile.
const DURABLE_AFTER: Duration = Duration::from_mins(5);

/// One generation of an index on a Qdrant server.
pub struct QdrantIndex {
    connection: Arc<Connection>,
    collection: String,
    dimension: usize,
}

impl QdrantIndex {
    async fn upsert(&self, request: UpsertPoints) -> Result<()> {
        let response = self.connection.work("write to", request, Qdrant::upsert_points).await?;
        self.applied(response.result.map(|result| result.status()))
    }

    async fn delete(&self, request: DeletePoints) -> Result<()> {
        let response = self.connection.work("write to", request, Qdrant::delete_points).await?;
        self.applied(response.result.map(|result| result.status()))
    }

    /// Refuses a write that the server has taken, but not finished.
    fn applied(&self, status: Option<UpdateStatus>) -> Result<()> {
        match status {
            Some(UpdateStatus::Completed | UpdateStatus::Acknowledged) => Ok(()),
            Some(
                UpdateStatus::WaitTimeout
                | UpdateStatus::ClockRejected
                | UpdateStatus::UnknownUpdateStatus,
            )
            | None => Err(self.connection.is_behind()),
        }
    }

    /// Asks for several lists at once.
    async fn lists(&self, requests: Vec<QueryPoints>) -> Result<Vec<Vec<ScoredPoint>>> {
        let n_lists = requests.len();
        let request = request::batch(&self.collection, requests);
        let response = self.connection.question(request, Qdrant::query_batch).await?;
        if response.result.len() != n_lists {
            return Err(Error::internal("the Qdrant server has answered another question"));
        }
        Ok(response.result.into_iter().map(|list| list.result).collect())
    }

    async fn count_points(&self, how: Count) -> Result<usize> {
        let request = request::count(&self.collection, how);
        let response = self.connection.work("count", request, Qdrant::count).await?;
        Ok(points::number(response.result.map(|result| result.count).unwrap_or_default()))
    }
}

#[async_trait]
impl Index for QdrantIndex {
    async fn replace(&self, version: &IndexedVersion, points: Vec<Point>) -> Result<()> {
        points.iter().try_for_each(|point| check_dimension(self.dimension, &point.dense))?;
        let kept: Vec<_> = points.iter().map(|point| points::id(point.chunk)).collect();
        for batch in points::batches(version, points) {
            self.upsert(request::upsert(&self.collection, batch)).await?;
        }
        self.delete(request::removal_except(&self.collection, version.version, kept)).await
    }

    async fn remove(&self, version: VersionId) -> Result<()> {
        self.delete(request::removal(&self.collection, version)).await
    }

    async fn search(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits> {
        if let Some(dense) = &query.dense {
            check_dimension(self.dimension, dense)?;
        }
        let wanted = request::search(&self.collection, scope, query);
        if scope.is_nothing() || wanted.is_empty() {
            return Ok(Hits::default());
        }
        let (lists, requests): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let mut hits = Hits::default();
        for (list, found) in lists.into_iter().zip(self.lists(requests).await?) {
            match list {
                List::Dense => hits.dense = points::hits(&found)?,
                List::Lexical => hits.lexical = points::hits(&found)?,
            }
        }
        Ok(hits)
    }

    async fn term_weights(&self, terms: &[u32]) -> Result<Vec<f32>> {
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let probes = terms.iter().map(|term| request::probe(&self.collection, *term)).collect();
        let found = self.lists(probes).await?;
        let is_any_unknown = found.iter().any(Vec::is_empty);
        let n_points = if is_any_unknown { self.count_points(Count::About).await? } else { 0 };
        let weights = terms.iter().zip(&found);
        Ok(weights.map(|(term, found)| points::weight(*term, found, n_points)).collect())
    }

    async fn versions(&self) -> Result<HashMap<VersionId, usize>> {
        let request = request::facet(&self.collection);
        let response = self.connection.work("count", request, Qdrant::facet).await?;
        response.hits.into_iter().map(points::counted).collect()
    }

    async fn count(&self) -> Result<usize> {
        self.count_points(Count::Exactly).await
    }

    /// Does nothing: the server writes by itself, see [`durable_after`](Index::durable_after).
    async fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn durable_after(&self) -> Duration {
        DURABLE_AFTER
    }

    /// Does nothing: the server rearranges by itself.
    async fn optimize(&self) -> Result<()> {
        Ok(())
    }
}
