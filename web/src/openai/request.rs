//! What a client asks of a chat model, as far as it is understood.
//!
//! Unknown fields are ignored. What would change the answer and is not done is refused by name, so
//! that nobody relies on it; how tokens are chosen (`temperature` and its like) has no say in
//! answers that are found.

use footnote_core::answer::{AnswerMode, Question};
use footnote_core::chat::{Message, Role};
use footnote_core::query::{Filter, SearchMode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::markdown;
use crate::error::{ApiError, Code};
use crate::wire;

/// The fields that are refused when they ask for something.
const UNSUPPORTED: [&str; 14] = [
    "audio",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "modalities",
    "n",
    "prediction",
    "response_format",
    "stop",
    "tool_choice",
    "tools",
    "top_logprobs",
    "web_search_options",
];

/// What parts that are texts are called.
const TEXTS: [&str; 3] = ["text", "input_text", "output_text"];

/// A request for a completion.
#[derive(Debug, Deserialize)]
pub(super) struct ChatRequest {
    /// `footnote`, or `footnote:` and a collection.
    pub(super) model: String,
    messages: Vec<ChatMessage>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    footnote: Option<Options>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct ChatMessage {
    role: String,
    content: Option<Content>,
}

/// What is said: a text, or parts of which only texts are read.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
pub(super) struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// What only our clients ask for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Options {
    mode: AnswerMode,
    search: SearchMode,
    filter: Filter,
    as_of: Option<String>,
    pub(super) append_sources: Option<bool>,
}

impl ChatRequest {
    /// Tells whether the answer comes in chunks.
    pub(super) fn streams(&self) -> bool {
        self.stream.unwrap_or_default()
    }

    /// Tells whether the last chunk says what the answer cost.
    pub(super) fn includes_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|options| options.include_usage).unwrap_or_default()
    }

    /// Tells whether footnotes stand below the text.
    pub(super) fn appends_sources(&self) -> bool {
        self.footnote.as_ref().and_then(|options| options.append_sources).unwrap_or(true)
    }

    /// Returns the question: the last turn, with those before as its history.
    ///
    /// # Errors
    /// `unsupported-parameter` for what is not done, `validation-failed` for what is no question;
    /// both name the field.
    pub(super) fn question(&self) -> Result<Question, ApiError> {
        if let Some((field, _)) = self.others.iter().find(|(field, value)| asks(field, value)) {
            return Err(unsupported(field, "is not supported here"));
        }
        let mut history = Vec::new();
        for (idx, message) in self.messages.iter().enumerate() {
            history.extend(message.turn(idx)?);
        }
        let Some(Message { role: Role::User, content: text }) = history.pop() else {
            return Err(ApiError::invalid("the last message is not the user's").at("messages"));
        };
        let question = Question { text, history, ..Question::default() };
        match &self.footnote {
            Some(options) => options.applied_to(question),
            None => Ok(question),
        }
    }
}

impl Options {
    /// Returns a question that is asked in the way that the options say.
    ///
    /// # Errors
    /// `validation-failed` when `as_of` is no date.
    pub(super) fn applied_to(&self, question: Question) -> Result<Question, ApiError> {
        let as_of = wire::as_of(self.as_of.as_deref())
            .map_err(|error| ApiError::from(error).at("footnote.as_of"))?;
        let (mode, search, filter) = (self.mode, self.search, self.filter.clone());
        Ok(Question { mode, search, filter, as_of, ..question })
    }
}

impl ChatMessage {
    /// Returns the turn of a conversation that a message is; instructions are none, for the answer
    /// is found and not told.
    fn turn(&self, idx: usize) -> Result<Option<Message>, ApiError> {
        let field = format!("messages[{idx}]");
        let (role, content) = match self.role.as_str() {
            "system" | "developer" => return Ok(None),
            "user" => (Role::User, Content::text(self.content.as_ref(), &field)?),
            "assistant" => {
                let said = Content::text(self.content.as_ref(), &field)?;
                (Role::Assistant, markdown::strip(&said))
            }
            _ => {
                return Err(unsupported(
                    &format!("{field}.role"),
                    "is a role that is not supported",
                ));
            }
        };
        Ok(Some(Message { role, content }))
    }
}

