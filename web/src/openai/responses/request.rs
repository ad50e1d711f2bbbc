//! What a client asks for a response, as far as it is understood: as for a completion, unknown fields
//! are ignored, and what would change the answer and is not done is refused by name.

use footnote_core::answer::Question;
use footnote_core::chat::{Message, Role};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::openai::markdown;
use crate::openai::request::{Content, Options, unsupported};

/// The fields that are refused when they ask for something.
const UNSUPPORTED: [&str; 7] = [
    "background",
    "conversation",
    "previous_response_id",
    "prompt",
    "text",
    "tool_choice",
    "tools",
];

/// A request for a response.
#[derive(Debug, Deserialize)]
pub(in crate::openai) struct ResponseRequest {
    /// `footnote`, or `footnote:` and a collection.
    pub(super) model: String,
    input: Input,
    stream: Option<bool>,
    footnote: Option<Options>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// The question, or the turns that end with it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Items(Vec<Item>),
}

/// A turn.
#[derive(Debug, Deserialize)]
struct Item {
    #[serde(rename = "type")]
    kind: Option<String>,
    role: Option<String>,
    content: Option<Content>,
}

impl ResponseRequest {
    /// Tells whether the response comes as events.
    pub(super) fn streams(&self) -> bool {
        self.stream.unwrap_or_default()
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
        let mut history = match &self.input {
            Input::Text(text) => vec![Message { role: Role::User, content: text.clone() }],
            Input::Items(items) => turns(items)?,
        };
        let Some(Message { role: Role::User, content: text }) = history.pop() else {
            return Err(ApiError::invalid("the last turn is not the user's").at("input"));
        };
        let question = Question { text, history, ..Question::default() };
        match &self.footnote {
            Some(options) => options.applied_to(question),
            None => Ok(question),
        }
    }
}

/// Returns the turns of a conversation; instructions are none, for the answer is found and not told.
fn turns(items: &[Item]) -> Result<Vec<Message>, ApiError> {
    let mut turns = Vec::new();
    for (idx, item) in items.iter().enumerate() {
        let field = format!("input[{idx}]");
        if item.kind.as_deref().is_some_and(|kind| kind != "message") {
            return Err(unsupported(&field, "is not a message"));
        }
        let said = || Content::text(item.content.as_ref(), &field);
        let (role, content) = match item.role.as_deref() {
            Some("system" | "developer") => continue,
            Some("user") => (Role::User, said()?),
            Some("assistant") => (Role::Assistant, markdown::strip(&said()?)),
            _ => {
                return Err(unsupported(
                    &format!("{field}.role"),
                    "is a role that is not supported",
                ));
            }
        };
        turns.push(Message { role, content });
    }
    Ok(turns)
}

/// Tells whether a field asks for something that is not done.
fn asks(field: &str, value: &Value) -> bool {
    if !UNSUPPORTED.contains(&field) {
        return false;
    }
    match (field, value) {
        (_, Value::Null | Value::Bool(false)) => false,
        ("tool_choice", Value::String(choice)) => choice != "none" && choice != "auto",
        ("text", Value::Object(text)) => {
            text.get("format").is_some_and(|format| format["type"] != "text")
        }
        (_, Value::Array(values)) => !values.is_empty(),
        (_, Value::Object(fields)) => !fields.is_empty(),
        (_, Value::Bool(true) | Value::Number(_) | Value::String(_)) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn question(mut fields: Value) -> Result<Question, ApiError> {
        fields["model"] = json!("footnote");
        serde_json::from_value::<ResponseRequest>(fields).unwrap().question()
    }

    fn refused(fields: Value) -> String {
        let error = serde_json::to_value(question(fields).unwrap_err().envelope()).unwrap();
        error["error"]["param"].as_str().unwrap().to_owned()
    }

    #[test]
    fn the_last_turn_is_the_question_whether_it_stands_alone_or_not() {
        assert_eq!(question(json!({"input": "Why?"})).unwrap().text, "Why?");
        let input = json!([
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": "How long is parental leave?"},
            {"type": "message", "role": "assistant",
             "content": [{"type": "output_text", "text": "Ten weeks.[^1]\n\n[^1]: [A](http://a) “Ten”"}]},
            {"role": "user", "content": [{"type": "input_text", "text": "And how is it paid?"}]}]);
        let asked = question(json!({"input": input, "instructions": "x", "store": true})).unwrap();
        assert_eq!(asked.text, "And how is it paid?");
        let turns: Vec<_> = asked.history.iter().map(|turn| turn.content.as_str()).collect();
        assert_eq!(turns, ["How long is parental leave?", "Ten weeks."]);
    }

    #[test]
    fn what_is_not_done_is_refused_by_name() {
        let with = |name: &str, value: Value| {
            let mut fields = json!({"input": "Why?"});
            fields[name] = value;
            fields
        };
        assert_eq!(refused(with("previous_response_id", json!("resp_1"))), "previous_response_id");
        assert_eq!(refused(with("tools", json!([{"type": "web_search"}]))), "tools");
        assert_eq!(refused(with("text", json!({"format": {"type": "json_schema"}}))), "text");
        assert_eq!(refused(json!({"input": []})), "input");
        let call = json!([{"type": "function_call_output", "output": "x"}]);
        assert_eq!(refused(json!({"input": call})), "input[0]");
        let picture = json!([{"role": "user", "content": [{"type": "input_image"}]}]);
        assert_eq!(refused(json!({"input": picture})), "input[0].content[0]");
        assert!(question(with("text", json!({"format": {"type": "text"}}))).is_ok());
    }
}
