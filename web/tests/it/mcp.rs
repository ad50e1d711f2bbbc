//! The Model Context Protocol as assistants speak it, over HTTP and over standard input and output.

mod access;
mod refusals;
mod resources;
mod stdio;
mod tools;

use serde_json::{Value, json};
use std::net::SocketAddr;

use crate::client::{Request, Response};
use crate::server::Server;

/// The version of the protocol that is spoken here unless a test says otherwise.
const VERSION: &str = "2025-06-18";

const QUESTION: &str = "How many days of paid annual leave does a full-time employee get?";

fn message(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

fn call(tool: &str, arguments: &Value) -> Value {
    message("tools/call", &json!({"name": tool, "arguments": arguments}))
}

fn initialize() -> Value {
    let client = json!({"name": "test", "version": "1"});
    let params = json!({"protocolVersion": VERSION, "capabilities": {}, "clientInfo": client});
    message("initialize", &params)
}

/// An assistant that reaches a server over HTTP, and the key that it shows.
struct Assistant {
    address: SocketAddr,
    key: Option<String>,
}

impl Assistant {
    /// One that shows nothing: without accounts, the owner's.
    fn of(server: &Server) -> Self {
        Self { address: server.address, key: None }
    }

    fn with_key(server: &Server, key: &str) -> Self {
        Self { address: server.address, key: Some(key.to_owned()) }
    }

    fn request(&self, message: &Value) -> Request {
        let request = Request::new("POST", "/mcp")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", VERSION)
            .json(message);
        match &self.key {
            Some(key) => request.header("Authorization", &format!("Bearer {key}")),
            None => request,
        }
    }

    async fn send(&self, message: &Value) -> Response {
        self.request(message).send(self.address).await
    }

    /// Sends a message and returns the result.
    async fn result(&self, message: &Value) -> Value {
        let response = self.send(message).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let body = response.json();
        assert_eq!(body["id"], 7, "{body}");
        assert!(body["error"].is_null(), "{body}");
        body["result"].clone()
    }

    /// Sends a message that the protocol refuses, and returns the code and the words.
    async fn refused(&self, message: &Value) -> (i64, String) {
        let body = self.send(message).await.json();
        let error = &body["error"];
        let code = error["code"].as_i64().unwrap_or_else(|| panic!("it was not refused: {body}"));
        (code, error["message"].as_str().unwrap().to_owned())
    }

    /// Calls a tool, which must succeed, and returns what it found; its text is the same JSON.
    async fn found(&self, tool: &str, arguments: &Value) -> Value {
        let result = self.result(&call(tool, arguments)).await;
        assert_ne!(result["isError"], true, "{result}");
        let text = result["content"][0]["text"].as_str().unwrap();
        let text: Value = serde_json::from_str(text).unwrap();
        assert_eq!(text, result["structuredContent"]);
        text
    }

    /// Calls a tool, which must fail, and returns what it says.
    async fn failed(&self, tool: &str, arguments: &Value) -> String {
        let result = self.result(&call(tool, arguments)).await;
        assert_eq!(result["isError"], true, "{result}");
        assert!(result["structuredContent"].is_null(), "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}
