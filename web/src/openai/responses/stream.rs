//! A response as events, while it is made.

use axum::response::Response;
use axum::response::sse::Event as Sent;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::shape::{Shape, part};
use crate::answers::AnswerLog;
use crate::error::ApiError;
use crate::openai::markdown;
use crate::sse;
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// Streams a response; a client that goes away stops it.
pub(super) fn response(log: Arc<AnswerLog>, shape: Shape, stop: CancellationToken) -> Response {
    let guard = log.cancel_token().drop_guard();
    let mut writer = Writer { shape, n_events: 0, text: String::new(), content: String::new() };
    let events = sse::answer::follow(log, 0)
        .flat_map(move |(_number, event)| stream::iter(writer.take(&event)));
    sse::respond_bare(sse::answer::guarded(events, stop, Some(guard)))
}

/// Writes events, and knows what was written.
struct Writer {
    shape: Shape,
    n_events: usize,
    /// The answer's text so far.
    text: String,
    /// The same as the client has it.
    content: String,
}

impl Writer {
    /// Returns what a client is told of an event.
    fn take(&mut self, event: &Event) -> Vec<Sent> {
        match event {
            Event::Created { .. } => self.begin(),
            Event::Text { delta } => {
                self.text.push_str(delta);
                vec![self.say(&markdown::escape(delta))]
            }
            Event::Completed(answer) => self.end(answer),
            Event::Failed(error) => vec![self.fail(error)],
            Event::Queued { .. }
            | Event::Retrieved { .. }
            | Event::Cited(_)
            | Event::Notice { .. } => Vec::new(),
        }
    }

    fn begin(&mut self) -> Vec<Sent> {
        let response = self.shape.begun();
        let item = self.shape.message("in_progress", &[]);
        vec![
            self.event("response.created", json!({"response": response})),
            self.event("response.in_progress", json!({"response": response})),
            self.event("response.output_item.added", json!({"output_index": 0, "item": item})),
            self.of_text("response.content_part.added", json!({"part": part("", &[])})),
        ]
    }

    /// Writes a piece of the text. The answerer never splits a marker, nor is it split here.
    fn say(&mut self, piece: &str) -> Sent {
        self.content.push_str(piece);
        self.of_text("response.output_text.delta", json!({"delta": piece, "logprobs": []}))
    }

    /// Writes what comes after the text: the footnotes, where they lead, and the whole again.
    fn end(&mut self, answer: &Answer) -> Vec<Sent> {
        let mut events = Vec::new();
        if let Some(rest) = answer.text.strip_prefix(&self.text).filter(|rest| !rest.is_empty()) {
            events.push(self.say(&markdown::escape(rest)));
        }
        let annotations = self.shape.annotations(&self.content, answer);
        let footnotes = self.shape.frame.footnotes(answer);
        if !footnotes.is_empty() {
            events.push(self.say(&footnotes));
        }
        for (idx, annotation) in annotations.iter().enumerate() {
            let added = json!({"annotation_index": idx, "annotation": annotation});
            events.push(self.of_text("response.output_text.annotation.added", added));
        }
        let text = self.content.clone();
        let response = self.shape.ended(answer, &text, &annotations);
        let item = response["output"][0].clone();
        let status = response["status"].as_str().unwrap_or("completed").to_owned();
        let said = json!({"text": text, "logprobs": []});
        events.push(self.of_text("response.output_text.done", said));
        let whole = json!({"part": part(&text, &annotations)});
        events.push(self.of_text("response.content_part.done", whole));
        events.push(
            self.event("response.output_item.done", json!({"output_index": 0, "item": item})),
        );
        events.push(self.event(&format!("response.{status}"), json!({"response": response})));
        events
    }

    /// Says why there is no answer.
    fn fail(&mut self, error: &ApiError) -> Sent {
        let mut response = self.shape.begun();
        response["status"] = json!("failed");
        let code = error.code().as_str().replace('-', "_");
        response["error"] = json!({"code": code, "message": error.detail()});
        self.event("response.failed", json!({"response": response}))
    }

    /// Writes an event about the text of the message.
    fn of_text(&mut self, name: &str, mut data: Value) -> Sent {
        data["item_id"] = json!(self.shape.message_id);
        data["output_index"] = json!(0);
        data["content_index"] = json!(0);
        self.event(name, data)
    }

    fn event(&mut self, name: &str, mut data: Value) -> Sent {
        data["type"] = json!(name);
        data["sequence_number"] = json!(self.n_events);
        self.n_events += 1;
        Sent::default().event(name).data(data.to_string())
    }
}
