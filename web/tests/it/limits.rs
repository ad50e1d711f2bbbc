//! What is too large, too slow or malformed is refused, with a reason.

use footnote_core::config::Config;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Request;
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_dawdles_over_its_headers_is_dropped() {
    let mut config = Config::default();
    config.server.header_seconds = 1;
    let server = Server::with(config, None).await;
    let started = Instant::now();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.ok();
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_cap_wait_for_a_free_place() {
    let mut config = Config::default();
    config.server.max_connections = 1;
    config.server.header_seconds = 1;
    let server = Server::with(config, None).await;
    let _held = TcpStream::connect(server.address).await.unwrap();
    // The one that is held never sends anything, is dropped, and makes room.
    assert_eq!(server.get("/livez").await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_its_limit_is_refused() {
    let mut config = Config::default();
    config.server.max_json_bytes = 100;
    config.ingest.max_file_bytes = 1000;
    let server = Server::with(config, None).await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let long = server.post("/api/v1/search", &json!({"query": "x".repeat(200)})).await;
    assert_eq!((long.status, &long.json()["code"]), (413, &json!("file-too-large")));
    let large = server.upload("c", "large.txt", &[b'x'; 1001]).await;
    assert_eq!((large.status, &large.json()["code"]), (413, &json!("file-too-large")));
    // Far beyond it too, although the client hears nothing before all is sent.
    let huge = server.upload("c", "huge.txt", &vec![b'x'; 16 << 20]).await;
    assert_eq!((huge.status, &huge.json()["code"]), (413, &json!("file-too-large")));
    assert_eq!(server.upload("c", "fits.txt", &[b'x'; 1000]).await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_makes_no_sense_is_told_why() {
    let server = Server::start().await;
    let malformed = Request::new("POST", "/api/v1/search")
        .header("Content-Type", "application/json")
        .body(b"{\"query\":")
        .send(server.address)
        .await;
    assert_eq!((malformed.status, &malformed.json()["code"]), (422, &json!("validation-failed")));
    let untyped = Request::new("POST", "/api/v1/search").body(b"{}").send(server.address).await;
    assert_eq!(untyped.status, 415);
    let long = json!({"question": "x".repeat(8001)});
    let long = server.post("/api/v1/answers", &long).await;
    assert_eq!((long.status, &long.json()["errors"][0]["pointer"]), (422, &json!("/question")));
    let unknown = json!({"query": "x", "collections": ["nothing"]});
    assert_eq!(server.post("/api/v1/search", &unknown).await.status, 404);
    let method = Request::new("PUT", "/api/v1/search").send(server.address).await;
    assert_eq!((method.status, &method.json()["code"]), (405, &json!("method-not-allowed")));
    let nowhere = server.get("/api/v2").await;
    assert_eq!(nowhere.header("content-type"), Some("application/problem+json"));
    assert_eq!(nowhere.json()["instance"].as_str(), nowhere.header("x-request-id"));
    for path in ["documents/doc_nonsense", "answers/ans_x", "jobs/job_x", "collections/nothing"] {
        assert_eq!(server.get(&format!("/api/v1/{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_names_its_fields_and_an_empty_question_is_refused_at_once() {
    let server = Server::start().await;
    let array = server.post("/api/v1/collections", &json!(["by place"])).await;
    assert_eq!(array.status, 422, "{}", array.text());
    assert_eq!(server.post("/api/v1/answers", &json!({"question": "\u{9e} "})).await.status, 422);
}
