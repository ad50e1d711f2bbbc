//! Searching: the index finds points, the catalog says which of them are real.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::corpus::Corpus;
use footnote_core::document::Span;
use footnote_core::id::{ChunkId, VersionId};
use footnote_core::index::{Hit, Index, IndexQuery, SparseVector};
use footnote_core::query::{Candidate, Candidates, Passage, SearchRequest};
use std::collections::{BTreeSet, HashMap};
use tokio::task::spawn_blocking;

use crate::sparse::{question_vector, self_score};
use crate::store::Store;

/// How many more hits than wanted are asked for, so that points of superseded versions that are
/// still in the index do not shorten the lists: a quarter, and a few.
fn over_fetched(limit: usize) -> usize {
    limit + limit / 4 + 4
}

#[async_trait]
impl Corpus for Store {
    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<Candidates> {
        let Some(index) = self.index() else { return Ok(Candidates::default()) };
        let sparse = match &request.lexical {
            Some(question) => Some(self.question(question.clone()).await?),
            None => None,
        };
        let query = IndexQuery {
            dense: request.dense.clone(),
            sparse,
            limit: over_fetched(request.limit),
            filter: request.filter.clone(),
        };
        let hits = index.search(scope, &query).await?;
        let found: BTreeSet<ChunkId> =
            hits.dense.iter().chain(&hits.lexical).map(|hit| hit.chunk).collect();
        let passages = self.live_passages(scope, found.iter().copied().collect()).await?;
        Ok(Candidates {
            dense: candidates(&hits.dense, &passages, request.limit),
            lexical: candidates(&hits.lexical, &passages, request.limit),
            lexical_self_score: lexical_self_score(&*index, query.sparse.as_ref()).await?,
            n_orphans: found.len() - passages.len(),
        })
    }

    async fn quote(&self, scope: &Scope, version: VersionId, span: Span) -> Result<String> {
        self.catalog().quote(scope, version, span).await
    }

    async fn neighbours(&self, scope: &Scope, passage: &Passage) -> Result<Vec<Passage>> {
        let around = passage.ordinal.saturating_sub(1)..=passage.ordinal.saturating_add(1);
        let mut found = self.catalog().passages_of(scope, passage.document.version, around).await?;
        if found.is_empty() {
            return Err(footnote_core::Error::not_found("the version of the passage is gone"));
        }
        found.retain(|neighbour| neighbour.ordinal != passage.ordinal);
        Ok(found)
    }
}

impl Store {
    async fn question(&self, text: String) -> Result<SparseVector> {
        let analyzer = self.analyzer();
        spawn_blocking(move || question_vector(&*analyzer, &text)).await.map_err(|error| {
            footnote_core::Error::internal("cannot read the words of the question").because(error)
        })
    }

    async fn live_passages(
        &self,
        scope: &Scope,
        chunks: Vec<ChunkId>,
    ) -> Result<HashMap<ChunkId, Passage>> {
        if chunks.is_empty() {
            return Ok(HashMap::new());
        }
        let passages = self.catalog().live_passages(scope, &chunks).await?;
        Ok(passages.into_iter().map(|passage| (passage.chunk, passage)).collect())
    }
}

fn candidates(hits: &[Hit], passages: &HashMap<ChunkId, Passage>, limit: usize) -> Vec<Candidate> {
    let live = hits.iter().filter_map(|hit| {
        let passage = passages.get(&hit.chunk)?.clone();
        Some(Candidate { passage, score: hit.score })
    });
    live.take(limit).collect()
}

/// Returns what a passage would score that consists of exactly the question's words: the sum of
/// what each weighs in the index.
async fn lexical_self_score(index: &dyn Index, question: Option<&SparseVector>) -> Result<f32> {
    let Some(question) = question else { return Ok(0.0) };
    let weights = index.term_weights(&question.indices).await?;
    Ok(self_score(question, &weights))
}
