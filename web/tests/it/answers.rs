//! Answers over HTTP: whole, streamed, replayed, stopped.

use footnote_core::config::Config;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::time::{sleep, timeout};

use crate::client::Request;
use crate::models::Speaker;
use crate::server::Server;

fn question() -> Value {
    json!({"question": "How many days of paid annual leave does a full-time employee get?",
           "collections": ["handbook"], "mode": "quote"})
}

fn stream_request(body: &Value) -> Request {
    Request::new("POST", "/api/v1/answers").header("Accept", "text/event-stream").json(body)
}

/// Reads the events of a stream: number, name, data.
fn events(text: &str) -> Vec<(usize, String, Value)> {
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
    };
    let event = |event: &str| {
        let number = field(event, "id: ")?.parse().unwrap();
        let data = serde_json::from_str(&field(event, "data: ")?).unwrap();
        Some((number, field(event, "event: ")?, data))
    };
    text.split("\n\n").filter_map(event).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_citation_is_the_stored_text_at_its_range() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let answer = server.post("/api/v1/answers?wait=true", &question()).await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert!(answer["text"].as_str().unwrap().contains("28 days"), "{answer}");
    let citations = answer["citations"].as_array().unwrap();
    assert!(!citations.is_empty());
    for citation in citations {
        let (id, version) = (&citation["document"]["id"], &citation["document"]["version"]);
        let path = format!(
            "/api/v1/documents/{}/text?version={}",
            id.as_str().unwrap(),
            version.as_str().unwrap()
        );
        let text = server.get(&path).await.json()["text"].as_str().unwrap().to_owned();
        let bound =
            |name: &str| usize::try_from(citation["source_range"][name].as_u64().unwrap()).unwrap();
        let quoted: String =
            text.chars().skip(bound("start")).take(bound("end") - bound("start")).collect();
        assert_eq!(citation["cited_text"], quoted);
        assert!(answer["text"].as_str().unwrap().contains(&format!("[^{}]", citation["n"])));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_everything_in_order_and_can_be_taken_up_again() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let streamed = stream_request(&question()).send(server.address).await;
    assert_eq!(streamed.header("content-type"), Some("text/event-stream"));
    assert_eq!(streamed.header("x-accel-buffering"), Some("no"));
    let all = events(&streamed.text());
    let names: Vec<&str> = all.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(names.first(), Some(&"answer.created"));
    assert_eq!(names[1], "retrieval.completed");
    assert_eq!(names.last(), Some(&"answer.completed"));
    assert_eq!(
        all.iter().map(|(n, _, _)| *n).collect::<Vec<_>>(),
        (1..=all.len()).collect::<Vec<_>>()
    );
    let place = |wanted: &str| names.iter().position(|name| *name == wanted).unwrap();
    assert!(place("citation.added") < place("text.delta"), "{names:?}");

    let id = all[0].2["id"].as_str().unwrap();
    let rest = Request::new("GET", &format!("/api/v1/answers/{id}/events"))
        .header("Last-Event-ID", "2")
        .send(server.address)
        .await;
    assert_eq!(events(&rest.text()), all[2..]);
    let whole = server.get(&format!("/api/v1/answers/{id}")).await.json();
    assert_eq!(whole, all.last().unwrap().2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_without_a_streaming_client_gets_an_id_to_follow() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let created = server.post("/api/v1/answers", &question()).await;
    assert_eq!(created.status, 201);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(created.header("location"), Some(format!("/api/v1/answers/{id}").as_str()));
    let followed = server.get(&format!("/api/v1/answers/{id}/events")).await;
    assert_eq!(events(&followed.text()).last().unwrap().1, "answer.completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_documents_do_not_say_is_not_answered() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let body = json!({"question": "Which planet has the most moons?", "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &body).await.json();
    assert_eq!(answer["finish_reason"], "no_answer");
    assert_eq!(answer["citations"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_stops_the_model() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let body = json!({"question": "How many days of paid annual leave?", "mode": "generate"});
    let mut stream = stream_request(&body).start(server.address).await;
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    stream.read_u8().await.unwrap();
    drop(stream);
    until(|| n_open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_answer_ends_its_stream_and_frees_the_model() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let body = json!({"question": "How many days of paid annual leave?", "mode": "generate"});
    let created = server.post("/api/v1/answers", &body).await.json();
    let path = format!("/api/v1/answers/{}", created["id"].as_str().unwrap());
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    assert_eq!(server.get(&path).await.status, 409);
    assert_eq!(server.post(&format!("{path}/cancel"), &json!({})).await.status, 202);
    let ended = events(&server.get(&format!("{path}/events")).await.text());
    assert_eq!(ended.last().unwrap().2["finish_reason"], "cancelled");
    until(|| n_open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_wait_their_turn_and_too_many_are_turned_away() {
    let server = Server::with(Config::default(), Some(Arc::new(Speaker::endless()))).await;
    server.with_leave_policy().await;
    let body = json!({"question": "How many days of paid annual leave?", "mode": "generate"});
    let mut ids = Vec::new();
    for _ in 0..33 {
        let created = server.post("/api/v1/answers", &body).await;
        assert_eq!(created.status, 201);
        ids.push(created.json()["id"].as_str().unwrap().to_owned());
    }
    let refused = server.post("/api/v1/answers", &body).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("queue-full")));
    assert_eq!(refused.header("retry-after"), Some("5"));
    // A quote needs no model and waits for nobody.
    assert_eq!(server.post("/api/v1/answers?wait=true", &question()).await.status, 200);
    let last = ids.last().unwrap();
    server.post(&format!("/api/v1/answers/{last}/cancel"), &json!({})).await;
    let waited = events(&server.get(&format!("/api/v1/answers/{last}/events")).await.text());
    assert_eq!((waited[1].1.as_str(), &waited[1].2), ("answer.queued", &json!({"position": 32})));
}

/// Waits until something holds.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let waited = timeout(Duration::from_mins(2), async {
        while !holds() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.expect("it did not come to pass");
}
