//! What cannot be used is refused in words that say what is wrong.

use serde_json::{Value, json};

use super::{Assistant, call, initialize, message};
use crate::client::Request;
use crate::server::Server;

/// The code of the protocol for arguments that cannot be used.
const INVALID_PARAMS: i64 = -32602;

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_cannot_be_used_are_named() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    server.with_leave_policy().await;
    let cases: [(&str, Value, &str); 8] = [
        ("search", json!({}), "missing field `query`"),
        ("search", json!({"query": 3}), "invalid type"),
        ("search", json!({"query": "leave", "k": 3}), "unknown field `k`"),
        ("search", json!({"query": " "}), "the question is empty"),
        ("fetch", json!({"uri": "leave.md"}), "unknown field `uri`"),
        ("ask", json!({"question": ""}), "the question is empty"),
        ("ask", json!({"question": "x".repeat(100_000)}), "100000 characters"),
        ("list_collections", json!({"name": "handbook"}), "unknown field `name`"),
    ];
    for (tool, arguments, expected) in cases {
        let said = assistant.failed(tool, &arguments).await;
        assert!(said.contains(expected), "{tool}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let document = server.with_leave_policy().await;
    let none = "00000000-0000-0000-0000-000000000000";
    let ids = [
        "leave.md".to_owned(),
        format!("doc_{none}"),
        format!("{document}#chk_{none}"),
        format!("{document}#"),
    ];
    for id in ids {
        let said = assistant.failed("fetch", &json!({"id": id})).await;
        assert!(said.contains("no"), "{id}: {said}");
    }
    let asking = json!({"question": "How many days?", "collection": "handbok"});
    assert_eq!(assistant.failed("ask", &asking).await, "there is no collection `handbok`");
    let (code, said) = assistant.refused(&call("remove", &json!({}))).await;
    assert_eq!((code, said.as_str()), (INVALID_PARAMS, "there is no tool `remove`"));
    let (code, _said) = assistant.refused(&message("tools/remove", &json!({}))).await;
    assert_eq!(code, -32601);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_or_too_large_is_refused_before_it_is_read() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let large = call("ask", &json!({"question": "x".repeat(2 << 20)}));
    assert_eq!(assistant.send(&large).await.status, 413);
    let garbled = assistant.request(&json!({})).body(b"no JSON").send(server.address).await;
    assert_eq!(garbled.status, 415);
    let listening = Request::new("GET", "/mcp").header("Accept", "text/event-stream");
    assert_eq!(listening.send(server.address).await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_is_kept() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let response = assistant.send(&initialize()).await;
    assert_eq!((response.status, response.header("mcp-session-id")), (200, None));
    assert_eq!(response.header("content-type"), Some("application/json"));
    let told = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(assistant.send(&told).await.status, 202);
}
