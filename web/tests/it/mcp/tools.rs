//! What the tools are told to be, and what they find.

use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use footnote_core::config::Config;

use super::{Assistant, QUESTION, VERSION, call, initialize, message};
use crate::answers::until;
use crate::client::Request;
use crate::models::Speaker;
use crate::server::Server;

/// Says where a value differs from the schema that describes it.
fn misfit(schema: &Value, value: &Value) -> Option<String> {
    let is_of_type = match schema["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        other => panic!("the test does not know the type {other}"),
    };
    if !is_of_type {
        return Some(format!("{value} is no {}", schema["type"]));
    }
    let allowed = schema["enum"].as_array();
    if allowed.is_some_and(|allowed| !allowed.contains(value)) {
        return Some(format!("{value} is not one of {}", schema["enum"]));
    }
    let names = schema["required"].as_array().into_iter().flatten();
    if let Some(missing) = names.into_iter().find(|name| value[name.as_str().unwrap()].is_null()) {
        return Some(format!("{missing} is missing in {value}"));
    }
    let known = schema["properties"].as_object().into_iter().flatten();
    let mut fields = known.filter(|(name, _)| !value[name.as_str()].is_null());
    let mut items = value.as_array().into_iter().flatten();
    fields
        .find_map(|(name, schema)| misfit(schema, &value[name.as_str()]))
        .or_else(|| items.find_map(|item| misfit(&schema["items"], item)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_only_read_and_declare_what_goes_in_and_comes_out() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let info = assistant.result(&initialize()).await;
    assert_eq!(info["serverInfo"]["name"], "footnote");
    assert_eq!(info["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["protocolVersion"], VERSION);
    let listed = assistant.result(&message("tools/list", &json!({}))).await;
    let tools = listed["tools"].as_array().unwrap();
    let shapes: Vec<_> =
        tools.iter().map(|tool| (&tool["name"], &tool["inputSchema"]["required"])).collect();
    let expected = [
        (&json!("search"), &json!(["query"])),
        (&json!("fetch"), &json!(["id"])),
        (&json!("ask"), &json!(["question"])),
        (&json!("list_collections"), &json!([])),
    ];
    assert_eq!(shapes, expected);
    for tool in tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
        assert!(tool["description"].is_string() && tool["title"].is_string(), "{tool}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_out_has_the_declared_shape() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let document = server.with_leave_policy().await;
    let listed = assistant.result(&message("tools/list", &json!({}))).await;
    let arguments = [
        json!({"query": "annual leave"}),
        json!({"id": document}),
        json!({"question": QUESTION}),
        json!({}),
    ];
    for (tool, arguments) in listed["tools"].as_array().unwrap().iter().zip(arguments) {
        assert_eq!(misfit(&tool["inputSchema"], &arguments), None);
        let found = assistant.found(tool["name"].as_str().unwrap(), &arguments).await;
        assert_eq!(misfit(&tool["outputSchema"], &found), None);
        assert!(misfit(&tool["outputSchema"], &json!({})).is_some(), "every tool requires a field");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_search_finds_fetch_reads() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let document = server.with_leave_policy().await;
    let by_search = assistant.found("search", &json!({"query": "annual leave"})).await;
    let hit = &by_search["results"][0];
    let fields: Vec<_> = hit.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "title", "url"]);
    assert!(hit["id"].as_str().unwrap().starts_with(&format!("{document}#chk_")), "{hit}");
    let url = hit["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/documents/{document}?", server.address)), "{url}");
    let read = assistant.found("fetch", &json!({"id": hit["id"]})).await;
    let fields: Vec<_> = read.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "title", "text", "url", "metadata"]);
    assert!(read["text"].as_str().unwrap().contains("28 days"), "{read}");
    assert_eq!((&read["id"], &read["title"]), (&hit["id"], &json!("Leave policy")));
    assert_eq!(read["metadata"]["uri"], "leave.md");
    let whole = assistant.found("fetch", &json!({"id": document})).await;
    assert!(whole["text"].as_str().unwrap().contains("31 March"), "{whole}");
    let path = url.split_once("/documents/").unwrap().1;
    assert_eq!(
        server.get(&format!("/documents/{path}")).await.status,
        303,
        "the link leads to the page"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_with_its_citations() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    server.with_leave_policy().await;
    let question = json!({"question": QUESTION, "collection": "handbook"});
    let answer = assistant.found("ask", &question).await;
    assert!(answer["answer"].as_str().unwrap().contains("[^1]"), "{answer}");
    assert!(answer["citations"][0]["cited_text"].as_str().unwrap().contains("28 days"));
    let url = answer["citations"][0]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/documents/doc_", server.address)), "{url}");
    let moons = json!({"question": "Which planet has the most moons?"});
    let none = assistant.found("ask", &moons).await;
    assert_eq!((&none["finish_reason"], &none["citations"]), (&json!("no_answer"), &json!([])));
    let collections = assistant.found("list_collections", &json!({})).await;
    assert_eq!(collections["collections"][0]["name"], "handbook");
    assert_eq!(collections["collections"][0]["documents"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_that_wants_to_know_is_told_how_far_an_answer_is() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    server.with_leave_policy().await;
    let mut asking = call("ask", &json!({"question": QUESTION}));
    asking["params"]["_meta"] = json!({"progressToken": "p1"});
    let response = assistant.send(&asking).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let text = response.text();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let said: Vec<Value> =
        data.filter(|data| !data.is_empty()).map(|d| serde_json::from_str(d).unwrap()).collect();
    let (last, progress) = said.split_last().unwrap();
    assert!(last["result"]["structuredContent"]["answer"].is_string(), "{last}");
    assert_eq!(progress[0]["method"], "notifications/progress", "{text}");
    assert_eq!(progress[0]["params"]["progressToken"], "p1");
    assert!(progress[0]["params"]["message"].as_str().unwrap().starts_with("Reading "), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_that_leaves_stops_the_model() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    let assistant = Assistant::of(&server);
    server.with_leave_policy().await;
    let asking = call("ask", &json!({"question": QUESTION}));
    let stream = assistant.request(&asking).start(server.address).await;
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    drop(stream);
    until(|| n_open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_its_version_needs_no_handshake() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let version = "2026-07-28";
    let mut calling = call("list_collections", &json!({}));
    calling["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    let request = Request::new("POST", "/mcp")
        .header("Accept", "application/json, text/event-stream")
        .header("MCP-Protocol-Version", version)
        .header("Mcp-Method", "tools/call")
        .header("Mcp-Name", "list_collections")
        .json(&calling);
    let response = request.send(server.address).await.json();
    let found = &response["result"]["structuredContent"];
    assert_eq!(found["collections"][0]["name"], "handbook", "{response}");
}
