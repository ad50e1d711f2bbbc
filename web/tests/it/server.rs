//! A server with fake models, a real store and the real parser child.

use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, block_in_place};
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Loaded, Start};
use footnote::routes::router;
use footnote::server;
use footnote::state::AppState;
use footnote_core::config::Config;
use footnote_core::model::Generator;
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::Settings;
use footnote_model::fake::FakeEmbedder;

use crate::client::{Request, Response};

/// A document that several tests ask about.
pub(crate) const LEAVE: &str = "# Leave policy\n\nEvery full-time employee is entitled to 28 days of paid \
                         annual leave per calendar year.\n\nUnused days lapse on 31 March.\n";

/// A running server; it stops when it is dropped, and closes its store before the folder goes.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// What stands in the set-up link, where people sign in.
    pub(crate) setup: Option<String>,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Server {
    /// Starts a server without a model that writes.
    pub(crate) async fn start() -> Self {
        Self::with(Config::default(), None).await
    }

    /// Starts a server with a configuration and perhaps a model that writes.
    pub(crate) async fn with(config: Config, generator: Option<Arc<dyn Generator>>) -> Self {
        Self::within(&[], config, generator).await
    }

    /// Starts a server that sees some variables in its environment.
    pub(crate) async fn within(
        variables: &[(&str, &str)],
        config: Config,
        generator: Option<Arc<dyn Generator>>,
    ) -> Self {
        let variable = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            config,
            data_dir: folder.path().join("data"),
            files: Vec::new(),
            environment: variables.iter().map(variable).collect(),
        };
        let models = Loaded {
            model: "fake".to_owned(),
            embedder: Arc::new(FakeEmbedder::new(256)),
            generator,
        };
        let parser = ParserCommand {
            program: env!("CARGO_BIN_EXE_footnote").into(),
            args: vec!["parse-worker".into()],
        };
        let start = Start { purpose: "a test".to_owned(), parser };
        let app = Arc::new(App::open(settings, models, start).await.unwrap());
        let stop = CancellationToken::new();
        let mut config = app.settings.config.clone();
        "127.0.0.1:0".clone_into(&mut config.server.bind);
        let listening = server::bind(&config).await.unwrap();
        let address = listening.address();
        app.store.describe(&listening.url()).unwrap();
        let started = AppState::start(Arc::clone(&app), address, stop.clone());
        let (state, background) = started.unwrap();
        let setup = state.access.offer_setup().await.unwrap();
        let stopped = stop.clone();
        let serving = tokio::spawn(async move {
            server::serve(listening, router(state), &app.settings.config.server, stopped).await;
            background.ended().await;
            app.close().await.unwrap();
        });
        Self { address, setup, stop, serving: Some(serving), folder }
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the server has stopped.
    pub(crate) async fn ended(mut self) {
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
    }

    /// Returns the folder that holds the data directory, `data`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        Request::new("GET", path).send(self.address).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        Request::new("POST", path).json(body).send(self.address).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        Request::new("DELETE", path).send(self.address).await
    }

    pub(crate) async fn upload(&self, collection: &str, name: &str, bytes: &[u8]) -> Response {
        let path = format!("/api/v1/collections/{collection}/documents?name={name}");
        Request::new("POST", &path).body(bytes).send(self.address).await
    }

    /// Makes the collection `handbook` with one document and returns the document's id.
    pub(crate) async fn with_leave_policy(&self) -> String {
        self.post("/api/v1/collections", &json!({"name": "handbook"})).await;
        let uploaded = self.upload("handbook", "leave.md", LEAVE.as_bytes()).await.json();
        self.finished(uploaded["job"]["id"].as_str().unwrap()).await;
        uploaded["document"]["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a job has ended and returns it.
    pub(crate) async fn finished(&self, job: &str) -> Value {
        for _ in 0..2_400 {
            let job = self.get(&format!("/api/v1/jobs/{job}")).await.json();
            if !matches!(job["state"].as_str(), Some("queued" | "running")) {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job did not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        let Some(serving) = self.serving.take() else { return };
        let ended = block_in_place(|| Handle::current().block_on(serving));
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}
