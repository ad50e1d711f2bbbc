//! A server with people and documents on it, which is changed together with its model.

use footnote_core::config::{AuthMode, Config};
use serde_json::{Value, json};

use super::super::visitor::{PASSWORD, Visitor};
use super::chance::Chance;
use super::model::{Collection, Document, Looker, Model, Person};
use crate::client::Response;
use crate::server::Server;

const LOGINS: [&str; 4] = ["bob", "cleo", "dan", "eve"];
const GROUPS: [&str; 3] = ["staff", "board", "guests"];
const COLLECTIONS: [&str; 3] = ["handbook", "letters", "drafts"];

/// The files of each collection; what lies in the mail comes with it.
const FILES: [&str; 3] = ["first.md", "second.md", MAIL];

const MAIL: &str = "mail.eml";

/// What lies in the mail.
const LETTER: &str = "mail.eml!/letter.md";

/// The beginning of every word that only one text has.
pub(super) const CANARY: &str = "canary0";

/// The word that may be read by whoever may read a text.
pub(super) fn canary(text: usize) -> String {
    format!("{CANARY}{text:06}")
}

/// The word by which a text is looked for; whoever knows it knows nothing yet.
pub(super) fn key_word(text: usize) -> String {
    format!("penguin{text:06}")
}

fn sentence(text: usize) -> String {
    format!("The colour of the {} is {} since the spring.", key_word(text), canary(text))
}

/// Returns the bytes of a file; a mail holds the next text too.
fn bytes(name: &str, text: usize) -> String {
    let own = sentence(text);
    if name != MAIL {
        return format!("# Report {}\n\n{own}\n", canary(text));
    }
    let inner = sentence(text + 1);
    format!(
        "From: ann@example.org\r\nTo: bob@example.org\r\nSubject: Report {}\r\n\
         Date: Mon, 2 Mar 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{own}\r\n\
         --b\r\nContent-Type: text/markdown; name=\"letter.md\"\r\n\
         Content-Disposition: attachment; filename=\"letter.md\"\r\n\r\n# Letter\n\n{inner}\r\n\
         --b--\r\n",
        canary(text)
    )
}

/// Returns an id of a response.
pub(super) fn id(response: &Response) -> String {
    let body = response.json();
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}

/// A server, its first admin, and what everybody may read on it.
pub(super) struct World {
    pub(super) server: Server,
    pub(super) ada: Visitor,
    pub(super) model: Model,
    /// Ids of what only the admin may name.
    pub(super) of_ada: Vec<String>,
    n_texts: usize,
}

