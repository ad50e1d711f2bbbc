//! What is measured: complete, documented, and without a word of a document or a question.

use footnote::metrics::ALL;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

use crate::client::Request;
use crate::server::Server;

/// A server that has done one of everything.
async fn busy() -> Server {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    server.get(&format!("/api/v1/documents/{id}")).await;
    server.post("/api/v1/search", &json!({"query": "annual leave"})).await;
    let question = json!({"question": "How many days of paid annual leave does a full-time employee get?",
                          "mode": "quote"});
    server.post("/api/v1/answers?wait=true", &question).await;
    Request::new("BREW", "/api/v1/nowhere").send(server.address).await;
    server
}

/// Returns the values of a metric's lines that have all of some labels, added up.
fn sum(text: &str, name: &str, labels: &[&str]) -> f64 {
    let own = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    let matching = own.filter(|line| labels.iter().all(|label| line.contains(label)));
    matching.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_did_is_counted() {
    let server = busy().await;
    let metrics = server.get("/metrics").await;
    assert_eq!(metrics.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = metrics.text();
    for (name, labels) in [
        (
            "footnote_http_requests_total",
            &["route=\"/api/v1/documents/{id}\"", "status=\"200\""][..],
        ),
        ("footnote_http_requests_total", &["method=\"other\"", "status=\"404\""]),
        ("footnote_http_request_duration_seconds_count", &["route=\"/api/v1/search\""]),
        ("footnote_answers_total", &["outcome=\"answered\""]),
        ("footnote_answer_duration_seconds_count", &[]),
        ("footnote_retrieval_duration_seconds_count", &["stage=\"search\""]),
        ("footnote_citations_total", &["support=\"exact\""]),
        ("footnote_ingest_documents_total", &["outcome=\"ready\""]),
        ("footnote_chunks", &["collection=\"handbook\""]),
        ("footnote_build_info", &["version="]),
        ("footnote_ready", &["component=\"index\""]),
        ("footnote_model_loaded", &["role=\"embedder\""]),
        ("process_resident_memory_bytes", &[]),
    ] {
        assert!(0.0 < sum(&text, name, labels), "{name} {labels:?} in\n{text}");
    }
    assert!(sum(&text, "footnote_ingest_queue_depth", &["waiting"]) < 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_measured_is_documented_and_says_nothing_of_what_is_read_or_asked() {
    let text = busy().await.get("/metrics").await.text();
    let documented = ALL.iter().map(|metric| metric.name).collect::<BTreeSet<_>>();
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    for family in families.filter_map(|rest| rest.split(' ').next()) {
        let is_known = documented.contains(family) || family.starts_with("process_");
        assert!(is_known, "{family} is not in the table of metrics");
    }
    for word in ["annual", "employee", "leave.md", "nowhere", "doc_"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn every_metric_is_explained_in_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let operations = std::fs::read_to_string(path).unwrap();
    for metric in ALL {
        let row = format!("| `{}` |", metric.name);
        assert!(operations.contains(&row), "docs/operations.md has no row for {}", metric.name);
        assert!(operations.contains(metric.meaning), "{}: {}", metric.name, metric.meaning);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_is_told_component_by_component() {
    let server = Server::start().await;
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status, 200);
    let expected = json!({"ready": true, "stopping": false, "catalog": true, "index": true,
                          "disk": true, "embedder": "fake", "generator": null});
    assert_eq!(ready.json(), expected);
}
