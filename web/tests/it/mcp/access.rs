//! Nobody reads more through an assistant than without one.

use footnote_core::access::{Grant, Granted, KeyScope, Role, Subject, TokenHash};
use footnote_core::clock::SystemClock;
use footnote_core::config::StoreConfig;
use footnote_core::id::{CollectionId, KeyId, PersonId};
use footnote_store::{NewKey, NewPerson, Store, StoreOptions};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{Assistant, QUESTION, call, initialize, message};
use crate::server::Server;

/// A server with two collections, one of them kept from some, and its catalog.
struct Site {
    server: Server,
    store: Store,
    handbook: CollectionId,
    /// The document in the handbook.
    leave: String,
    /// The document in the collection `secrets`.
    board: String,
}

impl Site {
    async fn start() -> Self {
        let server = Server::start().await;
        let leave = server.with_leave_policy().await;
        server.post("/api/v1/collections", &json!({"name": "secrets"})).await;
        let text = b"# Leave of the board\n\nA member of the board gets 99 days of annual leave.\n";
        let uploaded = server.upload("secrets", "board.md", text).await.json();
        server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
        let board = uploaded["document"]["id"].as_str().unwrap().to_owned();
        let handbook = server.get("/api/v1/collections/handbook").await.json();
        let handbook = handbook["id"].as_str().unwrap().parse().unwrap();
        let store = Store::open_shared(StoreOptions {
            data_dir: server.folder().join("data"),
            config: StoreConfig::default(),
            space: None,
            clock: Arc::new(SystemClock),
            purpose: "a test".to_owned(),
        });
        let store = store.await.unwrap();
        Self { server, store, handbook, leave, board }
    }

    async fn person(&self, login: &str, role: Option<Role>) -> PersonId {
        let (login, name) = (login.to_owned(), login.to_owned());
        self.store.create_person(NewPerson { login, name, password: None, role }).await.unwrap()
    }

    /// Makes a key of somebody for some uses, and an assistant that shows it.
    async fn assistant(&self, person: PersonId, uses: &[KeyScope]) -> Assistant {
        let id = KeyId::generate();
        let shown = format!("fn_{}_secret", id.as_uuid().simple());
        let key = NewKey {
            id,
            person,
            epoch: 0,
            token: TokenHash::of(&shown),
            name: "an assistant".to_owned(),
            scopes: uses.iter().copied().collect(),
            collections: None,
            expires: None,
        };
        self.store.create_key(&key).await.unwrap();
        Assistant::with_key(&self.server, &shown)
    }

    async fn ends(self) {
        self.store.close().await.unwrap();
    }
}

/// Returns everything that the tools and the resources show.
async fn all_that_is_seen(assistant: &Assistant) -> String {
    let query = json!({"query": "annual leave of the board"});
    let search = assistant.found("search", &query).await;
    let collections = assistant.found("list_collections", &json!({})).await;
    let answer = assistant.found("ask", &json!({"question": QUESTION})).await;
    let resources = assistant.result(&message("resources/list", &json!({}))).await;
    [search, collections, answer, resources].map(|seen| seen.to_string()).concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_nowhere_and_refused_like_what_does_not_exist() {
    let site = Site::start().await;
    let owner = Assistant::of(&site.server);
    assert!(all_that_is_seen(&owner).await.contains(&site.board), "the owner sees it");
    let passage = owner.found("search", &json!({"query": "a member of the board"})).await;
    let passage = passage["results"][0]["id"].clone();
    assert!(passage.as_str().unwrap().starts_with(&site.board), "{passage}");

    let ann = site.person("ann", None).await;
    let on = Granted::Collection(site.handbook);
    let grant = Grant { subject: Subject::Person(ann), role: Role::Reader, on };
    site.store.put_grant(&grant).await.unwrap();
    let anns = site.assistant(ann, &[KeyScope::Ask]).await;
    let seen = all_that_is_seen(&anns).await;
    assert!(seen.contains(&site.leave) && seen.contains("28 days"), "{seen}");
    for hidden in [&site.board, "board.md", "secrets", "99 days", "Leave of the board"] {
        assert!(!seen.contains(hidden), "{hidden}: {seen}");
    }
    for id in [&json!(site.board), &passage] {
        anns.failed("fetch", &json!({"id": id})).await;
    }
    for name in ["secrets", "nothing"] {
        let said = anns.failed("ask", &json!({"question": QUESTION, "collection": name})).await;
        assert_eq!(said, format!("there is no collection `{name}`"));
    }
    let read = |id: &str| {
        message("resources/read", &json!({"uri": format!("footnote://documents/doc_{id}")}))
    };
    let hidden = anns.refused(&read(site.board.trim_start_matches("doc_"))).await;
    let missing = anns.refused(&read("00000000-0000-0000-0000-000000000000")).await;
    assert_eq!(hidden, missing);
    site.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_nothing_sees_nothing() {
    let site = Site::start().await;
    let bob = site.person("bob", None).await;
    let bobs = site.assistant(bob, &[KeyScope::Ask]).await;
    assert_eq!(bobs.found("search", &json!({"query": "leave"})).await["results"], json!([]));
    assert_eq!(bobs.found("list_collections", &json!({})).await["collections"], json!([]));
    let answer = bobs.found("ask", &json!({"question": QUESTION})).await;
    assert_eq!((&answer["finish_reason"], &answer["citations"]), (&json!("no_answer"), &json!([])));
    let resources = bobs.result(&message("resources/list", &json!({}))).await;
    assert_eq!(resources["resources"], json!([]));
    bobs.failed("fetch", &json!({"id": site.leave})).await;
    site.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_for_reading_asks_nothing() {
    let site = Site::start().await;
    let eve = site.person("eve", Some(Role::Reader)).await;
    let eves = site.assistant(eve, &[KeyScope::Read]).await;
    let found = eves.found("search", &json!({"query": "annual leave"})).await;
    assert!(!found["results"].as_array().unwrap().is_empty());
    let said = eves.failed("ask", &json!({"question": QUESTION})).await;
    assert_eq!(said, "the key is not for this");
    site.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_accounts_whoever_is_not_known_is_not_taken_for_the_owner() {
    let site = Site::start().await;
    let ada = site.person("ada", Some(Role::Admin)).await;
    let messages: [Value; 5] = [
        initialize(),
        message("tools/list", &json!({})),
        message("resources/list", &json!({})),
        call("list_collections", &json!({})),
        call("search", &json!({"query": "leave"})),
    ];
    let strangers = [Assistant::of(&site.server), Assistant::with_key(&site.server, "fn_made_up")];
    for (stranger, message) in strangers.iter().flat_map(|s| messages.iter().map(move |m| (s, m))) {
        let refused = stranger.send(message).await;
        assert_eq!(refused.status, 401, "{message}: {}", refused.text());
        assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
        assert!(!refused.text().contains("handbook"), "{message}");
    }
    let adas = site.assistant(ada, &[KeyScope::Read]).await;
    let collections = adas.found("list_collections", &json!({})).await;
    assert_eq!(collections["collections"].as_array().unwrap().len(), 2);
    site.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_calls_no_tool() {
    let server = Server::start().await;
    let foreign = Assistant::of(&server).request(&call("list_collections", &json!({})));
    let foreign = foreign.header("Origin", "https://evil.example").send(server.address).await;
    assert_eq!(foreign.status, 403);
}
