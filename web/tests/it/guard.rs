//! Who may send what from where, and what protects whoever looks.

use serde_json::json;

use crate::client::Request;
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_name_is_refused() {
    let server = Server::start().await;
    for host in ["evil.example", "evil.example:8620", "127.0.0.1.evil.example"] {
        let refused = Request::new("GET", "/api/v1/collections").header("Host", host);
        let refused = refused.send(server.address).await;
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")), "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_changes_nothing() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    let make = |origin: &str| {
        Request::new("POST", "/api/v1/collections")
            .header("Origin", origin)
            .header("X-Footnote-Request", "1")
            .json(&json!({"name": "c"}))
    };
    assert_eq!(make("https://evil.example").send(server.address).await.status, 403);
    assert_eq!(make("null").send(server.address).await.status, 403);
    assert_eq!(server.get("/api/v1/collections").await.json()["data"], json!([]));
    assert_eq!(make(&own).send(server.address).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_protects_whoever_looks_at_it() {
    let server = Server::start().await;
    for path in ["/", "/app.js", "/api/v1/collections", "/livez", "/nothing"] {
        let response = server.get(path).await;
        assert_eq!(response.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(response.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(response.header("referrer-policy"), Some("no-referrer"), "{path}");
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(response.header("x-request-id").is_some(), "{path}");
        assert!(response.header("access-control-allow-origin").is_none(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_of_a_file_leads_nowhere() {
    let server = Server::start().await;
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/style.css/../../lib.rs", "//etc/passwd"]
    {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
}
