//! Searches on the wire.

use footnote_answer::{Found, Query};
use footnote_core::Result;
use footnote_core::answer::{Ranked, RetrievedPassage};
use footnote_core::id::ChunkId;
use footnote_core::query::{Filter, SearchMode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TextRange;
use super::document::DocumentLink;
use crate::openapi::domain;

/// What is searched for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct SearchRequest {
    /// The words.
    #[schema(min_length = 1, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub query: String,
    /// Names or ids of collections; empty means all.
    #[serde(default)]
    pub collections: Vec<String>,
    /// How many passages are wanted; absent means as many as configured.
    #[serde(default)]
    pub k: Option<usize>,
    /// Which rankings take part.
    #[serde(default)]
    #[schema(value_type = domain::SearchMode)]
    pub mode: SearchMode,
    /// What must hold for a passage to be found.
    #[serde(default)]
    #[schema(value_type = domain::Filter)]
    pub filter: Filter,
    /// Whether each passage says how each list ranked it.
    #[serde(default)]
    pub explain: bool,
    /// A date or a date-time in UTC: what was live then is searched; absent means now.
    #[serde(default)]
    #[schema(value_type = Option<domain::AsOf>)]
    pub as_of: Option<String>,
}

/// How many passages one search may ask for.
pub const MAX_K: usize = 100;

impl SearchRequest {
    /// Returns what the answerer is asked.
    ///
    /// # Errors
    /// `Invalid` when `as_of` is no date, or lies in the future.
    pub fn query(&self) -> Result<Query> {
        Ok(Query {
            text: self.query.clone(),
            k: self.k.unwrap_or_default().min(MAX_K),
            mode: self.mode,
            filter: self.filter.clone(),
            as_of: super::as_of(self.as_of.as_deref())?,
        })
    }
}

/// What was found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SearchResponse {
    /// The words.
    #[schema(min_length = 1)]
    pub query: String,
    /// The passages, best first.
    pub passages: Vec<Passage>,
    /// How long each stage took.
    pub timings_ms: SearchTimings,
    /// What the passages were chosen from, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub considered: Option<Considered>,
}

impl SearchResponse {
    /// Makes the response to a query.
    #[must_use]
    pub fn new(query: &str, found: &Found, explain: bool) -> Self {
        let passages = found.passages.iter().zip(1..);
        Self {
            query: query.to_owned(),
            passages: passages.map(|(found, rank)| Passage::new(found, rank, explain)).collect(),
            timings_ms: SearchTimings {
                embed: found.timings.embed_ms,
                search: found.timings.search_ms,
                rerank: found.timings.rerank_ms,
                total: found.timings.total_ms,
            },
            considered: explain.then_some(Considered {
                dense: found.considered.n_dense,
                lexical: found.considered.n_lexical,
                orphans: found.considered.n_orphans,
            }),
        }
    }
}

/// A passage that was found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Passage {
    /// Its place, counted from 1.
    pub rank: u32,
    /// The fused score: comparable within one search only.
    pub score: f32,
    /// The chunk.
    #[schema(value_type = domain::ChunkId)]
    pub chunk_id: ChunkId,
    /// The document version.
    pub document: DocumentLink,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// Where it stands in the version's text.
    pub range: TextRange,
    /// Its text.
    pub text: String,
    /// How each list ranked it, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Ranks>,
}

impl Passage {
    fn new(found: &RetrievedPassage, rank: u32, explain: bool) -> Self {
        let passage = &found.passage;
        Self {
            rank,
            score: found.score,
            chunk_id: passage.chunk,
            document: DocumentLink::from(&passage.document),
            heading: passage.headings.clone(),
            page: passage.page,
            range: passage.span.into(),
            text: passage.text.clone(),
            explain: explain.then_some(Ranks { dense: found.dense, lexical: found.lexical }),
        }
    }
}

/// How each list ranked a passage.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Ranks {
    /// By meaning; the score is the cosine.
    #[schema(value_type = Option<domain::Ranked>)]
    pub dense: Option<Ranked>,
    /// By words; the score is the sum of the matching terms' weights.
    #[schema(value_type = Option<domain::Ranked>)]
    pub lexical: Option<Ranked>,
}

/// What the passages of a search were chosen from.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Considered {
    /// Candidates by meaning.
    pub dense: usize,
    /// Candidates by words.
    pub lexical: usize,
    /// Points of the index that no live row stands behind.
    pub orphans: usize,
}

/// Milliseconds per stage.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct SearchTimings {
    /// Embedding the question.
    pub embed: u64,
    /// Asking the index and the catalog, and fusing.
    pub search: u64,
    /// Reranking.
    pub rerank: u64,
    /// Everything.
    pub total: u64,
}
