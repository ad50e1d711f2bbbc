//! Questions, answers, and the citations that prove them.

use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::chat::Message;
use crate::clock::Timestamp;
use crate::document::Span;
use crate::id::{AnswerId, ChunkId, CitationId};
use crate::layout::PageBoxes;
use crate::query::{DocumentRef, Filter, Passage, SearchMode};

/// A question, as a person asks it.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The words.
    pub text: String,
    /// Who writes the answer.
    pub mode: AnswerMode,
    /// Which rankings find the passages.
    pub search: SearchMode,
    /// What must hold for a passage to be used.
    pub filter: Filter,
    /// Earlier turns, oldest first.
    pub history: Vec<Message>,
    /// Answers from what was live at that moment and was not removed since; `None` means now.
    pub as_of: Option<Timestamp>,
}

/// Who writes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMode {
    /// The model drafts from the chosen sentences; shown only if every sentence verifies, otherwise
    /// the sentences themselves.
    #[default]
    Auto,
    /// The model writes; sentences without support are marked.
    Generate,
    /// The best exact sentences, no model.
    Quote,
}

/// What happens while a question is answered, in order.
#[derive(Debug, Clone)]
pub enum AnswerEvent {
    /// The passages were found.
    Retrieved(Vec<RetrievedPassage>),
    /// Text of the answer; a marker is never split, and its citation came before.
    Text(String),
    /// A citation whose marker comes next.
    Cited(Box<Citation>),
    /// Something the reader should know.
    Notice(Notice),
    /// The whole answer; what counts if it differs from the pieces.
    Finished(Box<Answer>),
}

/// Something the reader should know about how the answer was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Passages were left out because the context of the model is full.
    ContextTruncated,
    /// Sentences of the model were withheld or marked because nothing supports them.
    LowSupport,
    /// The model was stopped because it took too long.
    TimeLimit,
}

/// A passage found for a question, with how each list ranked it.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrievedPassage {
    /// The passage.
    pub passage: Passage,
    /// The fused score: comparable within one question only.
    pub score: f32,
    /// Rank (from 1) and score by meaning.
    pub dense: Option<Ranked>,
    /// Rank (from 1) and score by words.
    pub lexical: Option<Ranked>,
}

/// The place of a passage in one list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Counted from 1.
    pub rank: u32,
    /// The list's own score.
    pub score: f32,
}

/// A finished answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The question as asked.
    pub question: String,
    /// The question as searched: earlier turns folded in.
    pub standalone_question: String,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// Who wrote what is shown: `Quote` or `Generate`.
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
    pub sources: Vec<RetrievedPassage>,
    /// What it cost.
    pub usage: Usage,
    /// How long each stage took.
    pub timings: Timings,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// Complete.
    Stop,
    /// Cut at the limit of tokens or of time.
    Length,
    /// Stopped by the person.
    Cancelled,
    /// The documents do not say.
    NoAnswer,
}

/// A sentence of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Where it stands in the answer's text, in bytes, markers excluded where they follow it.
    pub range: Range<usize>,
    /// How well its citations support it.
    pub support: Support,
    /// The numbers of its citations.
    pub citations: Vec<u32>,
}

/// How well a text is supported by its source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Support {
    /// The verdict.
    pub state: SupportState,
    /// From 0 to 1; 1 for a verbatim quote.
    pub score: f32,
}

/// The verdict of the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportState {
    /// Verbatim in the source.
    Exact,
    /// Other words, same numbers and names, enough in common.
    Partial,
    /// Not found in the source.
    Unsupported,
}

/// A stretch of a document version that supports a sentence.
///
/// `cited_text` is the stored text at `span`, re-read before it is shown; no model wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Citation {
    /// Its id.
    pub id: CitationId,
    /// Its number in the answer, counted from 1 in order of first use.
    pub n: u32,
    /// The document version.
    pub document: DocumentRef,
    /// The chunk it was found in.
    pub chunk: ChunkId,
    /// The stored text at `span`.
    pub cited_text: String,
    /// Where it stands in the version's text.
    pub span: Span,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// Where it stands on its pages; nothing where only the page is known, or not even that.
    pub boxes: Vec<PageBoxes>,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// How well it supports the sentences that cite it; the weakest of them.
    pub support: Support,
}

/// Tokens read and written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

/// Milliseconds per stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Waiting for a slot.
    pub queue: u64,
    /// Folding in earlier turns.
    pub rewrite: u64,
    /// Finding passages.
    pub retrieve: u64,
    /// Reading the prompt.
    pub prefill: u64,
    /// From the start to the first text shown.
    pub first_token: u64,
    /// Checking sentences.
    pub verify: u64,
    /// Everything.
    pub total: u64,
}
