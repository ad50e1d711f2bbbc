//! Searching: what is asked of the index and what comes back.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::document::Span;
use crate::id::{ChunkId, CollectionId, ContentHash, DocumentId, VersionId};
use crate::model::{Embedding, Fingerprint};

/// Which rankings take part in a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchMode {
    /// Meaning and words, fused.
    #[default]
    Hybrid,
    /// Meaning alone.
    Dense,
    /// Words alone.
    Lexical,
}

/// What is asked of a [`Corpus`](crate::corpus::Corpus): candidates by meaning, by words, or both.
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    /// The question as a vector; `None` leaves the dense list empty.
    pub dense: Option<Embedding>,
    /// What the vector is comparable with; `None` means the space that serves.
    pub space: Option<Fingerprint>,
    /// The question as text for the analyzer; `None` leaves the lexical list empty.
    pub lexical: Option<String>,
    /// How many candidates each list may have.
    pub limit: usize,
    /// What must hold for a passage to be found at all.
    pub filter: Filter,
    /// Searches what was live at that moment and was not removed since; `None` means now.
    pub as_of: Option<Timestamp>,
}

/// What must hold for a passage to be found. An empty list does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Only these documents.
    pub documents: Vec<DocumentId>,
    /// Only these media types, e.g. `application/pdf`.
    pub media_types: Vec<String>,
}

/// The two lists of a search, best first, joined with the live rows of the catalog.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// By meaning; the score is the cosine.
    pub dense: Vec<Candidate>,
    /// By words; the score is the sum of the matching terms' weights.
    pub lexical: Vec<Candidate>,
    /// What the words of the question would score against themselves; makes lexical scores comparable.
    pub lexical_self_score: f32,
    /// Points of the index that no live row stands behind; dropped, and worth a `doctor`.
    pub n_orphans: usize,
}

/// A passage with the score of one list.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The passage.
    pub passage: Passage,
    /// The score in its list.
    pub score: f32,
}

/// A chunk that was retrieved, with all that is needed to cite it.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its position in the version.
    pub ordinal: u32,
    /// The document version it belongs to.
    pub document: DocumentRef,
    /// Where it stands in the version's text.
    pub span: Span,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// Its text: the version's text at `span`.
    pub text: String,
}

/// A version of a document, as citations name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRef {
    /// The document.
    pub id: DocumentId,
    /// The version.
    pub version: VersionId,
    /// The hash of the version's original bytes.
    pub content: ContentHash,
    /// The collection it is in.
    pub collection: CollectionId,
    /// The path below its source root.
    pub uri: String,
    /// Its title, or the uri where it has none.
    pub title: String,
    /// The media type told from the content.
    pub media_type: String,
}
