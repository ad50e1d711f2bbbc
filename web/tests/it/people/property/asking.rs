//! The routes without an id, and those that are not of the described API: lists, searches, answers,
//! and what assistants and programs for another API send.

use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::rules::{Bare, Operation, bare};
use super::sweep::{Sweep, nothing, seen};
use super::world::{canary, key_word};
use crate::client::{Request, Response};

impl Sweep<'_> {
    async fn get(&self, path: &str) -> Response {
        self.send(path, &self.request("GET", path)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Response {
        self.send(path, &self.request("POST", path).json(body)).await
    }

    /// Tells whether whoever looks may do so at all.
    pub(super) fn is_in(&self) -> bool {
        !self.person.is_disabled
    }

    /// Calls every operation that takes no id.
    pub(super) async fn lists(&self, operations: &[Operation]) {
        let without_id = operations.iter().filter(|operation| !operation.path.contains("{id}"));
        for operation in without_id {
            let (method, path) = (&operation.method, &operation.path);
            match bare(&operation.id) {
                Bare::Shows => {
                    self.send(path, &self.request(method, path)).await;
                }
                Bare::ShowsOf => {
                    self.get(&format!("{path}?limit=500")).await;
                    self.of_hidden(|collection| {
                        self.request(method, &format!("{path}?collection={collection}"))
                    })
                    .await;
                }
                Bare::Refused(body) => {
                    let refused = self.send(path, &self.request(method, path).json(&body)).await;
                    let status = if self.is_in() { 403 } else { 401 };
                    assert_eq!(refused.status, status, "{}", operation.id);
                }
                Bare::Own | Bare::Entrance => {}
            }
        }
        if self.is_in() {
            self.whole_lists().await;
        }
        let key = |collection: &str| json!({"name": "k", "collections": [collection]});
        self.of_hidden(|id| self.request("POST", "/api/v1/keys").json(&key(id))).await;
    }

    /// Checks that a hidden collection that is named is refused like one that is not there.
    async fn of_hidden(&self, request: impl Fn(&str) -> Request) {
        let model = &self.world.model;
        let places = 0..model.collections.len();
        let hidden = places.filter(|place| !model.may_know(self.person, self.looker, *place));
        let missing = nothing("col");
        let refused = seen(&self.send("a missing collection", &request(&missing)).await, &missing);
        for place in hidden {
            let id = &model.collections[place].id;
            let look = seen(&self.send("a hidden collection", &request(id)).await, id);
            assert_eq!(look, refused, "{} is hidden from {}", id, self.person.login);
        }
    }

    /// Checks that lists have all that may be read, and nothing else.
    async fn whole_lists(&self) {
        let (model, person, looker) = (&self.world.model, self.person, self.looker);
        let documents = model.documents.iter().filter(|d| model.may(person, looker, d));
        let places = 0..model.collections.len();
        let known = places.filter(|place| model.may_know(person, looker, *place));
        let expected = [
            ("documents", documents.map(|d| d.id.clone()).collect::<BTreeSet<_>>()),
            ("collections", known.map(|place| model.collections[place].id.clone()).collect()),
        ];
        for (list, expected) in expected {
            let listed = self.get(&format!("/api/v1/{list}?limit=500")).await.json();
            let ids = listed["data"].as_array().unwrap().iter();
            let ids: BTreeSet<_> = ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(ids, expected, "the {list} of {}", person.login);
        }
    }

    /// Searches for a text in every way, and finds it exactly if it may be read.
    pub(super) async fn search(&self, place: usize) {
        let model = &self.world.model;
        let document = &model.documents[place];
        let Some(text) = document.texts.last().copied() else { return };
        let may = self.is_in() && model.may(self.person, self.looker, document);
        for mode in ["hybrid", "lexical", "dense"] {
            let query = json!({"query": key_word(text), "k": 50, "mode": mode, "explain": true});
            let found = self.post("/api/v1/search", &query).await;
            let is_found = found.text().contains(&canary(text));
            assert_eq!(is_found, may, "{} by {mode} of {}", document.uri, found.text());
            self.n_found.set(self.n_found.get() + u64::from(is_found));
        }
        for (field, value) in [
            ("filter", json!({"documents": [document.id]})),
            ("collections", json!([model.collections[document.collection].id])),
            ("as_of", json!("2026-01-01")),
        ] {
            let query = json!({"query": key_word(text), "k": 50, field: value});
            self.post("/api/v1/search", &query).await;
        }
        let named = |id: &str| json!({"query": key_word(text), "collections": [id]});
        self.of_hidden(|id| self.request("POST", "/api/v1/search").json(&named(id))).await;
        let named = |id: &str| json!({"question": key_word(text), "collections": [id]});
        let path = "/api/v1/answers?wait=true";
        self.of_hidden(|id| self.request("POST", path).json(&named(id))).await;
    }

    /// Asks for a text in every way; returns the ids of the answers, and of the conversation.
    pub(super) async fn ask(&self, text: usize) -> (Vec<String>, Option<String>) {
        let asked = format!("What is the colour of the {} since the spring?", key_word(text));
        let begun = self.post("/api/v1/conversations", &json!({"title": "Colours"})).await;
        let conversation = begun.json()["id"].as_str().map(str::to_owned);
        let mut answers = Vec::new();
        for place in [None, conversation.as_ref()] {
            let question = json!({"question": asked, "mode": "quote", "conversation_id": place});
            let answer = self.post("/api/v1/answers?wait=true", &question).await;
            answers.extend(answer.json()["id"].as_str().map(str::to_owned));
            let is_said = answer.text().contains(&canary(text));
            self.n_found.set(self.n_found.get() + u64::from(is_said));
        }
        let question = json!({"question": asked, "mode": "quote"});
        let streamed = self.request("POST", "/api/v1/answers").json(&question);
        self.send("a stream", &streamed.header("Accept", "text/event-stream")).await;
        (answers, conversation)
    }

    /// Sends what programs for another API send, and what assistants do.
    pub(super) async fn programs(&self, text: usize) {
        let asked = format!("What is the colour of the {} since the spring?", key_word(text));
        self.get("/v1/models").await;
        for collection in &self.world.model.collections {
            self.get(&format!("/v1/models/footnote:{}", collection.name)).await;
        }
        for stream in [false, true] {
            let body = json!({"model": "footnote", "stream": stream, "footnote": {"mode": "quote"},
                "messages": [{"role": "user", "content": asked}]});
            self.post("/v1/chat/completions", &body).await;
            let body = json!({"model": "footnote", "stream": stream, "footnote": {"mode": "quote"},
                "input": asked});
            self.post("/v1/responses", &body).await;
        }
        let tools = [
            ("search", json!({"query": key_word(text)})),
            ("ask", json!({"question": asked})),
            ("list_collections", json!({})),
        ];
        for (tool, arguments) in tools {
            self.assistant("tools/call", &json!({"name": tool, "arguments": arguments})).await;
        }
        self.assistant("resources/list", &json!({})).await;
        let mut refusals = BTreeSet::new();
        let model = &self.world.model;
        let hidden = model.documents.iter().filter(|d| !model.may(self.person, self.looker, d));
        let hidden = hidden.take(3).map(|document| document.id.clone());
        for id in hidden.chain([nothing("doc")]) {
            let call = json!({"name": "fetch", "arguments": {"id": id}});
            let fetched = self.assistant("tools/call", &call).await.text().replace(&id, "ID");
            let uri = format!("footnote://documents/{id}");
            let read = self.assistant("resources/read", &json!({"uri": uri})).await;
            refusals.insert((fetched, read.text().replace(&id, "ID")));
        }
        // Refusals that come before a message is read have the request's own id.
        assert!(refusals.len() == 1 || !self.is_in(), "{refusals:?}");
    }

    async fn assistant(&self, method: &str, params: &Value) -> Response {
        let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let request = self
            .request("POST", "/mcp")
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2025-06-18")
            .json(&message);
        self.send(&message.to_string(), &request).await
    }
}
