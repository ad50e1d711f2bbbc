//! Documents over HTTP: sent, read in the background, found, shown, removed.

use serde_json::{Value, json};

use crate::client::Request;
use crate::server::{LEAVE, Server};

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_file_is_found_once_its_job_is_completed() {
    let server = Server::start().await;
    let collection = server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    assert_eq!(collection.status, 201);
    let uploaded = server.upload("handbook", "leave.md", LEAVE.as_bytes()).await;
    assert_eq!(uploaded.status, 202);
    let job = server.finished(uploaded.json()["job"]["id"].as_str().unwrap()).await;
    assert_eq!(job["state"], "completed");
    assert_eq!(job["counts"]["ready"], 1);

    let body = json!({"query": "days of annual leave", "collections": ["handbook"]});
    let found = server.post("/api/v1/search", &body).await.json();
    assert_eq!(found["passages"][0]["document"]["uri"], "leave.md");
    assert!(found["passages"][0]["text"].as_str().unwrap().contains("28 days"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_again_are_there_already() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let again = server.upload("handbook", "leave.md", LEAVE.as_bytes()).await;
    assert_eq!((again.status, &again.json()["job"]), (200, &Value::Null));
    assert_eq!(server.upload("handbook", "leave.md", b"# Other text").await.status, 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sends_a_file_too() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    let form = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.md\"\r\n\r\n\
                # A title\n\r\n--X--\r\n";
    let sent = Request::new("POST", "/api/v1/collections/handbook/documents")
        .header("Content-Type", "multipart/form-data; boundary=X")
        .body(form.as_bytes())
        .send(server.address)
        .await;
    assert_eq!(sent.status, 202);
    assert_eq!(sent.json()["document"]["uri"], "a.md");
    let empty = Request::new("POST", "/api/v1/collections/handbook/documents")
        .header("Content-Type", "multipart/form-data; boundary=X")
        .body(b"--X--\r\n")
        .send(server.address)
        .await;
    assert_eq!(empty.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_fails_alone_and_says_why() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let files: [(&str, &[u8]); 3] = [
        ("empty.txt", b""),
        ("program.txt", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\xff\xfe\0\x01"),
        ("broken.pdf", b"%PDF-1.7\nthis is no document"),
    ];
    for (name, bytes) in files {
        let uploaded = server.upload("c", name, bytes).await.json();
        let id = uploaded["job"]["id"].as_str().unwrap();
        let job = server.finished(id).await;
        assert_eq!(
            (job["counts"]["failed"].as_u64(), job["counts"]["ready"].as_u64()),
            (Some(1), Some(0)),
            "{name}"
        );
        let items = server.get(&format!("/api/v1/jobs/{id}/items")).await.json();
        let item = &items["data"][0];
        assert_eq!(item["state"], "failed", "{name}");
        assert!(!item["detail"].as_str().unwrap().is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_document_is_gone_everywhere() {
    let server = Server::start().await;
    let id = server.with_leave_policy().await;
    assert_eq!(server.delete(&format!("/api/v1/documents/{id}")).await.status, 204);
    for path in ["", "/text", "/chunks", "/content"] {
        assert_eq!(
            server.get(&format!("/api/v1/documents/{id}{path}")).await.status,
            404,
            "{path}"
        );
    }
    let found = server.post("/api/v1/search", &json!({"query": "annual leave"})).await.json();
    assert_eq!(found["passages"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_a_download_that_no_browser_runs() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let html = "<!doctype html><script>alert(1)</script><p>Hello there, reader.</p>";
    let uploaded = server.upload("c", "page.html", html.as_bytes()).await.json();
    server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    let id = uploaded["document"]["id"].as_str().unwrap();
    let content = server.get(&format!("/api/v1/documents/{id}/content")).await;
    assert_eq!(content.text(), html);
    assert_eq!(content.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    assert_eq!(content.header("x-content-type-options"), Some("nosniff"));
    assert!(content.header("content-disposition").unwrap().starts_with("attachment"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_on_where_the_page_before_ended() {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    for name in ["a.md", "b.md", "c.md"] {
        let text = format!("# {name}\n\nSome text in {name}.");
        let uploaded = server.upload("c", name, text.as_bytes()).await.json();
        server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    }
    let first = server.get("/api/v1/documents?collection=c&limit=2").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = server.get(&format!("/api/v1/documents?limit=2&cursor={cursor}")).await.json();
    assert_eq!(second["data"][0]["uri"], "c.md");
    assert_eq!(second["next_cursor"], Value::Null);
    assert_eq!(server.get("/api/v1/documents?cursor=nonsense").await.status, 422);
}
