//! The bodies of the API as others rely on them.

use serde_json::{Value, json};

use crate::server::Server;

/// Makes a body the same on every run: ids, times and scores are put out of sight.
fn redact(value: &mut Value) {
    match value {
        Value::String(text) => {
            let prefix = text.split_once('_').filter(|(_, id)| id.len() == 36).map(|(p, _)| p);
            if let Some(prefix) = prefix {
                *text = format!("{prefix}_…");
            } else if let Some((path, _)) =
                text.split_once("doc_").filter(|(p, _)| p.ends_with('/'))
            {
                *text = format!("{path}doc_…");
            }
        }
        Value::Array(values) => values.iter_mut().for_each(redact),
        Value::Object(fields) => {
            for (name, value) in fields {
                match name.as_str() {
                    "timings_ms" | "created_ms" | "ended_ms" | "score" => *value = json!("…"),
                    "instance" => *value = json!("a request's id"),
                    _ => redact(value),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn shape(mut body: Value) -> String {
    redact(&mut body);
    serde_json::to_string_pretty(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bodies_have_the_shapes_that_were_agreed() {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    let search = json!({"query": "annual leave", "k": 1, "explain": true});
    insta::assert_snapshot!("search", shape(server.post("/api/v1/search", &search).await.json()));
    let question = json!({"question": "How many days of paid annual leave does a full-time employee get?",
                          "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &question).await.json();
    insta::assert_snapshot!("answer", shape(answer));
    insta::assert_snapshot!("collections", shape(server.get("/api/v1/collections").await.json()));
    insta::assert_snapshot!("documents", shape(server.get("/api/v1/documents").await.json()));
    insta::assert_snapshot!(
        "chunks",
        shape(server.get(&format!("/api/v1/documents/{id}/chunks")).await.json())
    );
    insta::assert_snapshot!(
        "blocks",
        shape(server.get(&format!("/api/v1/documents/{id}/blocks")).await.json())
    );
    insta::assert_snapshot!(
        "text",
        shape(server.get(&format!("/api/v1/documents/{id}/text")).await.json())
    );
    let jobs = server.get("/api/v1/jobs").await.json();
    let job = jobs["data"][0]["id"].as_str().unwrap().to_owned();
    insta::assert_snapshot!("jobs", shape(jobs));
    insta::assert_snapshot!(
        "job_items",
        shape(server.get(&format!("/api/v1/jobs/{job}/items")).await.json())
    );
    insta::assert_snapshot!(
        "not_found",
        shape(server.get("/api/v1/collections/nothing").await.json())
    );
    let wrong = server.post("/api/v1/answers", &json!({"question": " "})).await.json();
    insta::assert_snapshot!("validation_failed", shape(wrong));
}
