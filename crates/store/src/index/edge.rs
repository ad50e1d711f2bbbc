//! The index in this process: a Qdrant shard, driven from threads that may block.
//!
//! Writes, flushes and optimizations follow each other under one lock, because the engine panics
//! when a flush meets a writer. Reads need no lock and go on meanwhile.

mod config;
mod request;
mod shard;

use async_trait::async_trait;
use footnote_core::access::Scope;
use footnote_core::id::{ChunkId, VersionId};
use footnote_core::index::{Hit, Hits, Index, IndexQuery, IndexedVersion, Point};
use footnote_core::{Error, Result};
use qdrant_edge::{
    CountRequest, FacetRequest, FacetValue, PointId, PointInsertOperations, PointOperations,
    ScoredPoint, UpdateOperation,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::check_dimension;
use super::layout::{self, EDGE_BATCH_POINTS, VERSION};
use shard::Shard;

/// How much nicer than the rest the thread is that rearranges the index.
const OPTIMIZER_NICENESS: i32 = 10;

/// A Qdrant shard on disk.
pub struct EdgeIndex {
    shard: Arc<Shard>,
    dimension: usize,
}

impl EdgeIndex {
    /// Opens the shard in a folder, or makes it there. Blocks on the disk.
    ///
    /// # Errors
    /// `Unavailable` when the folder holds no shard that can be read, or cannot be written.
    pub fn open(folder: &Path, dimension: usize) -> Result<Self> {
        Ok(Self { shard: Arc::new(Shard::open(folder, dimension)?), dimension })
    }

    /// Tells whether an earlier flush of the shard in a folder failed, so that what it holds is
    /// in doubt.
    #[must_use]
    pub fn is_doubtful(folder: &Path) -> bool {
        Self::doubt_marker(folder).exists()
    }

    fn doubt_marker(folder: &Path) -> PathBuf {
        folder.join(shard::DOUBT_MARKER)
    }

    /// Runs a piece of work of the engine on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shard) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shard = Arc::clone(&self.shard);
        spawn_blocking(move || work(&shard)).await.unwrap_or_else(|error| {
            Err(Error::unavailable("the index stopped in the middle of its work").because(error))
        })
    }
}

#[async_trait]
impl Index for EdgeIndex {
    async fn replace(&self, version: &IndexedVersion, points: Vec<Point>) -> Result<()> {
        points.iter().try_for_each(|point| check_dimension(self.dimension, &point.dense))?;
        let version = version.clone();
        self.blocking(move |shard| replace(shard, &version, points)).await
    }

    async fn remove(&self, version: VersionId) -> Result<()> {
        let removal = request::of_version(version)?;
        self.blocking(move |shard| {
            shard.update(point_operation(PointOperations::DeletePointsByFilter(removal)))
        })
        .await
    }

    async fn search(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits> {
        if let Some(dense) = &query.dense {
            check_dimension(self.dimension, dense)?;
        }
        if scope.is_nothing() {
            return Ok(Hits::default());
        }
        let requests = request::searches(scope, query)?;
        self.blocking(move |shard| {
            let list = |request| shard.query(request).and_then(|found| hits(&found));
            let dense = requests.dense.map(list).transpose()?.unwrap_or_default();
            let lexical = requests.lexical.map(list).transpose()?.unwrap_or_default();
            Ok(Hits { dense, lexical })
        })
        .await
    }

    async fn term_weights(&self, terms: &[u32]) -> Result<Vec<f32>> {
        let terms = terms.to_vec();
        self.blocking(move |shard| {
            let n_points = shard.n_points();
            terms.iter().map(|term| term_weight(shard, *term, n_points)).collect()
        })
        .await
    }

    async fn versions(&self) -> Result<HashMap<VersionId, usize>> {
        let request = FacetRequest {
            key: config::field(VERSION)?,
            limit: usize::MAX,
            filter: None,
            exact: true,
        };
        let response = self.blocking(move |shard| shard.facet(request)).await?;
        let counted = response.hits.into_iter().filter_map(|hit| {
            let FacetValue::Uuid(version) = hit.value else { return None };
            (0 < hit.count).then(|| (VersionId::from_uuid(Uuid::from_u128(version)), hit.count))
        });
        Ok(counted.collect())
    }

    async fn count(&self) -> Result<usize> {
        self.blocking(|shard| shard.count(CountRequest { filter: None, exact: true })).await
    }

    async fn flush(&self) -> Result<()> {
        self.blocking(Shard::flush).await
    }

    async fn optimize(&self) -> Result<()> {
        let shard = Arc::clone(&self.shard);
        let (done, outcome) = oneshot::channel();
        thread::Builder::new()
            .name("index-optimizer".to_owned())
            .spawn(move || {
                yield_to_others();
                // The caller may have gone away; the work was worth doing all the same.
                drop(done.send(shard.optimize()));
            })
            .map_err(|error| Error::unavailable("cannot start a thread").because(error))?;
        outcome.await.unwrap_or_else(|error| {
            Err(Error::unavailable("the index could not be rearranged").because(error))
        })
    }
}

fn replace(shard: &Shard, version: &IndexedVersion, points: Vec<Point>) -> Result<()> {
    let n_points = points.len();
    let ids: Vec<PointId> = points.iter().map(|point| point_id(point.chunk)).collect();
    let mut points = points.into_iter();
    loop {
        let batch: Vec<Point> = points.by_ref().take(EDGE_BATCH_POINTS).collect();
        if batch.is_empty() {
            break;
        }
        let batch = request::stored_points(version, batch)?;
        let batch = PointInsertOperations::PointsList(batch);
        shard.update(point_operation(PointOperations::UpsertPoints(batch)))?;
    }
    let filter = Some(request::of_version(version.version)?);
    if shard.count(CountRequest { filter, exact: true })? == n_points {
        return Ok(());
    }
    let others = request::of_version_except(version.version, ids)?;
    shard.update(point_operation(PointOperations::DeletePointsByFilter(others)))
}

/// Measures a term's inverse document frequency: what the engine makes of one point that has it.
fn term_weight(shard: &Shard, term: u32, n_points: usize) -> Result<f32> {
    let found = shard.query(request::probe(term))?;
    let found = found.first().and_then(|point| {
        let (indices, values) = request::stored_terms(point)?;
        Some((point.score, indices, values))
    });
    Ok(layout::term_weight(term, found, n_points))
}

fn hits(found: &[ScoredPoint]) -> Result<Vec<Hit>> {
    found.iter().map(|point| Ok(Hit { chunk: chunk_id(point.id)?, score: point.score })).collect()
}

fn point_id(chunk: ChunkId) -> PointId {
    PointId::Uuid(chunk.as_uuid())
}

fn chunk_id(id: PointId) -> Result<ChunkId> {
    match id {
        PointId::Uuid(uuid) => Ok(ChunkId::from_uuid(uuid)),
        PointId::NumId(_) => Err(Error::internal("the index holds a point that is not a chunk")),
    }
}

fn point_operation(operation: PointOperations) -> UpdateOperation {
    UpdateOperation::PointOperation(operation)
}

/// Lowers the priority of this thread, so that questions come first.
fn yield_to_others() {
    if let Err(error) = rustix::process::nice(OPTIMIZER_NICENESS) {
        tracing::debug!(%error, "the index is rearranged at normal priority");
    }
}
