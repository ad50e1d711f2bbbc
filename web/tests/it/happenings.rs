//! The stream of what happens, for a page that is open.

use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::Request;
use crate::server::{LEAVE, Server};

/// Reads until the stream has said something, and returns everything that it said.
pub(crate) async fn read_until(stream: &mut TcpStream, said: &str) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let reading = async {
        while !String::from_utf8_lossy(&bytes).contains(said) {
            let n = stream.read(&mut piece).await.unwrap();
            assert_ne!(n, 0, "the stream ended: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&piece[..n]);
        }
    };
    let in_time = timeout(Duration::from_mins(2), reading).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(in_time.is_ok(), "never said {said}: {text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_answers_and_runs_are_told_on_one_stream() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let mut stream = Request::new("GET", "/api/v1/events").start(server.address).await;
    read_until(&mut stream, "retry:").await;
    let uploaded = server.upload("handbook", "more.md", LEAVE.as_bytes()).await.json();
    let job = uploaded["job"]["id"].as_str().unwrap();
    let said = read_until(&mut stream, "event: job.ended").await;
    assert!(said.contains(job), "{said}");

    let question = json!({"question": "How many days of leave?", "mode": "quote"});
    let answer: Value = server.post("/api/v1/answers?wait=true", &question).await.json();
    let said = read_until(&mut stream, "\"state\":\"completed\"}").await;
    assert!(said.contains("event: answer.state"), "{said}");
    assert!(said.contains(answer["id"].as_str().unwrap()), "{said}");

    let questions = json!([{"id": "a", "question": "How many days of leave?", "answerable": true}]);
    let new = json!({"name": "golden", "questions": questions});
    let set = server.post("/api/v1/evals/datasets", &new).await.json();
    server.post("/api/v1/evals/runs", &json!({"dataset_id": set["id"]})).await;
    read_until(&mut stream, "event: run.progress").await;
}
