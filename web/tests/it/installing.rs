//! Models are installed and measured by a server that runs, and it says whether everything works.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::get;
use footnote_core::chat::{Completion, Piece, StopReason};
use footnote_core::config::Config;
use footnote_core::id::ContentHash;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::models::Speaker;
use crate::server::Server;

/// What the one file of the model contains.
const CONTENT: &[u8] = &[7; 300_000];

/// A hub that sends a file in pieces, each when it is let go.
#[derive(Clone)]
struct Hub(Arc<Semaphore>);

impl Hub {
    /// Serves on a free port and returns its address.
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes =
            Router::new().route("/we/tiny/resolve/main/a.bin", get(file)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}")
    }
}

async fn file(State(hub): State<Hub>, headers: HeaderMap) -> axum::response::Response {
    let range = headers.get("range").map(|range| range.to_str().unwrap().to_owned());
    let start = range.map(|range| range["bytes=".len()..range.len() - 1].parse().unwrap());
    let pieces = CONTENT[start.unwrap_or(0)..].chunks(100_000).map(Bytes::from_static);
    let sent = stream::iter(pieces).then(move |piece| {
        let hub = hub.clone();
        async move {
            hub.0.acquire().await.unwrap().forget();
            io::Result::Ok(piece)
        }
    });
    let status = if start.is_some() { 206 } else { 200 };
    let response = axum::response::Response::builder().status(status).header("etag", "\"v1\"");
    response.body(Body::from_stream(sent)).unwrap()
}

/// A server that knows one more model, which a hub has.
async fn knowing(hub: &str, folder: &TempDir) -> Server {
    let catalog = folder.path().join("catalog.toml");
    let hash = ContentHash::of(CONTENT).hex();
    let card = format!(
        "[[model]]\nname = \"tiny\"\ntitle = \"Tiny\"\nrole = \"embedder\"\nlicence = \"CC0-1.0\"\n\
         context_tokens = 8\nsources = [{{ kind = \"hub\", repo = \"we/tiny\", revision = \"main\" }}]\n\
         files = [{{ name = \"a.bin\", digests = [{{ size_bytes = {}, sha256 = \"{hash}\" }}] }}]\n",
        CONTENT.len()
    );
    std::fs::write(&catalog, card).unwrap();
    let mut config = Config::default();
    config.models.catalog = catalog;
    config.models.dir = folder.path().join("models");
    Server::within(&[("HF_ENDPOINT", hub)], config, None).await
}

/// Waits until something holds of the model, and returns it.
async fn until(server: &Server, holds: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..6_000 {
        let models = server.get("/api/v1/models").await.json();
        let models = models["data"].as_array().unwrap();
        let tiny = models.iter().find(|model| model["name"] == "tiny").unwrap();
        if holds(tiny) {
            return tiny.clone();
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("it never held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_installed_with_progress_and_goes_on_after_it_was_stopped() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub(Arc::new(Semaphore::new(1))));
    let server = knowing(&hub.serve().await, &folder).await;
    let path = "/api/v1/models/tiny/install";
    assert_eq!(server.delete(path).await.status, 404, "nothing to stop");
    let begun = server.post(path, &json!({})).await;
    assert_eq!((begun.status, &begun.json()["state"]), (202, &json!("missing")));
    let going = until(&server, |model| model["installation"]["done_bytes"] == 100_000).await;
    assert_eq!(going["installation"]["what"], "a.bin");
    assert_eq!(server.post(path, &json!({})).await.status, 202, "once is enough");
    assert_eq!(server.delete(path).await.status, 204);
    hub.0.add_permits(1);
    let stopped = until(&server, |model| model["installation"].is_null()).await;
    assert_eq!(stopped["state"], "missing");

    hub.0.add_permits(9);
    assert_eq!(server.post(path, &json!({})).await.status, 202);
    let installed = until(&server, |model| model["state"] == "installed").await;
    assert_eq!(installed["files"][0]["size_bytes"], CONTENT.len());
    let left = hub.0.available_permits();
    assert!(7 <= left, "it went on where it was: {left} pieces were not needed");
    assert_eq!(server.post("/api/v1/models/nothing/install", &json!({})).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_fails_says_why_and_can_be_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let server = knowing(&format!("http://{free}"), &folder).await;
    let path = "/api/v1/models/tiny/install";
    assert_eq!(server.post(path, &json!({})).await.status, 202);
    let failed = until(&server, |model| !model["installation"]["failure"].is_null()).await;
    let failure = failed["installation"]["failure"].as_str().unwrap();
    assert!(failure.contains("we/tiny"), "{failure}");
    let again = server.post(path, &json!({})).await.json();
    assert!(again["installation"]["failure"].is_null(), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_are_measured_and_everything_is_checked() {
    let writer = Speaker::new("writer", || {
        let end = Completion {
            reason: StopReason::Length,
            prompt_tokens: 100,
            completion_tokens: 32,
            prefill_ms: 50,
        };
        stream::iter([Ok(Piece::Text("words".to_owned())), Ok(Piece::Finished(end))]).boxed()
    });
    let server = Server::with(Config::default(), Some(Arc::new(writer))).await;
    let measured = server.post("/api/v1/models/speed", &json!({})).await;
    assert_eq!(measured.status, 200, "{}", measured.text());
    let measured = measured.json();
    assert!(0.0 < measured["passages_per_second"].as_f64().unwrap(), "{measured}");
    assert_eq!(measured["writer"]["model"], "writer");
    assert_eq!(measured["writer"]["read_tokens_per_second"], 2000.0);

    server.with_leave_policy().await;
    let checks = server.get("/api/v1/doctor").await.json();
    let state = |name: &str| {
        let checks = checks["data"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).map(|check| check["state"].clone())
    };
    for name in ["data directory", "catalog", "originals", "index", "embedding", "parser"] {
        assert_eq!(state(name), Some(json!("ok")), "{name}: {checks}");
    }
}
