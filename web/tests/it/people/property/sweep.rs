//! Every route with an id, called with ids of every sort by somebody.

use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;

use super::model::{Document, Looker, Person};
use super::rules::{Kind, Operation, body, takes};
use super::world::{CANARY, World, canary};
use crate::client::{Request, Response};

/// How many hidden ids of a kind are called at most.
const N_HIDDEN: usize = 3;

/// What is left out where two responses are compared: it differs from one request to the next.
const OF_THE_REQUEST: [&str; 6] = [
    "x-request-id",
    "date",
    "content-length",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
];

/// Somebody who looks at a world as it is.
pub(super) struct Sweep<'w> {
    pub(super) world: &'w World,
    pub(super) person: &'w Person,
    pub(super) looker: &'w Looker,
    readable: BTreeSet<usize>,
    /// How many requests were sent.
    pub(super) n_cases: Cell<u64>,
    /// How often something was there that may be read.
    pub(super) n_found: Cell<u64>,
}

/// What can be told apart about a response: not the id that was asked for, nor the request's.
pub(super) fn seen(response: &Response, id: &str) -> (u16, Vec<(String, String)>, String) {
    let mut text = String::from_utf8_lossy(&response.body).into_owned();
    if let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(&text) {
        fields.remove("instance");
        text = Value::Object(fields).to_string();
    }
    let headers = response.headers.iter().filter(|(name, _)| !OF_THE_REQUEST.contains(&&**name));
    (response.status, headers.cloned().collect(), text.replace(id, "ID"))
}

/// Makes an id of a kind that nothing has.
pub(super) fn nothing(prefix: &str) -> String {
    format!("{prefix}_0190a0a0-0000-7000-8000-000000000000")
}

/// Returns the numbers of the texts of which a response shows the word.
fn shown(response: &Response) -> Vec<usize> {
    let headers = response.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let whole = headers.collect::<String>() + &String::from_utf8_lossy(&response.body);
    let whole = whole.to_lowercase();
    let words = whole.split(CANARY).skip(1);
    words.map(|rest| rest[..6].parse().unwrap()).collect()
}

impl<'w> Sweep<'w> {
    pub(super) fn new(world: &'w World, person: &'w Person, looker: &'w Looker) -> Self {
        let readable = world.model.readable(person, looker);
        Self { world, person, looker, readable, n_cases: Cell::new(0), n_found: Cell::new(0) }
    }

    /// Sends a request and checks that nothing shows that may not be read.
    pub(super) async fn send(&self, what: &str, request: &Request) -> Response {
        let response = request.send(self.world.server.address).await;
        self.n_cases.set(self.n_cases.get() + 1);
        for text in shown(&response) {
            let may = self.readable.contains(&text);
            assert!(may, "{} sees {text} by {what}: {}", self.person.login, response.text());
        }
        assert!(response.status < 500, "{what}: {}", response.text());
        response
    }

    pub(super) fn request(&self, method: &str, path: &str) -> Request {
        self.looker.who.request(method, path)
    }

    /// Calls every operation that takes an id.
    pub(super) async fn ids(&self, operations: &[Operation]) {
        for operation in operations.iter().filter(|operation| operation.path.contains("{id}")) {
            let kind = takes(&operation.id);
            let missing = nothing(prefix(kind));
            let refused = seen(&self.call(operation, &missing).await, &missing);
            let is_refusal = (400..500).contains(&refused.0) || operation.id == "remove_feedback";
            assert!(is_refusal, "{}: {refused:?}", operation.id);
            for hidden in self.hidden(kind) {
                let look = seen(&self.call(operation, &hidden).await, &hidden);
                let who = &self.person.login;
                assert_eq!(
                    look, refused,
                    "{} of {hidden}, which is hidden from {who}",
                    operation.id
                );
            }
            let wrong = self.wrong(kind);
            let look = self.call(operation, &wrong).await;
            assert!((400..500).contains(&look.status), "{} of {wrong}", operation.id);
            if operation.method == "GET" {
                self.own(operation, kind).await;
            }
        }
    }

    async fn call(&self, operation: &Operation, id: &str) -> Response {
        let subject = &self.world.model.people[0].id;
        let mut path = operation.path.replace("{id}", id).replace("{subject}", subject);
        path = path.replace("{question}", "x");
        match &*operation.id {
            "upload_document" => path += "?name=x.txt",
            "show_document_passage" => path += "?start=0&end=10",
            _ => {}
        }
        let request = self.request(&operation.method, &path);
        let request = match body(&operation.id) {
            Some(body) => request.json(&body),
            None if operation.id == "upload_document" => request.body(b"text"),
            None => request,
        };
        self.send(&format!("{} {path}", operation.method), &request).await
    }

