//! Evaluations on the server: sets, runs, and how two runs differ.

use serde_json::{Value, json};
use std::time::Duration;

use crate::server::Server;

/// Makes a set of one question that the leave policy answers and one that it does not.
async fn set(server: &Server) -> String {
    let questions = json!([
        {"id": "leave", "question": "How many days of paid annual leave does a full-time employee get?",
         "answers": ["28 days"], "gold_docs": ["leave.md"], "answerable": true, "lang": "en"},
        {"id": "moon", "question": "Who was the first to walk on the moon?", "answerable": false}
    ]);
    let new = json!({"name": "golden", "questions": questions});
    let made = server.post("/api/v1/evals/datasets", &new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["questions"], 2);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn run(server: &Server, request: &Value) -> Value {
    let started = server.post("/api/v1/evals/runs", request).await;
    assert_eq!(started.status, 201, "{}", started.text());
    let path = format!("/api/v1/evals/runs/{}", started.json()["id"].as_str().unwrap());
    for _ in 0..2_400 {
        let run = server.get(&path).await.json();
        if run["state"] != "running" {
            return run;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the run did not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_grades_every_question_and_is_compared_with_the_one_before() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let set = set(&server).await;
    let first = run(&server, &json!({"dataset_id": set, "answers": "quote"})).await;
    assert_eq!((&first["state"], &first["done"]), (&json!("completed"), &json!(2)));
    assert_eq!(first["figures"]["recall@1"], 1.0, "{first}");
    assert_eq!(first["figures"]["containment"], 1.0, "{first}");

    let results = format!("/api/v1/evals/runs/{}/results", first["id"].as_str().unwrap());
    let results = server.get(&results).await.json();
    let leave = &results["data"][0];
    assert_eq!((&leave["question_id"], &leave["refused"]), (&json!("leave"), &json!(false)));
    assert!(!results.to_string().contains("28 days"), "no text of documents: {results}");
    let answer = format!("/api/v1/answers/{}", leave["answer_id"].as_str().unwrap());
    assert!(server.get(&answer).await.text().contains("28 days"));

    let document = server.get("/api/v1/documents").await.json()["data"][0]["id"].clone();
    let path = format!("/api/v1/documents/{}", document.as_str().unwrap());
    assert_eq!(server.delete(&path).await.status, 204);
    let second = run(&server, &json!({"dataset_id": set, "answers": "quote"})).await;
    let pair = format!(
        "/api/v1/evals/compare?a={}&b={}",
        first["id"].as_str().unwrap(),
        second["id"].as_str().unwrap()
    );
    let compared = server.get(&pair).await.json();
    assert_eq!(compared["deltas"]["recall@1"], -1.0, "{compared}");
    assert_eq!(compared["changed"][0]["question_id"], "leave");
    assert_eq!(compared["changed"][0]["b"]["refused"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_grows_by_a_judged_question_and_goes_with_its_runs() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let set = set(&server).await;
    let path = format!("/api/v1/evals/datasets/{set}");
    let judged = json!({"id": "fb/1", "question": "When do unused days lapse?", "answers": ["31 March"],
                        "gold_docs": ["leave.md"], "answerable": true});
    let put = server.post(&format!("{path}/questions"), &judged).await;
    assert_eq!(put.status, 204, "{}", put.text());
    let listed = server.get(&format!("{path}/questions")).await.json();
    assert_eq!(listed["data"][2]["question"], "When do unused days lapse?");
    let one = run(&server, &json!({"dataset_id": set, "limit": 1})).await;
    assert_eq!((&one["total"], &one["figures"]["recall@5"]), (&json!(1), &json!(1.0)));
    assert_eq!(server.delete(&format!("{path}/questions/fb%2F1")).await.status, 204);
    assert_eq!(server.get(&path).await.json()["questions"], 2);

    let taken = server.post("/api/v1/evals/datasets", &json!({"name": "golden"})).await;
    assert_eq!(taken.status, 409);
    let unknown = json!({"dataset_id": set, "collections": ["nowhere"]});
    assert_eq!(server.post("/api/v1/evals/runs", &unknown).await.status, 404);
    assert_eq!(server.delete(&path).await.status, 204);
    let run = format!("/api/v1/evals/runs/{}", one["id"].as_str().unwrap());
    assert_eq!(server.get(&run).await.status, 404);
    assert_eq!(server.get("/api/v1/evals/runs").await.json()["data"], json!([]));
}
