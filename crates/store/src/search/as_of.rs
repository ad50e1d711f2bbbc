//! Searching what held at an earlier moment.
//!
//! The index holds what is live now. Of its points count those that were live at the moment
//! already; what has been superseded since is compared with the question chunk by chunk, with the
//! same vectors and the same words. So the work grows with what changed since the moment, not with
//! what there is.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::ChunkId;
use footnote_core::index::{Hit, Hits, IndexQuery};
use footnote_core::query::Candidates;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use super::{Asked, candidates};
use crate::catalog::past::PastChunk;
use crate::sparse::{passage_vector, self_score};
use crate::store::Store;

/// The hits of the index that were live at the moment already.
struct LiveHits {
    hits: Hits,
    n_orphans: usize,
}

/// A question as superseded chunks are compared with it.
#[derive(Debug, Default)]
struct Yardstick {
    /// The question's vector, of unit length.
    dense: Option<Vec<f32>>,
    /// What each of the question's terms is worth, in the question and in the index together.
    terms: HashMap<u32, f32>,
}

impl Store {
    /// Searches what was live at a moment and was not removed since. The query's limit is how many
    /// candidates each list may have.
    pub(super) async fn search_as_of(
        &self,
        scope: &Scope,
        asked: Asked<'_>,
        query: IndexQuery,
        moment: Timestamp,
    ) -> Result<Candidates> {
        let limit = query.limit;
        let weights = match &query.sparse {
            Some(sparse) => asked.words.index.term_weights(&sparse.indices).await?,
            None => Vec::new(),
        };
        let yardstick = Arc::new(Yardstick::new(&query, &weights));
        // The index first: what is superseded in between is then found among the superseded.
        let LiveHits { hits: mut found, n_orphans } =
            self.hits_live_at(scope, &asked, &query, moment).await?;
        for version in self.catalog().superseded_since(scope, &query.filter, moment).await? {
            let chunks = self.catalog().past_chunks(asked.meaning.space.id, version).await?;
            let (yardstick, analyzer) = (Arc::clone(&yardstick), self.analyzer());
            let compared = spawn_blocking(move || yardstick.compare(&chunks, &*analyzer)).await;
            let compared = compared
                .map_err(|error| Error::internal("cannot compare an old version").because(error))?;
            found = merged(found, compared, limit);
        }
        let chunks: BTreeSet<ChunkId> =
            found.dense.iter().chain(&found.lexical).map(|hit| hit.chunk).collect();
        let passages = self.catalog().kept_passages(scope, &Vec::from_iter(chunks)).await?;
        let passages = passages.into_iter().map(|passage| (passage.chunk, passage)).collect();
        Ok(Candidates {
            dense: candidates(&found.dense, &passages, limit),
            lexical: candidates(&found.lexical, &passages, limit),
            lexical_self_score: query.sparse.map_or(0.0, |sparse| self_score(&sparse, &weights)),
            n_orphans,
        })
    }

    /// Asks the index for more and more, until enough of what it finds was live at the moment, or
    /// there is no more.
    async fn hits_live_at(
        &self,
        scope: &Scope,
        asked: &Asked<'_>,
        query: &IndexQuery,
        moment: Timestamp,
    ) -> Result<LiveHits> {
        let mut limit = query.limit;
        loop {
            let hits = asked.hits(scope, &IndexQuery { limit, ..query.clone() }).await?;
            let chunks: BTreeSet<ChunkId> =
                hits.dense.iter().chain(&hits.lexical).map(|hit| hit.chunk).collect();
            let chunks = Vec::from_iter(chunks);
            let live = self.catalog().live_at(scope, &chunks, moment).await?;
            let n_orphans = chunks.len() - live.len();
            let was_live = |hit: &Hit| live.get(&hit.chunk) == Some(&true);
            let is_enough = |list: &[Hit]| {
                list.len() < limit || query.limit <= list.iter().filter(|hit| was_live(hit)).count()
            };
            if is_enough(&hits.dense) && is_enough(&hits.lexical) {
                let Hits { mut dense, mut lexical } = hits;
                dense.retain(was_live);
                lexical.retain(was_live);
                return Ok(LiveHits { hits: Hits { dense, lexical }, n_orphans });
            }
            limit = limit.saturating_mul(2);
        }
    }
}

impl Yardstick {
    fn new(query: &IndexQuery, weights: &[f32]) -> Self {
        let dense = query.dense.as_ref().map(|question| unit(&question.0));
        let terms = query.sparse.iter().flat_map(|sparse| {
            let terms = sparse.indices.iter().zip(&sparse.values).zip(weights);
            terms.map(|((term, value), weight)| (*term, value * weight))
        });
        Self { dense, terms: terms.collect() }
    }

    /// Scores chunks as the index scores points: by the cosine, and by the weights of the terms
    /// that they share with the question.
    fn compare(&self, chunks: &[PastChunk], analyzer: &dyn Analyzer) -> Hits {
        let mut hits = Hits::default();
        for chunk in chunks {
            if let Some((question, vector)) = self.dense.as_ref().zip(chunk.vector.as_ref()) {
                let score = dot(question, &unit(&vector.0));
                hits.dense.push(Hit { chunk: chunk.id, score });
            }
            if self.terms.is_empty() {
                continue;
            }
            let words = passage_vector(analyzer, &chunk.text);
            let shared = words.indices.iter().zip(&words.values);
            let score = shared
                .filter_map(|(term, value)| self.terms.get(term).map(|weight| weight * value))
                .sum();
            if 0.0 < score {
                hits.lexical.push(Hit { chunk: chunk.id, score });
            }
        }
        hits
    }
}

/// Joins two lists of either kind into the best of both, each chunk once.
fn merged(a: Hits, b: Hits, limit: usize) -> Hits {
    let merge = |mut a: Vec<Hit>, b: Vec<Hit>| {
        a.extend(b);
        a.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk.cmp(&b.chunk)));
        let mut seen = HashSet::new();
        a.retain(|hit| seen.insert(hit.chunk));
        a.truncate(limit);
        a
    };
    Hits { dense: merge(a.dense, b.dense), lexical: merge(a.lexical, b.lexical) }
}

/// Returns a vector of the same direction and of unit length.
fn unit(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    if length == 0.0 {
        return vector.to_vec();
    }
    vector.iter().map(|value| value / length).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};

    #[test]
    fn the_best_of_both_lists_are_kept_and_each_chunk_once() {
        let document = DocumentId::derive(CollectionId::named("c"), "", "");
        let version = VersionId::derive(document, &ContentHash::of(b""), "");
        let hit = |n, score| Hit { chunk: ChunkId::nth(version, n), score };
        let list = |hits: &[Hit]| Hits { dense: hits.to_vec(), lexical: Vec::new() };
        let a = list(&[hit(0, 0.9), hit(1, 0.5)]);
        let b = list(&[hit(2, 0.7), hit(1, 0.5), hit(3, 0.1)]);
        assert_eq!(merged(a, b, 3).dense, [hit(0, 0.9), hit(2, 0.7), hit(1, 0.5)]);
    }
}