    /// Returns ids of a kind that the person may not know, some of what is gone among them.
    fn hidden(&self, kind: Kind) -> Vec<String> {
        let model = &self.world.model;
        let (person, looker) = (self.person, self.looker);
        let others = model.people.iter().filter(|other| other.id != person.id);
        let all: Vec<String> = match kind {
            Kind::Collection => {
                let places = 0..model.collections.len();
                let places = places.filter(|place| !model.may_know(person, looker, *place));
                places.map(|place| model.collections[place].id.clone()).collect()
            }
            Kind::Document => {
                let hidden = model.documents.iter().filter(|d| !model.may(person, looker, d));
                hidden.map(|document| document.id.clone()).collect()
            }
            Kind::Job if person.has_role => Vec::new(),
            Kind::Job => {
                let jobs = model.jobs.iter();
                let hidden = jobs.filter(|(_, place)| !model.may_all(person, looker, *place));
                hidden.map(|(id, _)| id.clone()).collect()
            }
            Kind::Answer => others.flat_map(|other| other.answers.clone()).collect(),
            Kind::Conversation => others.flat_map(|other| other.conversations.clone()).collect(),
            Kind::Foreign(prefix) => self.world.foreign(prefix),
        };
        // Not always the same ones: the number of requests so far turns the list.
        let turn = usize::try_from(self.n_cases.get()).unwrap() % all.len().max(1);
        all[turn..].iter().chain(&all[..turn]).take(N_HIDDEN).cloned().collect()
    }

    /// Returns an id of something else.
    fn wrong(&self, kind: Kind) -> String {
        match kind {
            Kind::Document => self.world.model.collections[0].id.clone(),
            _ => self.world.model.documents[0].id.clone(),
        }
    }

    /// Calls an operation that shows something with what the person may see.
    async fn own(&self, operation: &Operation, kind: Kind) {
        let model = &self.world.model;
        let (person, looker) = (self.person, self.looker);
        let newest = |ids: &Vec<String>| ids.iter().rev().take(N_HIDDEN).cloned().collect();
        let own: Vec<String> = match kind {
            Kind::Document => {
                for document in model.documents.iter().filter(|d| model.may(person, looker, d)) {
                    self.own_document(operation, document).await;
                }
                return;
            }
            Kind::Collection if operation.id == "show_collection" => {
                let places = 0..model.collections.len();
                let known = places.filter(|place| model.may_know(person, looker, *place));
                known.map(|place| model.collections[place].id.clone()).collect()
            }
            Kind::Job => {
                let jobs = model.jobs.iter().rev();
                let own = jobs.filter(|(_, place)| model.may_all(person, looker, *place));
                own.take(N_HIDDEN).map(|(id, _)| id.clone()).collect()
            }
            Kind::Answer => newest(&person.answers),
            Kind::Conversation => newest(&person.conversations),
            Kind::Collection | Kind::Foreign(_) => Vec::new(),
        };
        for id in own {
            let look = self.call(operation, &id).await;
            // Jobs go with what they ingested, some time after it was removed.
            let is_there = look.status == 200 || (kind == Kind::Job && look.status == 404);
            let may_be_gone = matches!(kind, Kind::Answer | Kind::Conversation);
            assert!(is_there || may_be_gone, "{} of {id}: {}", operation.id, look.text());
            self.n_found.set(self.n_found.get() + u64::from(look.status == 200));
        }
    }

    async fn own_document(&self, operation: &Operation, document: &Document) {
        let look = self.call(operation, &document.id).await;
        if operation.id == "list_document_grants" {
            return;
        }
        assert_eq!(look.status, 200, "{} of {}: {}", operation.id, document.uri, look.text());
        let shows_text = [
            "show_document_text",
            "list_document_blocks",
            "list_document_chunks",
            "download_document",
        ];
        if shows_text.contains(&&*operation.id) {
            let newest = canary(*document.texts.last().unwrap());
            assert!(look.text().contains(&newest), "{} lacks {newest}", operation.id);
            self.n_found.set(self.n_found.get() + 1);
        }
    }
}

fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Collection => "col",
        Kind::Document => "doc",
        Kind::Job => "job",
        Kind::Answer => "ans",
        Kind::Conversation => "cnv",
        Kind::Foreign(prefix) => prefix,
    }
}

impl World {
    /// Returns ids of what is the admin's alone.
    fn foreign(&self, prefix: &str) -> Vec<String> {
        let is_of = |id: &&String| id.starts_with(&format!("{prefix}_"));
        self.of_ada.iter().filter(is_of).cloned().collect()
    }

    /// Makes what is the admin's alone: a session, a key, a set of questions and a run of it.
    pub(super) async fn make_foreign(&mut self) {
        self.post("/api/v1/keys", &json!({"name": "hers"})).await;
        let questions = json!([{"id": "x", "question": "Why?", "answerable": false}]);
        let new = json!({"name": "hers", "questions": questions});
        let set = super::world::id(&self.post("/api/v1/evals/datasets", &new).await);
        let run = json!({"dataset_id": set, "answers": "quote"});
        self.of_ada.push(super::world::id(&self.post("/api/v1/evals/runs", &run).await));
        self.of_ada.push(set);
        for list in ["sessions", "keys", "users", "groups"] {
            let listed = self.get(&format!("/api/v1/{list}")).await.json();
            let ids = listed["data"].as_array().unwrap().iter();
            let ids = ids.map(|listed| listed["id"].as_str().unwrap().to_owned());
            self.of_ada.extend(ids.collect::<Vec<_>>());
        }
    }
}
