//! Originals in parts, as programs that show PDFs ask for them.

use crate::client::{Request, Response};
use crate::server::Server;
use serde_json::json;

/// How much is asked for at once: what pdf.js does.
const PART_BYTES: usize = 1 << 16;

/// A server that holds one text, and where its original is.
async fn with_original(bytes: &[u8]) -> (Server, String) {
    let server = Server::start().await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let uploaded = server.upload("c", "%E6%89%8B%E5%86%8C%20a.txt", bytes).await.json();
    server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    let id = uploaded["document"]["id"].as_str().unwrap();
    let path = format!("/api/v1/documents/{id}/content");
    (server, path)
}

fn text() -> Vec<u8> {
    let lines = (0..9000).map(|n| format!("Line {n} of the handbook.\n"));
    lines.collect::<String>().into_bytes()
}

async fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = Request::new("GET", path);
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send(server.address).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_read_part_by_part() {
    let bytes = text();
    let (server, path) = with_original(&bytes).await;
    let whole = ask(&server, &path, &[]).await;
    assert_eq!((whole.status, &whole.body), (200, &bytes));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    assert_eq!(whole.header("content-length"), Some(bytes.len().to_string().as_str()));
    let disposition = whole.header("content-disposition").unwrap();
    assert!(disposition.ends_with("filename*=UTF-8''%E6%89%8B%E5%86%8C%20a.txt"), "{disposition}");
    let tag = whole.header("etag").unwrap();

    let mut joined = Vec::new();
    // The parts of a PDF come in any order; the last is what a reader of PDFs begins with.
    for begin in (0..bytes.len()).step_by(PART_BYTES) {
        let end = bytes.len().min(begin + PART_BYTES);
        let range = format!("bytes={begin}-{}", end - 1);
        let part = ask(&server, &path, &[("Range", &range), ("If-Range", tag)]).await;
        assert_eq!(part.status, 206, "{range}");
        let expected = format!("bytes {begin}-{}/{}", end - 1, bytes.len());
        assert_eq!(part.header("content-range"), Some(expected.as_str()));
        assert_eq!(part.header("content-length"), Some((end - begin).to_string().as_str()));
        assert_eq!(part.header("content-security-policy"), whole.header("content-security-policy"));
        assert_eq!(part.header("x-version-state"), Some("live"));
        joined.extend(part.body);
    }
    assert!(joined == bytes);
    let last = ask(&server, &path, &[("Range", "bytes=-10")]).await;
    assert_eq!((last.status, last.body.as_slice()), (206, &bytes[bytes.len() - 10..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_beyond_unchanged_or_another_is_told() {
    let bytes = text();
    let (server, path) = with_original(&bytes).await;
    let range = format!("bytes={}-", bytes.len());
    let beyond = ask(&server, &path, &[("Range", &range)]).await;
    assert_eq!((beyond.status, &beyond.json()["code"]), (416, &json!("range-not-satisfiable")));
    let size = format!("bytes */{}", bytes.len());
    assert_eq!(beyond.header("content-range"), Some(size.as_str()));
    let other = ask(&server, &path, &[("Range", "bytes=0-9"), ("If-Range", "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (200, bytes.len()));
    let several = ask(&server, &path, &[("Range", "bytes=0-9,20-29")]).await;
    assert_eq!((several.status, several.body.len()), (200, bytes.len()));
    let tag = other.header("etag").unwrap();
    let known = ask(&server, &path, &[("If-None-Match", tag), ("Range", "bytes=0-9")]).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    assert_eq!(known.header("etag"), Some(tag));
    let head = Request::new("HEAD", &path).send(server.address).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(bytes.len().to_string().as_str()));
    assert_eq!(head.header("etag"), Some(tag));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_in_many_parts_is_noted_once() {
    let (server, path) = with_original(&text()).await;
    for begin in 0..5 {
        let range = format!("bytes={begin}-{}", begin + 9);
        assert_eq!(ask(&server, &path, &[("Range", &range)]).await.status, 206);
    }
    Request::new("HEAD", &path).send(server.address).await;
    let downloads = async || {
        let log = server.get("/api/v1/audit").await.json();
        let entries = log["data"].as_array().unwrap().clone();
        entries.iter().filter(|entry| entry["action"] == "document.download").count()
    };
    assert_eq!(downloads().await, 1);
    ask(&server, &path, &[]).await;
    assert_eq!(downloads().await, 2);
}
