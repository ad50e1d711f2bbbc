//! What every test needs: a store in a temporary folder and an ingestor over it.

use footnote_core::access::{Principal, Scope};
use footnote_core::clock::SystemClock;
use footnote_core::config::{IngestConfig, StoreConfig};
use footnote_core::corpus::Corpus as _;
use footnote_core::model::Embedder;
use footnote_core::query::SearchRequest;
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::{Ingestor, IngestorParts, Input, Report, Request, Silent};
use footnote_model::fake::FakeEmbedder;
use footnote_store::{SpaceSpec, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A store, an ingestor, and a folder of documents.
pub(crate) struct Bench {
    pub(crate) store: Arc<Store>,
    pub(crate) ingestor: Ingestor,
    pub(crate) documents: TempDir,
    _data: TempDir,
}

impl Bench {
    /// Sets up with the default limits.
    pub(crate) async fn new() -> Self {
        Self::with(IngestConfig::default()).await
    }

    /// Sets up with the limits given.
    pub(crate) async fn with(config: IngestConfig) -> Self {
        Self::on(StoreConfig::default(), config).await
    }

    /// Sets up with the limits given for the store and for reading.
    pub(crate) async fn on(store: StoreConfig, config: IngestConfig) -> Self {
        let data = tempfile::tempdir().unwrap();
        let embedder: Arc<dyn Embedder> = Arc::new(FakeEmbedder::new(64));
        let options = StoreOptions {
            data_dir: data.path().to_owned(),
            config: store,
            space: Some(SpaceSpec {
                fingerprint: embedder.fingerprint().clone(),
                dimension: embedder.dimension(),
            }),
            clock: Arc::new(SystemClock),
            purpose: "a test".to_owned(),
        };
        let store = Arc::new(Store::open(options).await.unwrap());
        let parser = ParserCommand {
            program: env!("CARGO_BIN_EXE_footnote-ingest").into(),
            args: vec!["parse-worker".into()],
        };
        let parts = IngestorParts { store: Arc::clone(&store), embedder, config, parser };
        Self {
            store,
            ingestor: Ingestor::new(parts),
            documents: tempfile::tempdir().unwrap(),
            _data: data,
        }
    }

    /// Writes a document.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.documents.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Ingests the folder of documents.
    pub(crate) async fn run(&self) -> Report {
        self.run_until(CancellationToken::new()).await
    }

    /// Ingests the folder of documents until told to stop.
    pub(crate) async fn run_until(&self, cancel: CancellationToken) -> Report {
        self.ingestor.run(folder(self.documents.path()), Arc::new(Silent), cancel).await.unwrap()
    }

    /// Returns the uris of the documents that hold a word, best first.
    pub(crate) async fn find(&self, word: &str) -> Vec<String> {
        let request =
            SearchRequest { lexical: Some(word.to_owned()), limit: 10, ..SearchRequest::default() };
        let found = self.store.search(&everything(), &request).await.unwrap();
        found.lexical.into_iter().map(|hit| hit.passage.document.uri).collect()
    }
}

/// Returns the request that ingests a folder.
pub(crate) fn folder(path: &Path) -> Request {
    Request {
        collection: "default".to_owned(),
        inputs: vec![Input::Path(path.to_owned())],
        include: Vec::new(),
        exclude: Vec::new(),
    }
}

/// Returns a scope over everything.
pub(crate) fn everything() -> Scope {
    Principal::owner().scope(&[]).unwrap()
}
