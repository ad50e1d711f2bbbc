//! Versions, the past and duplicates over HTTP; and nothing of a removed document in old answers.

use serde_json::{Value, json};
use std::time::Duration;

use crate::server::Server;

/// Uploads a file and waits until it can be found; returns the document's id.
async fn put(server: &Server, name: &str, text: &str) -> String {
    let uploaded = server.upload("c", name, text.as_bytes()).await.json();
    let job = server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    assert_eq!(job["counts"]["ready"], 1, "{job}");
    uploaded["document"]["id"].as_str().unwrap().to_owned()
}

/// Starts a server with an empty collection.
async fn server() -> Server {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    server
}

/// Returns the present moment as RFC 3339 writes it.
fn now() -> String {
    use footnote_core::clock::{Clock as _, SystemClock};
    let now = SystemClock.now();
    let thousandths = now.0 % 1000;
    now.to_string().replace('Z', &format!(".{thousandths:03}Z"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_opens_and_says_that_the_document_changed() {
    let server = server().await;
    let id = put(&server, "leave.md", "# Leave\n\nTwenty days of annual leave.").await;
    let path = format!("/api/v1/documents/{id}");
    let old = server.get(&path).await.json()["version"].as_str().unwrap().to_owned();
    put(&server, "leave.md", "# Leave\n\nThirty days of annual leave.").await;

    let versions = server.get(&format!("{path}/versions")).await.json();
    assert_eq!(versions["data"][0]["state"], "live");
    assert_eq!(versions["data"][1]["version"], *old);
    let until = &versions["data"][1]["served"][0]["until_ms"];
    assert_eq!(until, &versions["data"][0]["served"][0]["from_ms"]);

    let text = server.get(&format!("{path}/text?version={old}")).await.json();
    assert!(text["text"].as_str().unwrap().contains("Twenty"));
    assert_eq!((&text["state"], &text["changed_since_ms"]), (&json!("superseded"), until));
    assert_eq!(text["live_version"], versions["data"][0]["version"]);
    let chunks = server.get(&format!("{path}/chunks?version={old}")).await.json();
    assert_eq!(chunks["state"], "superseded");
    assert!(chunks["data"][0]["text"].as_str().unwrap().contains("Twenty"));
    let content = server.get(&format!("{path}/content?version={old}")).await;
    assert!(content.text().contains("Twenty"));
    assert_eq!(content.header("x-version-state"), Some("superseded"));
    assert_eq!(content.header("x-changed-since-ms"), Some(until.to_string().as_str()));
    let live = server.get(&format!("{path}/text")).await.json();
    assert_eq!((&live["state"], &live["changed_since_ms"]), (&json!("live"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_searched_and_answers_from() {
    let server = server().await;
    put(&server, "leave.md", "# Leave\n\nThe annual leave has twenty days in every year.").await;
    let then = now();
    tokio::time::sleep(Duration::from_millis(20)).await;
    put(&server, "leave.md", "# Leave\n\nThe annual leave has thirty days in every year.").await;

    let search = json!({"query": "annual leave days", "as_of": then});
    let found = server.post("/api/v1/search", &search).await.json();
    assert_eq!(found["passages"].as_array().unwrap().len(), 1, "{found}");
    assert!(found["passages"][0]["text"].as_str().unwrap().contains("twenty"));
    let ask = json!({"question": "How many days has the annual leave?", "mode": "quote",
                     "as_of": then});
    let answer = server.post("/api/v1/answers?wait=true", &ask).await.json();
    assert!(answer["text"].as_str().unwrap().contains("twenty"), "{answer}");
    let before = json!({"query": "annual leave days", "as_of": "2020-01-01"});
    assert_eq!(server.post("/api/v1/search", &before).await.json()["passages"], json!([]));
    for as_of in ["soon", "2999-01-01"] {
        let wrong = json!({"query": "annual leave", "as_of": as_of});
        let refused = server.post("/api/v1/search", &wrong).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/as_of");
    }
}

/// Writes a text of eighty paragraphs.
fn numbered(paragraph: impl Fn(u32) -> String) -> String {
    (0..80).map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_say_almost_the_same_are_found() {
    let server = server().await;
    let paragraphs =
        numbered(|n| format!("Rule {n} says that group {n} asks {} days early.", n + 3));
    let copy = paragraphs.replace("Rule 17 says", "Rule 17, as amended, says");
    let chinese = numbered(|n| format!("第{n}条规定员工须提前{n}天申请。"));
    let changed = chinese.replace("第5条规定", "第5条另行规定");
    let other = numbered(|n| format!("Ship {n} sails to port {n} at dawn."));
    for (name, text) in [
        ("rules.md", &paragraphs),
        ("rules-copy.md", &copy),
        ("条例.txt", &chinese),
        ("条例-修订.txt", &changed),
        ("ships.md", &other),
        ("ships.txt", &other),
    ] {
        let name: Vec<String> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        put(&server, &name.concat(), text).await;
    }
    let found = server.get("/api/v1/documents/duplicates?collection=c").await.json();
    let groups = found["data"].as_array().unwrap();
    let told: Vec<(&str, usize)> = groups
        .iter()
        .map(|group| {
            let n_documents = group["documents"].as_array().unwrap().len();
            (group["kind"].as_str().unwrap(), n_documents)
        })
        .collect();
    assert_eq!(told, [("near", 2), ("exact", 2), ("near", 2)], "{found}");
    assert_eq!(found["compared_by_bytes_alone"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_forgotten_with_the_document_that_it_cites() {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    let ask = json!({"question": "How many days of paid annual leave are there?", "mode": "quote"});
    let answer = server.post("/api/v1/answers?wait=true", &ask).await.json();
    assert_eq!(answer["citations"][0]["document"]["id"], *id);
    let path = format!("/api/v1/answers/{}", answer["id"].as_str().unwrap());
    assert_eq!(server.get(&path).await.status, 200);
    server.upload("handbook", "other.md", b"# Other\n\nNothing to do with it.").await;
    assert_eq!(server.get(&path).await.status, 200);

    assert_eq!(server.delete(&format!("/api/v1/documents/{id}")).await.status, 204);
    for path in [path.clone(), format!("{path}/events")] {
        let gone = server.get(&path).await;
        assert_eq!(gone.status, 404);
        assert!(!gone.text().contains("28 days"), "{}", gone.text());
    }
}
