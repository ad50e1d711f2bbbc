//! The tools as assistants are told of them.

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use std::sync::Arc;

/// Finds passages; `fetch` reads them.
pub(super) const SEARCH: &str = "search";
/// Reads a document, or a passage with what stands around it.
pub(super) const FETCH: &str = "fetch";
/// Answers a question with citations.
pub(super) const ASK: &str = "ask";
/// Says which collections there are.
pub(super) const LIST_COLLECTIONS: &str = "list_collections";

/// Returns every tool.
pub(super) fn all() -> Vec<Tool> {
    vec![
        tool(
            SEARCH,
            "Search documents",
            "Finds the passages of the documents that fit a query, best first. Use `fetch` with an \
             id to read one.",
            (required(&[("query", "What to look for, as words or as a question")]), found()),
        ),
        tool(
            FETCH,
            "Read a document",
            "Reads what `search` found: the passage with the text around it. Without the part \
             after `#`, an id names the whole document.",
            (required(&[("id", "An id that `search` returned")]), fetched()),
        ),
        tool(
            ASK,
            "Ask the documents",
            "Answers a question from the documents alone. Every sentence of the answer has a \
             marker such as [^1], and `citations` holds the quoted text and where it stands. When \
             the documents do not say, `finish_reason` is `no_answer`.",
            (question(), answered()),
        ),
        tool(
            LIST_COLLECTIONS,
            "List collections",
            "Lists the collections of documents, with how many documents each has.",
            (required(&[]), collections()),
        ),
    ]
}

/// Describes a tool that reads and changes nothing.
fn tool(
    name: &'static str,
    title: &str,
    description: &'static str,
    (input, output): (Value, Value),
) -> Tool {
    let annotations = ToolAnnotations::with_title(title)
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    Tool::new(name, description, object(input))
        .with_title(title)
        .with_raw_output_schema(object(output))
        .with_annotations(annotations)
}

/// Describes arguments that are texts and must be given.
fn required(fields: &[(&str, &str)]) -> Value {
    let text = |(name, description): &(&str, &str)| {
        ((*name).to_owned(), json!({"type": "string", "description": description}))
    };
    let properties: JsonObject = fields.iter().map(text).collect();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": names,
           "additionalProperties": false})
}

fn question() -> Value {
    let mut schema = required(&[("question", "The question, as a person asks it")]);
    schema["properties"]["collection"] = json!({"type": "string",
        "description": "The name or id of a collection; all of them if absent"});
    schema
}

fn found() -> Value {
    listed(
        "results",
        &["id", "title", "url"],
        &json!({"id": {"type": "string"},
        "title": {"type": "string"}, "url": {"type": "string"}}),
    )
}

fn fetched() -> Value {
    json!({"type": "object",
        "properties": {"id": {"type": "string"}, "title": {"type": "string"},
            "text": {"type": "string"}, "url": {"type": "string"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}}},
        "required": ["id", "title", "text", "url", "metadata"]})
}

fn answered() -> Value {
    let citation = json!({"type": "object",
        "properties": {"n": {"type": "integer"}, "cited_text": {"type": "string"},
            "url": {"type": "string"}},
        "required": ["n", "cited_text", "url"]});
    json!({"type": "object",
        "properties": {"answer": {"type": "string"}, "finish_reason": {"type": "string",
            "enum": ["stop", "length", "cancelled", "no_answer"]},
            "citations": {"type": "array", "items": citation}},
        "required": ["answer", "finish_reason", "citations"]})
}

fn collections() -> Value {
    listed(
        "collections",
        &["id", "name", "documents", "chunks"],
        &json!({
        "id": {"type": "string"}, "name": {"type": "string"}, "documents": {"type": "integer"},
        "chunks": {"type": "integer"}}),
    )
}

/// Describes an object with one list of objects.
fn listed(name: &str, required: &[&str], properties: &Value) -> Value {
    let item = json!({"type": "object", "properties": properties, "required": required});
    json!({"type": "object", "properties": {name: {"type": "array", "items": item}},
           "required": [name]})
}

fn object(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(fields) => Arc::new(fields),
        _ => Arc::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_only_reads_and_declares_what_goes_in_and_comes_out() {
        for tool in all() {
            let hints = tool.annotations.as_ref().unwrap();
            assert_eq!((hints.read_only_hint, hints.destructive_hint), (Some(true), Some(false)));
            assert_eq!(tool.input_schema["type"], "object", "{}", tool.name);
            assert_eq!(tool.output_schema.unwrap()["type"], "object", "{}", tool.name);
        }
    }
}
