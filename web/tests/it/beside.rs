//! The command line beside a process that holds the data directory.

use footnote_core::clock::SystemClock;
use footnote_core::config::StoreConfig;
use footnote_store::{Store, StoreOptions};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use crate::cli::{code, program, stderr, stdout};
use crate::server::Server;

fn run(dir: &Path, args: &[&str]) -> Output {
    program(dir).args(args).output().unwrap()
}

/// Runs a command that must do what it is asked, and returns what it wrote.
fn done(server: &Server, args: &[&str]) -> String {
    let output = run(server.folder(), args);
    assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
    stdout(&output)
}

fn json_of(server: &Server, args: &[&str]) -> Value {
    serde_json::from_str(&done(server, &[args, &["--format", "json"]].concat())).unwrap()
}

/// Takes out what differs from one time to the next.
fn without_times(mut body: Value) -> Value {
    for field in ["timings_ms", "id"] {
        body.as_object_mut().unwrap().remove(field);
    }
    for citation in body["citations"].as_array_mut().into_iter().flatten() {
        for field in ["id", "url"] {
            citation.as_object_mut().unwrap().remove(field);
        }
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_beside_a_server_is_the_servers() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let args = ["search", "annual leave", "-c", "handbook", "-k", "3", "--explain"];
    let found = json_of(&server, &args);
    let body =
        json!({"query": "annual leave", "collections": ["handbook"], "k": 3, "explain": true});
    let expected = server.post("/api/v1/search", &body).await.json();
    assert_eq!(without_times(found), without_times(expected));
    let text = done(&server, &args);
    assert!(text.starts_with(" 1. Leave policy") && text.contains("meaning #1"), "{text}");
    let before = done(&server, &["search", "annual leave", "--as-of", "2020-01-01"]);
    assert_eq!(before, "Nothing was found.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_beside_a_server_is_the_servers() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let question = "How many days of paid annual leave does a full-time employee get?";
    let answer = json_of(&server, &["ask", question, "--mode", "quote"]);
    let body = json!({"question": question, "mode": "quote"});
    let expected = server.post("/api/v1/answers?wait=true", &body).await.json();
    assert_eq!(without_times(answer), without_times(expected));
    let text = done(&server, &["ask", question]);
    assert!(text.contains("28 days") && text.contains("[^1]: leave.md, “"), "{text}");
    let unknown = run(server.folder(), &["ask", "Which planet has the most moons?"]);
    assert_eq!(code(&unknown), 9);
    assert!(stdout(&unknown).starts_with("The documents do not answer this question.\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_is_said_as_without_one() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    for command in ["search", "ask"] {
        let unknown = run(server.folder(), &[command, "leave", "-c", "handbok"]);
        assert_eq!(code(&unknown), 4, "{command}");
        let said = "error: there is no collection `handbok`\nhint: Did you mean `handbook`?\n";
        assert_eq!(stderr(&unknown), said, "{command}");
        let empty = run(server.folder(), &[command, " "]);
        assert_eq!((code(&empty), stderr(&empty).as_str()), (2, "error: the question is empty\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_looked_at_and_removed_beside_a_server() {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    let listed = json_of(&server, &["docs", "list", "-c", "handbook"]);
    assert_eq!(listed["data"][0]["id"], *id);
    assert!(done(&server, &["docs", "text", &id]).contains("28 days"));
    let collections = json_of(&server, &["collections", "create", "other"]);
    assert_eq!(collections["data"][0]["name"], "other");
    assert_eq!(run(server.folder(), &["docs", "rm", &id]).status.code(), Some(10));
    assert_eq!(done(&server, &["docs", "rm", &id, "--yes"]), "Removed leave.md\n");
    assert_eq!(server.get(&format!("/api/v1/documents/{id}")).await.status, 404);
    let search = json!({"query": "annual leave"});
    assert_eq!(server.post("/api/v1/search", &search).await.json()["passages"], json!([]));
    done(&server, &["collections", "rm", "handbook", "--yes"]);
    assert_eq!(server.get("/api/v1/collections/handbook").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_is_held_names_who_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(StoreOptions {
        data_dir: dir.path().join("data"),
        config: StoreConfig::default(),
        space: None,
        clock: Arc::new(SystemClock),
        purpose: "footnote ingest".to_owned(),
    })
    .await
    .unwrap();
    assert_eq!(code(&run(dir.path(), &["docs", "list"])), 0, "the catalog is open to all");
    for args in [&["ask", "How?"][..], &["search", "leave"], &["reindex"]] {
        let output = run(dir.path(), args);
        assert_eq!(code(&output), 5, "{args:?}");
        let said = stderr(&output);
        let by = format!("process {} (footnote ingest)", std::process::id());
        assert!(said.contains(&by) && said.contains("hint: Wait until"), "{said}");
    }
    store.describe("http://127.0.0.1:1").unwrap();
    let silent = run(dir.path(), &["ask", "How?"]);
    assert_eq!(code(&silent), 7);
    assert!(stderr(&silent).contains("does not answer at http://127.0.0.1:1"));
    let held = run(dir.path(), &["reindex"]);
    assert!(stderr(&held).contains("hint: Use the server at http://127.0.0.1:1"));
    store.close().await.unwrap();
}
