//! Requests that are sent again do nothing twice, and changes name what they have seen.

use serde_json::{Value, json};

use crate::client::{Request, Response};
use crate::server::{LEAVE, Server};

const QUESTION: &str = "How many days of paid annual leave does a full-time employee get?";

/// Asks a question under a key.
async fn ask(server: &Server, path: &str, key: &str, question: &str) -> Response {
    let asked = json!({"question": question, "mode": "quote"});
    let request = Request::new("POST", path).header("Idempotency-Key", key).json(&asked);
    request.send(server.address).await
}

async fn upload(server: &Server, key: &str, text: &str) -> Response {
    let path = "/api/v1/collections/handbook/documents?name=leave.md";
    let request = Request::new("POST", path).header("Idempotency-Key", key);
    request.body(text.as_bytes()).send(server.address).await
}

async fn change(server: &Server, tag: Option<&str>, body: &Value) -> Response {
    let request = Request::new("PATCH", "/api/v1/collections/handbook").json(body);
    let request = match tag {
        Some(tag) => request.header("If-Match", tag),
        None => request,
    };
    request.send(server.address).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_sent_again_under_its_key_is_the_same_answer() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let first = ask(&server, "/api/v1/answers", "k1", QUESTION).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = ask(&server, "/api/v1/answers", "k1", QUESTION).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let whole = ask(&server, "/api/v1/answers?wait=true", "k1", QUESTION).await;
    assert_eq!(whole.json()["id"], first.json()["id"]);
    assert!(whole.json()["text"].as_str().unwrap().contains("28 days"));
    let other = ask(&server, "/api/v1/answers", "k2", QUESTION).await;
    assert_ne!(other.json()["id"], first.json()["id"]);

    let reused = ask(&server, "/api/v1/answers", "k1", "Something else?").await;
    assert_eq!((reused.status, &reused.json()["code"]), (422, &json!("idempotency-key-reused")));
    assert_eq!(ask(&server, "/api/v1/answers", "k3", " ").await.status, 422);
    let mended = ask(&server, "/api/v1/answers", "k3", QUESTION).await;
    assert_eq!(mended.status, 201, "what failed is not kept");
    let long = "x".repeat(256);
    assert_eq!(ask(&server, "/api/v1/answers", &long, QUESTION).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_sent_again_under_its_key_is_one_job() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    let first = upload(&server, "k", LEAVE).await;
    assert_eq!(first.status, 202, "{}", first.text());
    let again = upload(&server, "k", LEAVE).await;
    assert_eq!((again.status, again.json()), (202, first.json()));
    assert_eq!(server.get("/api/v1/jobs").await.json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(upload(&server, "k", "another file").await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outside_conversations_is_kept_and_judged() {
    let server = Server::start().await;
    let document = server.with_leave_policy().await;
    let asked = json!({"question": QUESTION, "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &asked).await.json();
    let path = format!("/api/v1/answers/{}/feedback", answer["id"].as_str().unwrap());
    let judged = json!({"rating": "down", "reasons": ["incomplete"], "comment": "part-time?"});
    let put = Request::new("PUT", &path).json(&judged).send(server.address).await;
    assert_eq!(put.status, 204, "{}", put.text());
    let listed = server.get("/api/v1/feedback?rating=down").await.json();
    let entry = &listed["data"][0];
    assert_eq!((&entry["answer"], &entry["question"]), (&answer["id"], &json!(QUESTION)));
    assert_eq!(entry["feedback"], judged);
    assert!(!listed.to_string().contains("28 days"), "what was answered is not told");
    assert_eq!(server.get("/api/v1/feedback?rating=up").await.json()["data"], json!([]));
    assert_eq!(server.delete(&format!("/api/v1/documents/{document}")).await.status, 204);
    let gone = server.get(&format!("/api/v1/answers/{}", answer["id"].as_str().unwrap())).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_changed_only_by_who_has_seen_it_last() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let shown = server.get("/api/v1/collections/handbook").await;
    let tag = shown.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", shown.json()["revision"]));
    assert_eq!(
        (&shown.json()["description"], &shown.json()["public"]),
        (&json!(""), &json!(false))
    );
    let changed = change(&server, Some(&tag), &json!({"description": "For everybody"})).await;
    assert_eq!((changed.status, &changed.json()["description"]), (200, &json!("For everybody")));
    let late = change(&server, Some(&tag), &json!({"description": "For nobody"})).await;
    assert_eq!((late.status, &late.json()["code"]), (412, &json!("precondition-failed")));
    assert_eq!(change(&server, Some("W/\"1\""), &json!({})).await.status, 412);
    assert_eq!(change(&server, Some("*"), &json!({"public": true})).await.json()["public"], true);
    let long = json!({"description": "x".repeat(2_001)});
    assert_eq!(change(&server, None, &long).await.status, 422);
    let kept = server.get("/api/v1/collections/handbook").await.json();
    assert_eq!(kept["description"], "For everybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_again_from_the_original_that_is_kept() {
    let server = Server::start().await;
    let document = server.with_leave_policy().await;
    let path = format!("/api/v1/documents/{document}/reingest");
    let asked = server.post(&path, &json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    let job = server.finished(asked.json()["id"].as_str().unwrap()).await;
    assert_eq!((&job["state"], &job["counts"]["failed"]), (&json!("completed"), &json!(0)));
    assert_eq!(server.get(&format!("/api/v1/documents/{document}")).await.status, 200);
    let search = json!({"query": "annual leave"});
    let found = server.post("/api/v1/search", &search).await.json();
    assert_eq!(found["passages"][0]["document"]["id"], document.as_str());
}
