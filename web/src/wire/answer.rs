//! Questions and answers on the wire.

use footnote_core::Result;
use footnote_core::answer::{
    self, AnswerMode, FinishReason, Question, RetrievedPassage, Support, Timings, Usage,
};
use footnote_core::chat::Message;
use footnote_core::id::{AnswerId, ChunkId, CitationId, ConversationId};
use footnote_core::layout::{PageBoxes, Rect};
use footnote_core::query::{Filter, SearchMode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::TextRange;
use super::document::DocumentLink;
use crate::openapi::domain;

/// What is asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct AnswerRequest {
    /// The words.
    #[schema(min_length = 1, pattern = "[^\\s\\x00-\\x1f\\x7f-\\x9f]")]
    pub question: String,
    /// Names or ids of collections; empty means all.
    #[serde(default)]
    pub collections: Vec<String>,
    /// Who writes the answer.
    #[serde(default)]
    #[schema(value_type = domain::AnswerMode)]
    pub mode: AnswerMode,
    /// Which rankings find the passages.
    #[serde(default)]
    #[schema(value_type = domain::SearchMode)]
    pub search: SearchMode,
    /// What must hold for a passage to be used.
    #[serde(default)]
    #[schema(value_type = domain::Filter)]
    pub filter: Filter,
    /// The conversation in which it is asked; its turns are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<domain::ConversationId>)]
    pub conversation_id: Option<ConversationId>,
    /// The turn of the conversation that it follows; none begins another branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<domain::AnswerId>)]
    pub parent_id: Option<AnswerId>,
    /// Earlier turns, oldest first; in a conversation they are known.
    #[serde(default)]
    #[schema(value_type = Vec<domain::Message>)]
    pub history: Vec<Message>,
    /// A date or a date-time in UTC: what was live then is searched; absent means now.
    #[serde(default)]
    #[schema(value_type = Option<domain::AsOf>)]
    pub as_of: Option<String>,
}

impl AnswerRequest {
    /// Returns the question as the answerer takes it.
    ///
    /// # Errors
    /// `Invalid` when `as_of` is no date, or lies in the future.
    pub fn question(&self) -> Result<Question> {
        Ok(Question {
            text: self.question.clone(),
            mode: self.mode,
            search: self.search,
            filter: self.filter.clone(),
            history: self.history.clone(),
            as_of: super::as_of(self.as_of.as_deref())?,
        })
    }
}

/// Whether to wait for the whole answer.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AnswerParams {
    /// Whether the response is the whole answer.
    pub wait: bool,
}

/// An answer, named.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct AnswerLink {
    /// Its id.
    #[schema(value_type = domain::AnswerId)]
    pub id: AnswerId,
}

/// A finished answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Its id.
    #[schema(value_type = domain::AnswerId)]
    pub id: AnswerId,
    /// The question as asked.
    pub question: String,
    /// The question as searched: earlier turns folded in.
    pub standalone_question: String,
    /// Why it ended.
    #[schema(value_type = domain::FinishReason)]
    pub finish_reason: FinishReason,
    /// Who wrote what is shown.
    #[schema(value_type = domain::AnswerMode)]
    pub mode: AnswerMode,
    /// The model that wrote it, if one did.
    pub model: Option<String>,
    /// The text with Markdown footnote markers `[^n]`, numbered by first use.
    pub text: String,
    /// Its sentences in order.
    pub sentences: Vec<Sentence>,
    /// The citations; every marker in the text has one.
    pub citations: Vec<Citation>,
    /// Every passage that was found, best first.
    pub sources: Vec<Source>,
    /// What it cost.
    #[schema(value_type = domain::Usage)]
    pub usage: Usage,
    /// How long each stage took.
    #[schema(value_type = domain::Timings)]
    pub timings_ms: Timings,
}

impl From<&answer::Answer> for Answer {
    fn from(answer: &answer::Answer) -> Self {
        let cited: Vec<ChunkId> = answer.citations.iter().map(|citation| citation.chunk).collect();
        Self {
            id: answer.id,
            question: answer.question.clone(),
            standalone_question: answer.standalone_question.clone(),
            finish_reason: answer.finish_reason,
            mode: answer.mode,
            model: answer.model.clone(),
            text: answer.text.clone(),
            sentences: answer.sentences.iter().map(|s| Sentence::new(s, &answer.text)).collect(),
            citations: answer.citations.iter().map(Citation::from).collect(),
            sources: sources(&answer.sources, &cited),
            usage: answer.usage,
            timings_ms: answer.timings,
        }
    }
}

