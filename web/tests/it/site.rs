//! A site of another machine, from its address to an answer and through its changes.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use footnote_core::config::Config;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Output;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

use crate::cli::{code, program, stderr, stdout};
use crate::server::Server;

/// The pages of a site, by path.
#[derive(Clone, Default)]
struct Site(Arc<Mutex<BTreeMap<String, String>>>);

impl Site {
    fn put(&self, path: &str, text: &str) {
        let page = format!("<title>{path}</title><h1>{path}</h1>{text}");
        self.0.lock().unwrap().insert(path.to_owned(), page);
    }

    fn remove(&self, path: &str) {
        self.0.lock().unwrap().remove(path);
    }

    /// Serves the site on a free port and returns its address.
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/{path}", get(page)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}")
    }
}

/// Answers with a page, or says that it is as it was.
async fn page(State(site): State<Site>, Path(path): Path<String>, asked: HeaderMap) -> Response {
    let Some(page) = site.0.lock().unwrap().get(&path).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{}\"", footnote_core::id::ContentHash::of(page.as_bytes()));
    if asked.get(IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(ETAG, tag), (CONTENT_TYPE, "text/html".to_owned())], page).into_response()
}

fn run(server: &Server, args: &[&str]) -> Output {
    program(server.folder()).args(args).output().unwrap()
}

/// Runs a command that must do what it is asked, and returns what it wrote.
fn done(server: &Server, args: &[&str]) -> Value {
    let output = run(server, &[args, &["--format", "json"]].concat());
    assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

/// Asks a question and returns what is cited: the address and the text.
fn cited(server: &Server, question: &str) -> Option<(String, String)> {
    let args = ["ask", question, "--mode", "quote", "--format", "json"];
    let answer: Value = serde_json::from_str(&stdout(&run(server, &args))).unwrap();
    let citation = answer["citations"].as_array().unwrap().first()?;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Some((text(&citation["document"]["uri"]), text(&citation["cited_text"])))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_ingested_cited_and_kept_in_step() {
    let site = Site::default();
    site.put("index", "<a href='leave'>Leave</a> <a href='parking'>Parking</a>");
    site.put("leave", "<p>Every employee has twenty days of annual leave.</p>");
    site.put("parking", "<p>Visitors park their cars in the garage on level two.</p>");
    let address = site.serve().await;
    let mut config = Config::default();
    config.outbound.allow_hosts = vec!["127.0.0.1".to_owned()];
    config.outbound.allow_private = vec!["127.0.0.1".to_owned()];
    config.outbound.requests_per_second = 0;
    let server = Server::with(config, None).await;
    let (leave, parking) = ("How many days of annual leave?", "Where do visitors park their cars?");

    let root = format!("{address}/index");
    let report = done(&server, &["ingest", &root, "--depth", "1"]);
    assert_eq!((&report["ready"], &report["failed"]), (&3.into(), &Value::Array(Vec::new())));
    let (uri, text) = cited(&server, leave).unwrap();
    assert_eq!(uri, format!("{address}/leave"));
    assert_eq!(text, "Every employee has twenty days of annual leave.");
    assert_eq!(cited(&server, parking).unwrap().0, format!("{address}/parking"));
    let again = done(&server, &["sync", "add", &root, "--depth", "1"]);
    assert_eq!(again["data"][0]["counts"]["ready"], 0, "{again}");

    site.put("leave", "<p>Every employee has thirty days of annual leave.</p>");
    site.remove("parking");
    let synced = done(&server, &["sync"]);
    let counts = &synced["data"][0]["counts"];
    assert_eq!((&counts["ready"], &counts["removed"]), (&1.into(), &1.into()), "{synced}");
    assert_eq!(cited(&server, leave).unwrap().1, "Every employee has thirty days of annual leave.");
    assert_ne!(cited(&server, parking).map(|(uri, _)| uri), Some(format!("{address}/parking")));
    let found = done(&server, &["search", "twenty visitors garage"]);
    assert!(!found.to_string().contains("garage on level two"), "{found}");
    assert!(!found.to_string().contains("has twenty days"), "{found}");
}