impl Content {
    /// Returns what is said in words.
    ///
    /// # Errors
    /// `unsupported-parameter` for a part that is not a text.
    pub(super) fn text(content: Option<&Self>, field: &str) -> Result<String, ApiError> {
        let parts = match content {
            None => return Ok(String::new()),
            Some(Self::Text(text)) => return Ok(text.clone()),
            Some(Self::Parts(parts)) => parts,
        };
        let mut texts = Vec::with_capacity(parts.len());
        for (idx, part) in parts.iter().enumerate() {
            match part {
                Part { kind, text: Some(text) } if TEXTS.contains(&kind.as_str()) => {
                    texts.push(text.as_str());
                }
                Part { .. } => {
                    return Err(unsupported(&format!("{field}.content[{idx}]"), "is not a text"));
                }
            }
        }
        Ok(texts.join("\n"))
    }
}

/// Tells whether a field asks for something that is not done.
fn asks(field: &str, value: &Value) -> bool {
    if !UNSUPPORTED.contains(&field) {
        return false;
    }
    match (field, value) {
        (_, Value::Null | Value::Bool(false)) => false,
        ("n", Value::Number(n)) => n.as_u64() != Some(1),
        ("top_logprobs", Value::Number(n)) => n.as_u64() != Some(0),
        ("tool_choice" | "function_call", Value::String(choice)) => {
            choice != "none" && choice != "auto"
        }
        ("response_format", Value::Object(format)) => format.get("type") != Some(&"text".into()),
        ("modalities", Value::Array(kinds)) => kinds.iter().any(|kind| kind != "text"),
        (_, Value::Array(values)) => !values.is_empty(),
        (_, Value::Object(fields)) => !fields.is_empty(),
        (_, Value::Bool(true) | Value::Number(_) | Value::String(_)) => true,
    }
}

/// Refuses a field by its name.
pub(super) fn unsupported(field: &str, what: &str) -> ApiError {
    let detail = format!("`{field}` {what}");
    ApiError::new(Code::UnsupportedParameter, detail).at(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(mut fields: Value) -> Result<Question, ApiError> {
        fields["model"] = json!("footnote");
        if fields.get("messages").is_none() {
            fields["messages"] = json!([{"role": "user", "content": "Why?"}]);
        }
        serde_json::from_value::<ChatRequest>(fields).unwrap().question()
    }

    fn refused(fields: Value) -> String {
        let error = serde_json::to_value(question(fields).unwrap_err().envelope()).unwrap();
        error["error"]["param"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_is_not_done_is_refused_by_name_and_what_is_unknown_is_ignored() {
        assert_eq!(refused(json!({"n": 2})), "n");
        assert_eq!(refused(json!({"tools": [{"type": "function"}]})), "tools");
        assert_eq!(refused(json!({"response_format": {"type": "json_object"}})), "response_format");
        assert_eq!(refused(json!({"stop": "\n"})), "stop");
        let harmless = json!({"n": 1, "tools": [], "tool_choice": "auto", "stop": null,
            "response_format": {"type": "text"}, "temperature": 0.7, "max_tokens": 5, "made_up": 1});
        assert_eq!(question(harmless).unwrap().text, "Why?");
    }

    #[test]
    fn the_last_turn_is_the_question_and_the_ones_before_are_its_history() {
        let messages = json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "How long is parental leave?"},
            {"role": "assistant", "content": "Ten weeks.[^1]\n\n[^1]: [A](http://a) “Ten”"},
            {"role": "user", "content": [{"type": "text", "text": "And how is it paid?"}]}]);
        let question = question(json!({"messages": messages})).unwrap();
        assert_eq!(question.text, "And how is it paid?");
        let turns: Vec<_> = question.history.iter().map(|turn| turn.content.as_str()).collect();
        assert_eq!(turns, ["How long is parental leave?", "Ten weeks."]);
    }

    #[test]
    fn messages_that_hold_no_question_are_refused() {
        assert_eq!(refused(json!({"messages": []})), "messages");
        assert_eq!(
            refused(json!({"messages": [{"role": "assistant", "content": "x"}]})),
            "messages"
        );
        let tool = json!([{"role": "tool", "content": "x"}]);
        assert_eq!(refused(json!({"messages": tool})), "messages[0].role");
        let picture =
            json!([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]);
        assert_eq!(refused(json!({"messages": picture})), "messages[0].content[0]");
    }
}
