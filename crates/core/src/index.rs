//! The seam to the vector index: a cache of the catalog that can be thrown away and rebuilt.

use async_trait::async_trait;
use std::collections::HashMap;
use std::time::Duration;

use crate::Result;
use crate::access::Scope;
use crate::id::{ChunkId, CollectionId, DocumentId, VersionId};
use crate::model::Embedding;
use crate::query::Filter;

/// A sparse vector: term hashes and weights, term hashes ascending and distinct.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SparseVector {
    /// The hashed terms.
    pub indices: Vec<u32>,
    /// The weight of each.
    pub values: Vec<f32>,
}

/// One chunk as the index keeps it: vectors and what filters need, never text.
#[derive(Debug, Clone)]
pub struct Point {
    /// The chunk; also the point's id.
    pub chunk: ChunkId,
    /// What it means.
    pub dense: Embedding,
    /// Its words, weighted.
    pub sparse: SparseVector,
}

/// The version that points belong to, with what filters need.
#[derive(Debug, Clone)]
pub struct IndexedVersion {
    /// The collection; the tenant key of the index.
    pub collection: CollectionId,
    /// The document.
    pub document: DocumentId,
    /// The version.
    pub version: VersionId,
    /// The media type.
    pub media_type: String,
}

/// What is asked of the index.
#[derive(Debug, Clone)]
pub struct IndexQuery {
    /// The question as a vector.
    pub dense: Option<Embedding>,
    /// The question's words.
    pub sparse: Option<SparseVector>,
    /// How many hits each list may have.
    pub limit: usize,
    /// What must hold for a point to be found.
    pub filter: Filter,
}

/// A point that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The chunk.
    pub chunk: ChunkId,
    /// The score in its list.
    pub score: f32,
}

/// The two lists of a search, best first.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    /// By meaning.
    pub dense: Vec<Hit>,
    /// By words.
    pub lexical: Vec<Hit>,
}

/// Keeps vectors and finds the nearest.
///
/// Every backend promises: [`replace`](Self::replace) and [`remove`](Self::remove) may be repeated
/// without changing the outcome; only points of collections in the scope are found; what was
/// written before [`flush`](Self::flush) began survives a crash after it returned.
#[async_trait]
pub trait Index: Send + Sync {
    /// Puts the points of a version in place of all others of that version.
    ///
    /// # Errors
    /// `Invalid` for a wrong dimension, `Unavailable` when the index cannot be written.
    async fn replace(&self, version: &IndexedVersion, points: Vec<Point>) -> Result<()>;

    /// Removes every point of a version.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be written.
    async fn remove(&self, version: VersionId) -> Result<()>;

    /// Finds the nearest points in the scope.
    ///
    /// # Errors
    /// `Invalid` for a wrong dimension, `Unavailable` when the index cannot be read.
    async fn search(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits>;

    /// Returns what each hashed term weighs in this index: its inverse document frequency.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn term_weights(&self, terms: &[u32]) -> Result<Vec<f32>>;

    /// Counts the points of each version.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn versions(&self) -> Result<HashMap<VersionId, usize>>;

    /// Counts the points.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    async fn count(&self) -> Result<usize>;

    /// Makes everything written so far durable.
    ///
    /// # Errors
    /// `Unavailable` when it cannot, e.g. when the disk is full.
    async fn flush(&self) -> Result<()>;

    /// Returns how long before a [`flush`](Self::flush) something must have been written for the
    /// flush to make it durable. Nothing, unless a server decides by itself when it writes.
    fn durable_after(&self) -> Duration {
        Duration::ZERO
    }

    /// Rearranges what was written so that searching is fast. Reads and writes go on meanwhile.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be written.
    async fn optimize(&self) -> Result<()>;
}
