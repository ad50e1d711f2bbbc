//! An index in memory that compares the question with every point: for tests and small things.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::index::{Hit, Hits, Index, IndexQuery, IndexedVersion, Point, SparseVector};
use footnote_core::query::Filter;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::check_dimension;

/// Keeps every point in memory and scans them all.
#[derive(Debug)]
pub struct MemoryIndex {
    dimension: usize,
    versions: RwLock<HashMap<VersionId, (IndexedVersion, Vec<Point>)>>,
}

type Versions = HashMap<VersionId, (IndexedVersion, Vec<Point>)>;

impl MemoryIndex {
    /// Makes an empty index for vectors of a dimension.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        Self { dimension, versions: RwLock::default() }
    }

    fn read(&self) -> RwLockReadGuard<'_, Versions> {
        self.versions.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Index for MemoryIndex {
    async fn replace(&self, version: &IndexedVersion, points: Vec<Point>) -> Result<()> {
        points.iter().try_for_each(|point| check_dimension(self.dimension, &point.dense))?;
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        versions.insert(version.version, (version.clone(), points));
        Ok(())
    }

    async fn remove(&self, version: VersionId) -> Result<()> {
        self.versions.write().unwrap_or_else(PoisonError::into_inner).remove(&version);
        Ok(())
    }

    async fn search(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits> {
        if let Some(dense) = &query.dense {
            check_dimension(self.dimension, dense)?;
        }
        let versions = self.read();
        let points: Vec<&Point> = versions
            .values()
            .filter(|(version, _)| matches(version, scope, &query.filter))
            .flat_map(|(_, points)| points)
            .collect();
        let dense = query.dense.as_ref().map(|question| {
            let scores = points.iter().map(|point| (*point, cosine(&question.0, &point.dense.0)));
            best(scores, query.limit)
        });
        let lexical = query.sparse.as_ref().map(|question| {
            let weighted = weigh(question, &versions);
            let scores = points.iter().map(|point| (*point, overlap(&weighted, &point.sparse)));
            best(scores.filter(|(_, score)| 0.0 < *score), query.limit)
        });
        Ok(Hits { dense: dense.unwrap_or_default(), lexical: lexical.unwrap_or_default() })
    }

    async fn term_weights(&self, terms: &[u32]) -> Result<Vec<f32>> {
        Ok(idf(terms, &self.read()))
    }

    async fn versions(&self) -> Result<HashMap<VersionId, usize>> {
        Ok(self.read().iter().map(|(version, (_, points))| (*version, points.len())).collect())
    }

    async fn count(&self) -> Result<usize> {
        Ok(self.read().values().map(|(_, points)| points.len()).sum())
    }

    async fn flush(&self) -> Result<()> {
        Ok(())
    }

    async fn optimize(&self) -> Result<()> {
        Ok(())
    }
}

fn matches(version: &IndexedVersion, scope: &Scope, filter: &Filter) -> bool {
    let Filter { documents, media_types } = filter;
    scope.allows(version.collection, version.document)
        && (documents.is_empty() || documents.contains(&version.document))
        && (media_types.is_empty() || media_types.contains(&version.media_type))
}

fn best<'a>(scores: impl Iterator<Item = (&'a Point, f32)>, limit: usize) -> Vec<Hit> {
    let mut hits: Vec<Hit> =
        scores.map(|(point, score)| Hit { chunk: point.chunk, score }).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk.cmp(&b.chunk)));
    hits.truncate(limit);
    hits
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths == 0.0 { 0.0 } else { dot(a, b) / lengths }
}

/// Returns the question with each term's weight multiplied by its inverse document frequency.
fn weigh(question: &SparseVector, versions: &Versions) -> HashMap<u32, f32> {
    let weights = idf(&question.indices, versions);
    let terms = question.indices.iter().zip(&question.values);
    terms.zip(weights).map(|((term, value), weight)| (*term, value * weight)).collect()
}

fn idf(terms: &[u32], versions: &Versions) -> Vec<f32> {
    let points = || versions.values().flat_map(|(_, points)| points);
    let n_points = points().count();
    let holds = |point: &&Point, term: &u32| point.sparse.indices.binary_search(term).is_ok();
    let n_holding = |term: &u32| points().filter(|point| holds(point, term)).count();
    terms.iter().map(|term| inverse_frequency(n_points, n_holding(term))).collect()
}

/// Returns the inverse document frequency as Qdrant computes it.
#[expect(clippy::cast_precision_loss, reason = "counts of points are far below 2^23")]
pub(crate) fn inverse_frequency(n_points: usize, n_holding: usize) -> f32 {
    let (n, df) = (n_points as f32, n_holding as f32);
    ((n - df + 0.5) / (df + 0.5) + 1.0).ln()
}

fn overlap(question: &HashMap<u32, f32>, passage: &SparseVector) -> f32 {
    let terms = passage.indices.iter().zip(&passage.values);
    terms.filter_map(|(term, value)| question.get(term).map(|weight| weight * value)).sum()
}
