//! What an admin sets while the server runs.

use footnote_core::config::Config;
use serde_json::{Value, json};

use crate::client::{Request, Response};
use crate::server::Server;

const PATH: &str = "/api/v1/settings";

async fn set(server: &Server, tag: &str, values: &Value) -> Response {
    let request = Request::new("PATCH", PATH).header("If-Match", tag);
    request.json(&json!({"values": values})).send(server.address).await
}

fn value<'v>(settings: &'v Value, key: &str) -> &'v Value {
    let all = settings["data"].as_array().unwrap();
    all.iter().find(|setting| setting["key"] == key).unwrap()
}

async fn n_found(server: &Server) -> usize {
    let found = server.post("/api/v1/search", &json!({"query": "paid annual leave days"})).await;
    found.json()["passages"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_holds_from_the_next_question_on_and_can_be_taken_back() {
    let mut config = Config::default();
    config.ingest.chunk_tokens = 16;
    let server = Server::with(config, None).await;
    let text = "Paid annual leave: 28 days a year.\n\n".repeat(20);
    server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    server.upload("handbook", "leave.md", text.as_bytes()).await;
    let job = server.get("/api/v1/jobs").await.json()["data"][0]["id"].clone();
    server.finished(job.as_str().unwrap()).await;
    let before = n_found(&server).await;
    assert!(2 < before, "{before}");

    let shown = server.get(PATH).await;
    assert_eq!(value(&shown.json(), "search.k")["source"], "default");
    let tag = shown.header("etag").unwrap().to_owned();
    let changed = set(&server, &tag, &json!({"search.k": 2, "answer.threshold": 1})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let k = value(&changed.json(), "search.k").clone();
    assert_eq!((&k["value"], &k["source"]), (&json!(2), &json!("set")));
    assert_eq!(n_found(&server).await, 2);
    let question = json!({"question": "How many days of leave?", "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &question).await.json();
    assert_eq!(answer["finish_reason"], "no_answer", "nothing is as sure as that");

    assert_eq!(set(&server, &tag, &json!({"search.k": 3})).await.status, 412, "an old one");
    let audit = server.get("/api/v1/audit?action=settings.change").await.text();
    assert!(audit.contains("answer.threshold") && audit.contains("search.k"), "{audit}");
    let back = set(&server, "*", &json!({"search.k": null, "answer.threshold": null})).await;
    assert_eq!(value(&back.json(), "search.k")["source"], "default");
    assert_eq!(n_found(&server).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_is_refused_and_says_why() {
    let server = Server::start().await;
    for (values, said) in [
        (json!({"search.k": 0}), "`search.k` is 0"),
        (json!({"search.k": "many"}), "is a number"),
        (json!({"search.kk": 1}), "These can be set"),
        (json!({"server.bind": "0.0.0.0:1"}), "cannot be set while the server runs"),
        (json!({"answer.threshold": 7}), "between 0 and 1"),
        (json!({"search.k": 5, "answer.passages": 0}), "`answer.passages` is 0"),
    ] {
        let refused = set(&server, "*", &values).await;
        assert_eq!(refused.status, 422, "{values}");
        assert!(refused.text().contains(said), "{values}: {}", refused.text());
    }
    let kept = server.get(PATH).await.json();
    assert_eq!((&kept["revision"], &value(&kept, "search.k")["value"]), (&json!(0), &json!(10)));
    let secret = value(&kept, "store.index_key");
    assert_eq!(secret["can_be_set"], false);
}
