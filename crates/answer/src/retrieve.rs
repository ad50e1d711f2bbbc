//! Finds the passages for a question: embeds it, asks both lists of the corpus, fuses them.

use footnote_core::access::Scope;
use footnote_core::answer::RetrievedPassage;
use footnote_core::clock::Timestamp;
use footnote_core::corpus::Corpus;
use footnote_core::model::{Embedder, Embedding, Purpose};
use footnote_core::query::{Filter, SearchMode, SearchRequest};
use footnote_core::{Result, trace};
use std::time::Instant;
use tracing::Instrument as _;

use crate::fuse::{Fusion, fuse};
use crate::language::language_of;
use crate::show::millis;

/// What is searched for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The words.
    pub text: String,
    /// How many passages are wanted; 0 means as many as configured.
    pub k: usize,
    /// Which rankings take part.
    pub mode: SearchMode,
    /// What must hold for a passage to be found.
    pub filter: Filter,
    /// Searches what was live at that moment and was not removed since; `None` means now.
    pub as_of: Option<Timestamp>,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The best passages, best first, each with its place in either list.
    pub passages: Vec<RetrievedPassage>,
    /// What the passages were chosen from.
    pub considered: Considered,
    /// How long each stage took.
    pub timings: SearchTimings,
}

/// What the passages of a search were chosen from.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Considered {
    /// How many candidates were found by meaning.
    pub n_dense: usize,
    /// How many candidates were found by words.
    pub n_lexical: usize,
    /// Points of the index that no live row stands behind.
    pub n_orphans: usize,
    /// The weights that fused the lists; they depend on whether the embedder reads the language.
    pub fusion: Fusion,
}

/// Milliseconds per stage of a search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SearchTimings {
    /// Embedding the question.
    pub embed_ms: u64,
    /// Asking the index and the catalog, and fusing.
    pub search_ms: u64,
    /// Reranking; 0 where nothing reranks.
    pub rerank_ms: u64,
    /// Everything.
    pub total_ms: u64,
}

/// A search with all it found, the question's vector included.
pub(crate) struct Retrieval {
    pub(crate) found: Found,
    pub(crate) question: Option<Embedding>,
    /// What the question's words would score against themselves.
    pub(crate) self_score: f32,
}

impl Retrieval {
    /// Returns the best score by words as a share of what the question could score.
    pub(crate) fn word_score(&self) -> f32 {
        let scores = self.found.passages.iter().filter_map(|found| found.lexical);
        let best = scores.map(|ranked| ranked.score).fold(0.0, f32::max);
        if self.self_score > 0.0 { best / self.self_score } else { 0.0 }
    }
}

/// What a retrieval works with.
pub(crate) struct Retriever<'a> {
    pub(crate) corpus: &'a dyn Corpus,
    pub(crate) embedder: &'a dyn Embedder,
    /// How many candidates each list contributes.
    pub(crate) n_candidates: usize,
}

impl Retriever<'_> {
    /// Finds the best passages for a query, best first.
    pub(crate) async fn retrieve(&self, scope: &Scope, query: &Query) -> Result<Retrieval> {
        self.find(scope, query).instrument(trace::retrieve(query.mode)).await
    }

    async fn find(&self, scope: &Scope, query: &Query) -> Result<Retrieval> {
        let start = Instant::now();
        let question = self.embed(query).await?;
        let embed_ms = millis(start);
        let request = SearchRequest {
            dense: question.clone(),
            space: Some(self.embedder.fingerprint().clone()),
            lexical: (query.mode != SearchMode::Dense).then(|| query.text.clone()),
            limit: self.n_candidates.max(query.k),
            filter: query.filter.clone(),
            as_of: query.as_of,
        };
        let candidates =
            self.corpus.search(scope, &request).instrument(trace::search(request.limit)).await?;
        let fusion = self.fusion(query);
        let considered = Considered {
            n_dense: candidates.dense.len(),
            n_lexical: candidates.lexical.len(),
            n_orphans: candidates.n_orphans,
            fusion,
        };
        let mut passages = fuse(&candidates, &fusion);
        passages.truncate(query.k);
        let total_ms = millis(start);
        let timings =
            SearchTimings { embed_ms, search_ms: total_ms - embed_ms, rerank_ms: 0, total_ms };
        let found = Found { passages, considered, timings };
        Ok(Retrieval { found, question, self_score: candidates.lexical_self_score })
    }

    /// Embeds the question unless only words are to be compared.
    async fn embed(&self, query: &Query) -> Result<Option<Embedding>> {
        if query.mode == SearchMode::Lexical {
            return Ok(None);
        }
        let embedding = self.embedder.embed(vec![query.text.clone()], Purpose::Query);
        let embeddings = embedding.instrument(trace::embed(self.embedder.dimension())).await?;
        Ok(embeddings.into_iter().next())
    }

    /// Returns the weights for the query's language.
    fn fusion(&self, query: &Query) -> Fusion {
        if self.embedder.reads(language_of(&query.text)) {
            Fusion::default()
        } else {
            Fusion::words_lead()
        }
    }
}