/// A sentence of an answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Sentence {
    /// Where it stands in the answer's text.
    pub range: TextRange,
    /// How well its citations support it.
    #[schema(value_type = domain::Support)]
    pub support: Support,
    /// The numbers of its citations.
    pub citations: Vec<u32>,
}

impl Sentence {
    fn new(sentence: &answer::Sentence, text: &str) -> Self {
        Self {
            range: TextRange::of_bytes(text, &sentence.range),
            support: sentence.support,
            citations: sentence.citations.clone(),
        }
    }
}

/// A stretch of a document that supports a sentence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// Its id.
    #[schema(value_type = domain::CitationId)]
    pub id: CitationId,
    /// Its number in the answer, counted from 1.
    pub n: u32,
    /// The document version.
    pub document: DocumentLink,
    /// The chunk it was found in.
    #[schema(value_type = domain::ChunkId)]
    pub chunk_id: ChunkId,
    /// The stored text at `source_range`, byte for byte.
    pub cited_text: String,
    /// Where it stands in the version's text.
    pub source_range: TextRange,
    /// Where it stands on pages, where the format knows pages.
    pub locations: Vec<Location>,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// How well it supports the sentences that cite it.
    #[schema(value_type = domain::Support)]
    pub support: Support,
    /// Where the page shows it, relative to the page's address.
    pub url: String,
}

impl From<&answer::Citation> for Citation {
    fn from(citation: &answer::Citation) -> Self {
        let document = DocumentLink::from(&citation.document);
        let range = TextRange::from(citation.span);
        Self {
            id: citation.id,
            n: citation.n,
            url: document.url(citation.page, Some(citation.id), range),
            document,
            chunk_id: citation.chunk,
            cited_text: citation.cited_text.clone(),
            source_range: range,
            locations: Location::of(citation),
            heading: citation.headings.clone(),
            support: citation.support,
        }
    }
}

/// Where a citation or a block stands on a page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// The page, counted from 1.
    pub page: u32,
    /// Rectangles in PDF user space, y up; empty where only the page is known.
    pub rects: Vec<[f32; 4]>,
}

impl Location {
    /// Lists where a citation stands: its rectangles by page, or its page alone where they are not
    /// known.
    fn of(citation: &answer::Citation) -> Vec<Self> {
        if citation.boxes.is_empty() {
            return citation
                .page
                .map(|page| Self { page, rects: Vec::new() })
                .into_iter()
                .collect();
        }
        citation.boxes.iter().map(Self::from).collect()
    }
}

impl From<&PageBoxes> for Location {
    fn from(boxes: &PageBoxes) -> Self {
        let edges = |rect: &Rect| [rect.x1, rect.y1, rect.x2, rect.y2];
        Self { page: boxes.page, rects: boxes.rects.iter().map(edges).collect() }
    }
}

/// A passage that was found for a question.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its place, counted from 1.
    pub index: u32,
    /// The chunk.
    #[schema(value_type = domain::ChunkId)]
    pub chunk_id: ChunkId,
    /// The fused score: comparable within one answer only.
    pub score: f32,
    /// Whether the answer cites it.
    pub cited: bool,
    /// The document version.
    pub document: DocumentLink,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// Where it stands in the version's text.
    pub range: TextRange,
}

/// Lists passages with whether they are cited.
#[must_use]
pub fn sources(passages: &[RetrievedPassage], cited: &[ChunkId]) -> Vec<Source> {
    let source = |(found, index): (&RetrievedPassage, u32)| Source {
        index,
        chunk_id: found.passage.chunk,
        score: found.score,
        cited: cited.contains(&found.passage.chunk),
        document: DocumentLink::from(&found.passage.document),
        heading: found.passage.headings.clone(),
        page: found.passage.page,
        range: found.passage.span.into(),
    };
    passages.iter().zip(1..).map(source).collect()
}
