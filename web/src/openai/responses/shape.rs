//! A response as OpenAI's clients read it.

use footnote_core::answer::FinishReason;
use footnote_core::id::AnswerId;
use serde::Serialize;
use serde_json::{Value, json};

use crate::openai::completion::{Annotation, Extension, Frame, now_seconds};
use crate::openai::markdown;
use crate::wire::answer::Answer;

/// What stays the same of a response from its first event to its last.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    id: String,
    pub(super) message_id: String,
    created_at: i64,
    pub(super) frame: Frame,
}

/// Where a source of the text is found.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UrlCitation {
    #[serde(rename = "type")]
    kind: &'static str,
    start_index: usize,
    end_index: usize,
    title: String,
    url: String,
}

impl From<Annotation> for UrlCitation {
    fn from(annotation: Annotation) -> Self {
        let Annotation { kind, url_citation: cited } = annotation;
        let (start_index, end_index) = (cited.start_index, cited.end_index);
        Self { kind, start_index, end_index, title: cited.title, url: cited.url }
    }
}

impl Shape {
    /// Begins the response that an answer becomes.
    pub(super) fn new(id: AnswerId, frame: Frame) -> Self {
        let bare = id.as_uuid();
        Self {
            id: format!("resp_{bare}"),
            message_id: format!("msg_{bare}"),
            created_at: now_seconds(),
            frame,
        }
    }

    /// Writes a response of which nothing is known yet.
    pub(super) fn begun(&self) -> Value {
        self.response("in_progress", &[])
    }

    /// Writes the whole response.
    pub(super) fn whole(&self, answer: &Answer) -> Value {
        let text = markdown::escape(&answer.text);
        let annotations = self.annotations(&text, answer);
        let content = format!("{text}{}", self.frame.footnotes(answer));
        self.ended(answer, &content, &annotations)
    }

    /// Writes the response as it is at its end, with what was said.
    pub(super) fn ended(&self, answer: &Answer, text: &str, cited: &[UrlCitation]) -> Value {
        let is_cut = answer.finish_reason == FinishReason::Length;
        let status = if is_cut { "incomplete" } else { "completed" };
        let mut response = self.response(status, &[self.message(status, &[part(text, cited)])]);
        if is_cut {
            response["incomplete_details"] = json!({"reason": "max_output_tokens"});
        }
        let (input, output) = (answer.usage.prompt_tokens, answer.usage.completion_tokens);
        response["usage"] = json!({
            "input_tokens": input, "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": output, "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": input + output,
        });
        response["footnote"] = json!(Extension::from(answer));
        response
    }

    /// Writes the one message of a response.
    pub(super) fn message(&self, status: &str, content: &[Value]) -> Value {
        json!({"type": "message", "id": self.message_id, "status": status, "role": "assistant",
               "content": content})
    }

    /// Returns what a client finds beside a text for each of its markers.
    pub(super) fn annotations(&self, text: &str, answer: &Answer) -> Vec<UrlCitation> {
        self.frame.annotations(text, answer).into_iter().map(UrlCitation::from).collect()
    }

    fn response(&self, status: &str, output: &[Value]) -> Value {
        json!({
            "id": self.id, "object": "response", "created_at": self.created_at, "status": status,
            "model": self.frame.model, "output": output, "error": null, "incomplete_details": null,
            "instructions": null, "metadata": {}, "parallel_tool_calls": false, "temperature": null,
            "tool_choice": "none", "tools": [], "top_p": null, "usage": null, "store": false,
        })
    }
}

/// Writes the text of a message.
pub(super) fn part(text: &str, annotations: &[UrlCitation]) -> Value {
    json!({"type": "output_text", "text": text, "annotations": annotations, "logprobs": []})
}
