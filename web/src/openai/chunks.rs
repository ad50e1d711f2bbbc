//! An answer as chunks, while it is made.

use axum::response::Response;
use axum::response::sse::Event as Sent;
use footnote_core::id::AnswerId;
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::completion::{Annotation, Cost, Extension, Frame, finish_reason, now_seconds};
use super::markdown;
use crate::answers::AnswerLog;
use crate::error::ApiError;
use crate::sse;
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// What ends a stream.
const DONE: &str = "[DONE]";

/// Streams an answer; a client that goes away stops it.
pub(super) fn response(log: Arc<AnswerLog>, frame: Frame, stop: CancellationToken) -> Response {
    let guard = log.cancel_token().drop_guard();
    let mut writer = Writer::new(log.id(), frame);
    let chunks = sse::answer::follow(log, 0)
        .flat_map(move |(_number, event)| stream::iter(writer.take(&event)));
    sse::respond_bare(sse::answer::guarded(chunks, stop, Some(guard)))
}

/// A piece of a completion.
#[derive(Debug, Serialize)]
struct Chunk<'a> {
    id: AnswerId,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footnote: Option<Extension>,
}

#[derive(Debug, Serialize)]
struct Choice {
    index: usize,
    delta: Delta,
    finish_reason: Option<&'static str>,
}

/// What comes next.
#[derive(Debug, Default, Serialize)]
struct Delta {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation>,
}

/// Writes chunks, and knows what was written.
struct Writer {
    id: AnswerId,
    frame: Frame,
    created: i64,
    /// The answer's text so far.
    text: String,
    /// The same as the client has it.
    content: String,
}

impl Writer {
    fn new(id: AnswerId, frame: Frame) -> Self {
        let created = now_seconds();
        Self { id, frame, created, text: String::new(), content: String::new() }
    }

    /// Returns what a client is told of an event.
    fn take(&mut self, event: &Event) -> Vec<Sent> {
        match event {
            Event::Created { .. } => {
                let (role, content) = (Some("assistant"), Some(String::new()));
                vec![self.delta(Delta { role, content, ..Delta::default() })]
            }
            Event::Text { delta } => vec![self.piece(delta)],
            Event::Completed(answer) => self.ending(answer),
            Event::Failed(error) => vec![encode(&error.envelope())],
            Event::Queued { .. }
            | Event::Retrieved { .. }
            | Event::Cited(_)
            | Event::Notice { .. } => Vec::new(),
        }
    }

    /// Writes a piece of the text. The answerer never splits a marker, nor is it split here.
    fn piece(&mut self, text: &str) -> Sent {
        let content = markdown::escape(text);
        self.text.push_str(text);
        self.content.push_str(&content);
        self.delta(Delta { content: Some(content), ..Delta::default() })
    }

    /// Writes what comes after the text: the footnotes, why it ended, what it cost.
    fn ending(&mut self, answer: &Answer) -> Vec<Sent> {
        let mut chunks = Vec::new();
        if let Some(rest) = answer.text.strip_prefix(&self.text).filter(|rest| !rest.is_empty()) {
            chunks.push(self.piece(rest));
        }
        let annotations = self.frame.annotations(&self.content, answer);
        let footnotes = self.frame.footnotes(answer);
        if !annotations.is_empty() || !footnotes.is_empty() {
            chunks.push(self.delta(Delta { content: Some(footnotes), annotations, role: None }));
        }
        let finish_reason = Some(finish_reason(answer.finish_reason));
        let last = Choice { index: 0, delta: Delta::default(), finish_reason };
        let footnote = Some(Extension::from(answer));
        chunks.push(encode(&Chunk { footnote, ..self.chunk(vec![last]) }));
        if self.frame.includes_usage {
            let usage = Some(answer.usage.into());
            chunks.push(encode(&Chunk { usage, ..self.chunk(Vec::new()) }));
        }
        chunks.push(Sent::default().data(DONE));
        chunks
    }

    fn delta(&self, delta: Delta) -> Sent {
        encode(&self.chunk(vec![Choice { index: 0, delta, finish_reason: None }]))
    }

    fn chunk(&self, choices: Vec<Choice>) -> Chunk<'_> {
        Chunk {
            id: self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.frame.model,
            choices,
            usage: None,
            footnote: None,
        }
    }
}

/// Writes an event without name and number, for OpenAI's clients read every event as a chunk.
fn encode(data: &impl Serialize) -> Sent {
    Sent::default().json_data(data).unwrap_or_else(|error| {
        let error = ApiError::internal(error.to_string());
        error.log(None);
        Sent::default().data(DONE)
    })
}
