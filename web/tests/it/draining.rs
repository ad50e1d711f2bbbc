//! A server that is asked to stop lets what is open end, and ends within seconds.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use footnote_core::config::Config;

use crate::answers::until;
use crate::client::Request;
use crate::models::Speaker;
use crate::server::Server;

/// Asks what the model writes an endless answer to.
fn question() -> serde_json::Value {
    json!({"question": "How many days of paid annual leave does a full-time employee get?",
           "collections": ["handbook"], "mode": "generate"})
}

#[tokio::test(flavor = "multi_thread")]
async fn open_answers_end_with_what_there_is_and_streams_are_closed() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let address = server.address;
    let waiting = tokio::spawn(async move {
        Request::new("POST", "/api/v1/answers?wait=true").json(&question()).send(address).await
    });
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    let mut stream = Request::new("POST", "/api/v1/answers")
        .header("Accept", "text/event-stream")
        .json(&question())
        .start(address)
        .await;
    let mut streamed = vec![0; 4096];
    let n_read = stream.read(&mut streamed).await.unwrap();
    assert!(0 < n_read);
    let asked = Instant::now();
    server.stop();
    let answer = waiting.await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["finish_reason"], "cancelled");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(b"0\r\n\r\n"), "the stream broke off");
    server.ended().await;
    assert!(asked.elapsed() < Duration::from_mins(1), "{:?}", asked.elapsed());
    assert!(TcpStream::connect(address).await.is_err(), "it still takes connections");
}