impl World {
    pub(super) async fn new() -> Self {
        let mut config = Config::default();
        config.auth.mode = AuthMode::Accounts;
        config.auth.requests_per_minute = 1_000_000;
        let server = Server::with(config, None).await;
        let ada = Visitor::first_admin(&server).await;
        let mut world =
            Self { server, ada, model: Model::default(), of_ada: Vec::new(), n_texts: 0 };
        for name in COLLECTIONS {
            world.make_collection(name).await;
        }
        for name in GROUPS {
            let made = world.post("/api/v1/groups", &json!({"name": name})).await;
            world.model.groups.push(id(&made));
        }
        for login in LOGINS {
            world.add_person(login).await;
        }
        world.make_foreign().await;
        world
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.ada.get(&self.server, path).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Response {
        self.ada.post(&self.server, path, body).await
    }

    async fn make_collection(&mut self, name: &'static str) {
        let made = self.post("/api/v1/collections", &json!({"name": name})).await;
        let place = self.model.collections.len();
        let collection = Collection { id: id(&made), name, is_there: true, is_public: false };
        self.model.collections.push(collection);
        let mut texts = Vec::new();
        for file in FILES {
            texts.push(self.upload(place, file).await);
        }
        self.know_documents(place).await;
        for (file, text) in FILES.iter().zip(texts) {
            self.note(place, file, text);
        }
    }

    /// Learns the ids of the documents of a collection.
    async fn know_documents(&mut self, collection: usize) {
        let name = self.model.collections[collection].name;
        let listed = self.get(&format!("/api/v1/documents?collection={name}&limit=500")).await;
        let listed = listed.json()["data"].as_array().unwrap().clone();
        assert_eq!(listed.len(), FILES.len() + 1, "{listed:?}");
        for document in &listed {
            self.model.documents.push(Document {
                id: document["id"].as_str().unwrap().to_owned(),
                uri: document["uri"].as_str().unwrap().to_owned(),
                collection,
                container: None,
                texts: Vec::new(),
                inner_texts: Vec::new(),
            });
        }
        let inner = self.place_of(collection, LETTER);
        self.model.documents[inner].container = Some(self.place_of(collection, MAIL));
    }

    fn place_of(&self, collection: usize, uri: &str) -> usize {
        let mut documents = self.model.documents.iter();
        documents.position(|d| d.collection == collection && d.uri == uri).unwrap()
    }

    /// Uploads the next text of a file, and waits until it is found; returns its number.
    async fn upload(&mut self, collection: usize, file: &str) -> usize {
        let text = self.n_texts;
        self.n_texts += 2;
        let path = format!(
            "/api/v1/collections/{}/documents?name={file}",
            self.model.collections[collection].id
        );
        let bytes = bytes(file, text);
        let sent = self.ada.request("POST", &path).body(bytes.as_bytes());
        let uploaded = sent.send(self.server.address).await;
        let job = uploaded.json()["job"]["id"].as_str().unwrap().to_owned();
        for _ in 0..6_000 {
            let state = self.get(&format!("/api/v1/jobs/{job}")).await.json()["state"].clone();
            if !matches!(state.as_str(), Some("queued" | "running")) {
                assert_eq!(state, "completed");
                self.model.jobs.push((job, collection));
                return text;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the job did not end");
    }

    /// Notes a text of a file in the model.
    fn note(&mut self, collection: usize, file: &str, text: usize) {
        let place = self.place_of(collection, file);
        self.model.documents[place].texts.push(text);
        if file == MAIL {
            self.model.documents[place].inner_texts.push(text + 1);
            let inner = self.place_of(collection, LETTER);
            self.model.documents[inner].texts.push(text + 1);
        }
    }

    async fn add_person(&mut self, login: &str) {
        let new = json!({"login": login, "password": PASSWORD});
        let added = self.post("/api/v1/users", &new).await;
        let person = Person {
            id: id(&added),
            login: login.to_owned(),
            has_role: false,
            is_disabled: false,
            lookers: Vec::new(),
            answers: Vec::new(),
            conversations: Vec::new(),
        };
        self.model.people.push(person);
        self.sign_in(self.model.people.len() - 1).await;
    }

    /// Lets somebody sign in and make keys: one for everything, one for one collection.
    async fn sign_in(&mut self, place: usize) {
        let session = Visitor::sign_in(&self.server, &self.model.people[place].login).await;
        let mut lookers = vec![Looker { who: session.clone(), reach: None }];
        let reach = place % COLLECTIONS.len();
        let uses = ["read", "ask", "ingest"];
        let wide = json!({"name": "wide", "scopes": uses});
        lookers.push(Looker { who: session.make_key(&self.server, wide).await, reach: None });
        if self.model.may_know(&self.model.people[place], &lookers[0], reach) {
            let narrow =
                json!({"name": "narrow", "scopes": uses, "collections": [COLLECTIONS[reach]]});
            let who = session.make_key(&self.server, narrow).await;
            lookers.push(Looker { who, reach: Some(vec![reach]) });
        }
        self.model.people[place].lookers = lookers;
    }

    /// Uploads another text of some file whose collection is there, one that is gone if there is one.
    pub(super) async fn put(&mut self, chance: &mut Chance) {
        let model = &self.model;
        let files = model.documents.iter().filter(|document| {
            document.container.is_none() && model.collections[document.collection].is_there
        });
        let mut files: Vec<_> = files.collect();
        if files.iter().any(|document| document.texts.is_empty()) {
            files.retain(|document| document.texts.is_empty());
        }
        if !files.is_empty() {
            let file = *chance.one_of(&files);
            let (collection, uri) = (file.collection, file.uri.clone());
            let text = self.upload(collection, &uri).await;
            self.note(collection, &uri, text);
        }
    }

    /// Makes new keys and sessions of somebody: a key for one collection needs to see it.
    pub(super) async fn renew(&mut self, place: usize) {
        if !self.model.people[place].is_disabled {
            self.sign_in(place).await;
        }
    }
}
