//! Searching: the index finds points, the catalog says which of them are real.

mod as_of;

use async_trait::async_trait;
use footnote_core::access::Scope;
use footnote_core::corpus::Corpus;
use footnote_core::document::Span;
use footnote_core::id::{ChunkId, VersionId};
use footnote_core::index::{Hit, Hits, Index, IndexQuery, SparseVector};
use footnote_core::layout::PageBoxes;
use footnote_core::query::{Candidate, Candidates, Passage, SearchRequest};
use footnote_core::{ErrorKind, Result};
use std::collections::{BTreeSet, HashMap};
use tokio::task::spawn_blocking;

use crate::sparse::{question_vector, self_score};
use crate::store::{OpenSpace, Store};

/// How many more hits than wanted are asked for, so that points of superseded versions that are
/// still in the index do not shorten the lists: a quarter, and a few.
fn over_fetched(limit: usize) -> usize {
    limit + limit / 4 + 4
}

#[async_trait]
impl Corpus for Store {
    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<Candidates> {
        let found = self.search_once(scope, request).await;
        let Err(error) = &found else { return found };
        // The index may be gone because another process has made a new one.
        if error.kind() == ErrorKind::Unavailable && self.refresh_spaces().await? {
            return self.search_once(scope, request).await;
        }
        found
    }

    async fn quote(&self, scope: &Scope, version: VersionId, span: Span) -> Result<String> {
        self.catalog().quote(scope, version, span).await
    }

    async fn boxes(&self, scope: &Scope, version: VersionId, span: Span) -> Result<Vec<PageBoxes>> {
        self.catalog().boxes(scope, version, span).await
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

/// The spaces that a question is asked of.
struct Asked<'a> {
    /// The one whose index is searched by words: the one that serves, which holds everything.
    words: &'a OpenSpace,
    /// The one whose vectors can be compared with the question's.
    meaning: &'a OpenSpace,
}

impl Asked<'_> {
    /// Asks for more hits than wanted, see [`over_fetched`].
    async fn hits(&self, scope: &Scope, query: &IndexQuery) -> Result<Hits> {
        let query = IndexQuery { limit: over_fetched(query.limit), ..query.clone() };
        if self.words.space.id == self.meaning.space.id {
            return self.words.index.search(scope, &query).await;
        }
        let by_meaning = IndexQuery { sparse: None, ..query.clone() };
        let by_words = IndexQuery { dense: None, ..query };
        let Hits { dense, .. } = self.meaning.index.search(scope, &by_meaning).await?;
        let Hits { lexical, .. } = self.words.index.search(scope, &by_words).await?;
        Ok(Hits { dense, lexical })
    }
}

impl Store {
    async fn search_once(&self, scope: &Scope, request: &SearchRequest) -> Result<Candidates> {
        let spaces = self.open_spaces(request.space.as_ref()).await?;
        let Some(serving) = &spaces.serving else { return Ok(Candidates::default()) };
        let sparse = match &request.lexical {
            Some(question) => Some(self.question(question.clone()).await?),
            None => None,
        };
        let query = IndexQuery {
            dense: request.dense.clone(),
            sparse,
            limit: request.limit,
            filter: request.filter.clone(),
        };
        let asked = request.space.as_ref().and_then(|fingerprint| spaces.of(fingerprint));
        let asked = Asked { words: serving, meaning: asked.unwrap_or(serving) };
        match request.as_of {
            None => self.search_now(scope, asked, query).await,
            Some(moment) => self.search_as_of(scope, asked, query, moment).await,
        }
    }

    /// Searches what is live.
    async fn search_now(
        &self,
        scope: &Scope,
        asked: Asked<'_>,
        query: IndexQuery,
    ) -> Result<Candidates> {
        let hits = asked.hits(scope, &query).await?;
        let found: BTreeSet<ChunkId> =
            hits.dense.iter().chain(&hits.lexical).map(|hit| hit.chunk).collect();
        let passages = self.live_passages(scope, found.iter().copied().collect()).await?;
        let words = &*asked.words.index;
        Ok(Candidates {
            dense: candidates(&hits.dense, &passages, query.limit),
            lexical: candidates(&hits.lexical, &passages, query.limit),
            lexical_self_score: lexical_self_score(words, query.sparse.as_ref()).await?,
            n_orphans: found.len() - passages.len(),
        })
    }

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
