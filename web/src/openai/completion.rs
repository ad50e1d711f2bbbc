//! A finished answer as OpenAI's API words it, with the citations in three layers: footnotes in the
//! text, annotations beside it, and our own object.

use footnote_core::answer::{AnswerMode, FinishReason, Usage};
use footnote_core::clock::{Clock as _, SystemClock};
use footnote_core::id::AnswerId;
use serde::Serialize;

use super::markdown;
use crate::origin::Origin;
use crate::wire::answer::{Answer, Citation, Sentence};

/// How an answer is framed for the client that asked.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The model as the client named it.
    pub(super) model: String,
    /// Where links lead.
    pub(super) origin: Origin,
    /// Whether footnotes stand below the text.
    pub(super) appends_sources: bool,
    /// Whether a stream ends with what the answer cost.
    pub(super) includes_usage: bool,
}

impl Frame {
    /// Returns the footnotes that stand below an answer.
    pub(super) fn footnotes(&self, answer: &Answer) -> String {
        if !self.appends_sources {
            return String::new();
        }
        markdown::footnotes(&answer.citations, &self.origin)
    }

    /// Returns what a client finds beside a text for each of its markers.
    pub(super) fn annotations(&self, content: &str, answer: &Answer) -> Vec<Annotation> {
        let annotation = |marker: markdown::Marker| {
            let citation = answer.citations.iter().find(|citation| citation.n == marker.n)?;
            let chars_to = |end| content.get(..end).map(|before| before.chars().count());
            Some(Annotation {
                kind: "url_citation",
                url_citation: UrlCitation {
                    start_index: chars_to(marker.start)?,
                    end_index: chars_to(marker.end)?,
                    title: citation.document.title.clone(),
                    url: self.origin.link(&citation.url),
                },
            })
        };
        markdown::markers(content).into_iter().filter_map(annotation).collect()
    }
}

/// A whole completion.
#[derive(Debug, Serialize)]
pub(super) struct Completion {
    id: AnswerId,
    object: &'static str,
    created: i64,
    model: String,
    choices: [Choice; 1],
    usage: Cost,
    footnote: Extension,
}

#[derive(Debug, Serialize)]
struct Choice {
    index: usize,
    message: Said,
    logprobs: Option<()>,
    finish_reason: &'static str,
}

#[derive(Debug, Serialize)]
struct Said {
    role: &'static str,
    content: String,
    refusal: Option<()>,
    annotations: Vec<Annotation>,
}

impl Completion {
    /// Frames an answer.
    pub(super) fn new(answer: &Answer, frame: Frame) -> Self {
        let text = markdown::escape(&answer.text);
        let annotations = frame.annotations(&text, answer);
        let content = format!("{text}{}", frame.footnotes(answer));
        let message = Said { role: "assistant", content, refusal: None, annotations };
        let finish_reason = finish_reason(answer.finish_reason);
        Self {
            id: answer.id,
            object: "chat.completion",
            created: now_seconds(),
            model: frame.model,
            choices: [Choice { index: 0, message, logprobs: None, finish_reason }],
            usage: answer.usage.into(),
            footnote: Extension::from(answer),
        }
    }
}

/// Where a source of the text is found.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Annotation {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url_citation: UrlCitation,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct UrlCitation {
    /// The first character of the marker.
    pub(super) start_index: usize,
    /// One past its last.
    pub(super) end_index: usize,
    pub(super) title: String,
    pub(super) url: String,
}

/// What the answer cost.
#[derive(Debug, Clone, Copy, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of OpenAI's API")]
pub(super) struct Cost {
    prompt_tokens: usize,
    completion_tokens: usize,
    total_tokens: usize,
}

impl From<Usage> for Cost {
    fn from(usage: Usage) -> Self {
        let Usage { prompt_tokens, completion_tokens } = usage;
        Self { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
    }
}

/// What only our clients read: the answer as our own API has it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Extension {
    finish_reason: FinishReason,
    mode: AnswerMode,
    model: Option<String>,
    standalone_question: String,
    /// The text that the ranges of the sentences point into: no footnotes, nothing escaped.
    text: String,
    sentences: Vec<Sentence>,
    citations: Vec<Citation>,
}

impl From<&Answer> for Extension {
    fn from(answer: &Answer) -> Self {
        Self {
            finish_reason: answer.finish_reason,
            mode: answer.mode,
            model: answer.model.clone(),
            standalone_question: answer.standalone_question.clone(),
            text: answer.text.clone(),
            sentences: answer.sentences.clone(),
            citations: answer.citations.clone(),
        }
    }
}

/// Says in OpenAI's words why an answer ended. That the documents do not say is an answer too.
pub(super) fn finish_reason(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::NoAnswer | FinishReason::Cancelled => "stop",
        FinishReason::Length => "length",
    }
}

/// Returns the present moment as OpenAI's API writes it.
pub(super) fn now_seconds() -> i64 {
    SystemClock.now().0 / 1000
}
