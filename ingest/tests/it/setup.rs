//! What every test needs: a store in a temporary folder, a folder of documents, an ingestor over
//! both, and an embedder that counts and can be slow.

use async_trait::async_trait;
use footnote_core::Result;
use footnote_core::access::{Principal, Scope};
use footnote_core::clock::{Clock, SystemClock, Timestamp};
use footnote_core::config::{IngestConfig, StoreConfig};
use footnote_core::corpus::Corpus as _;
use footnote_core::id::JobId;
use footnote_core::job::{ItemFilter, JobItem};
use footnote_core::model::{Embedder, Embedding, Fingerprint, Language, Purpose};
use footnote_core::query::SearchRequest;
use footnote_ingest::connector::Connections;
use footnote_ingest::outbound::{Outbound, Secrets};
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::{Ingestor, IngestorParts, Input, Intake, Report, Request, Silent};
use footnote_model::fake::FakeEmbedder;
use footnote_store::{Original, SpaceSpec, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::connector_setup::loopback;

/// An embedder that counts the texts it embeds and may take its time over a batch.
pub(crate) struct CountingEmbedder {
    fake: FakeEmbedder,
    n_texts: AtomicUsize,
    pause_ms: AtomicU64,
}

impl CountingEmbedder {
    fn new() -> Self {
        let fake = FakeEmbedder::new(64);
        Self { fake, n_texts: 0.into(), pause_ms: 0.into() }
    }

    /// Lets every batch take so long.
    pub(crate) fn slow_down(&self, pause: Duration) {
        self.pause_ms.store(u64::try_from(pause.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Returns how many texts were embedded.
    pub(crate) fn n_texts(&self) -> usize {
        self.n_texts.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Embedder for CountingEmbedder {
    fn fingerprint(&self) -> &Fingerprint {
        self.fake.fingerprint()
    }

    fn dimension(&self) -> usize {
        self.fake.dimension()
    }

    fn max_tokens(&self) -> usize {
        self.fake.max_tokens()
    }

    fn reads(&self, language: Language) -> bool {
        self.fake.reads(language)
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        self.fake.token_starts(text)
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Embedding>> {
        tokio::time::sleep(Duration::from_millis(self.pause_ms.load(Ordering::SeqCst))).await;
        self.n_texts.fetch_add(texts.len(), Ordering::SeqCst);
        self.fake.embed(texts, purpose).await
    }
}

/// A clock that is an hour ahead of the machine's, as another machine's may be.
struct FastClock;

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + 3_600_000)
    }
}

/// A store, an ingestor, and a folder of documents.
pub(crate) struct Bench {
    pub(crate) store: Arc<Store>,
    pub(crate) ingestor: Arc<Ingestor>,
    pub(crate) embedder: Arc<CountingEmbedder>,
    pub(crate) documents: TempDir,
    data: TempDir,
    configs: (StoreConfig, IngestConfig),
    clock: Arc<dyn Clock>,
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
        Self::open(folders(), (store, config), Arc::new(SystemClock)).await
    }

    /// Sets up with a store whose clock is ahead of the one that files are read by.
    pub(crate) async fn with_a_fast_clock() -> Self {
        let configs = (StoreConfig::default(), IngestConfig::default());
        Self::open(folders(), configs, Arc::new(FastClock)).await
    }

    async fn open(
        (data, documents): (TempDir, TempDir),
        configs: (StoreConfig, IngestConfig),
        clock: Arc<dyn Clock>,
    ) -> Self {
        let embedder = Arc::new(CountingEmbedder::new());
        let options = StoreOptions {
            data_dir: data.path().to_owned(),
            config: configs.0.clone(),
            space: Some(SpaceSpec::of("counting", embedder.as_ref())),
            clock: Arc::clone(&clock),
            purpose: "a test".to_owned(),
        };
        let store = Arc::new(Store::open(options).await.unwrap());
        let parser = ParserCommand {
            program: env!("CARGO_BIN_EXE_footnote-ingest").into(),
            args: vec!["parse-worker".into()],
        };
        let parts = IngestorParts {
            store: Arc::clone(&store),
            embedder: Arc::<CountingEmbedder>::clone(&embedder),
            config: configs.1.clone(),
            parser,
        };
        let outbound = Arc::new(Outbound::new(&loopback(), Secrets::default()).unwrap());
        let connections = Connections::new(outbound, data.path().join("cache"));
        let ingestor = Arc::new(Ingestor::new(parts).with_connections(connections));
        Self { store, ingestor, embedder, documents, data, configs, clock }
    }

    /// Opens the same data directory again, as a program does that was started again. Whatever
    /// was at work must have been dropped.
    pub(crate) async fn reopen(self) -> Self {
        let configs = self.configs.clone();
        self.reopen_with(configs.0).await
    }

    /// Opens the same data directory again with another configuration of the store.
    pub(crate) async fn reopen_with(self, store_config: StoreConfig) -> Self {
        let configs = (store_config, self.configs.1.clone());
        self.reopen_as(configs).await
    }

    /// Opens the same data directory again with other limits for reading.
    pub(crate) async fn reopen_reading(self, config: IngestConfig) -> Self {
        let configs = (self.configs.0.clone(), config);
        self.reopen_as(configs).await
    }

    async fn reopen_as(self, configs: (StoreConfig, IngestConfig)) -> Self {
        let Self { store, ingestor, embedder, documents, data, clock, .. } = self;
        drop((ingestor, embedder));
        Arc::into_inner(store).expect("nobody else holds the store").close().await.unwrap();
        Self::open((data, documents), configs, clock).await
    }

    /// Writes a document, as if long ago.
    pub(crate) fn write_old(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, content);
        let file = std::fs::File::options().write(true).open(self.path(name)).unwrap();
        let long_ago = std::time::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        file.set_modified(long_ago).unwrap();
    }

    /// Writes a document.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Returns where a document is.
    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.documents.path().join(name)
    }

    /// Ingests the folder of documents.
    pub(crate) async fn run(&self) -> Report {
        self.run_until(CancellationToken::new()).await
    }

    /// Ingests the folder of documents until told to stop.
    pub(crate) async fn run_until(&self, cancel: CancellationToken) -> Report {
        self.run_request(folder(self.documents.path()), cancel).await
    }

    /// Ingests what a request names until told to stop.
    pub(crate) async fn run_request(&self, request: Request, cancel: CancellationToken) -> Report {
        self.ingestor.run(request, Arc::new(Silent), cancel).await.unwrap()
    }

    /// Returns what puts work into the queue.
    pub(crate) fn intake(&self) -> &Intake {
        self.ingestor.intake()
    }

    /// Keeps bytes as an upload and puts them into the queue.
    pub(crate) async fn upload(&self, name: &str, bytes: &[u8], priority: i64) -> JobId {
        let original = Original::Bytes(bytes.into());
        let input = self.intake().keep("upload", name, original).await.unwrap();
        let request = Request {
            collection: "default".to_owned(),
            inputs: vec![input],
            priority,
            ..Request::default()
        };
        self.intake().enqueue(&request).await.unwrap()
    }

    /// Waits until a job has ended, and says what became of it.
    pub(crate) async fn ended(&self, job: JobId) -> Report {
        self.intake().follow(job, &Silent, &CancellationToken::new()).await.unwrap()
    }

    /// Works on the queue until the token is cancelled.
    pub(crate) fn work(&self, stop: &CancellationToken) -> tokio::task::JoinHandle<()> {
        let (ingestor, stop) = (Arc::clone(&self.ingestor), stop.clone());
        tokio::spawn(async move { ingestor.work(stop).await })
    }

    /// Waits until nothing has been embedded for a while, which takes a batch much less.
    pub(crate) async fn until_nothing_is_embedded(&self) {
        for _ in 0..60 {
            let n_texts = self.embedder.n_texts();
            tokio::time::sleep(Duration::from_secs(2)).await;
            if self.embedder.n_texts() == n_texts {
                return;
            }
        }
        panic!("something is embedded still");
    }

    /// Returns the items of a job.
    pub(crate) async fn items(&self, job: JobId) -> Vec<JobItem> {
        self.store.job_items(&everything(), job, &ItemFilter::default(), 10_000).await.unwrap()
    }

    /// Returns the uris of the documents that hold a word, best first.
    pub(crate) async fn find(&self, word: &str) -> Vec<String> {
        let request =
            SearchRequest { lexical: Some(word.to_owned()), limit: 10, ..SearchRequest::default() };
        let found = self.store.search(&everything(), &request).await.unwrap();
        found.lexical.into_iter().map(|hit| hit.passage.document.uri).collect()
    }

    /// Waits until a word is found somewhere, or nowhere.
    pub(crate) async fn wait_to_find(&self, word: &str, uris: &[&str]) {
        for _ in 0..2_400 {
            if self.find(word).await == uris {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(self.find(word).await, uris, "waited too long for `{word}`");
    }
}

/// Returns the request that ingests a folder.
pub(crate) fn folder(path: &Path) -> Request {
    Request {
        collection: "default".to_owned(),
        inputs: vec![Input::Path(path.to_owned())],
        ..Request::default()
    }
}

/// Returns a scope over everything.
pub(crate) fn everything() -> Scope {
    Principal::owner().scope(&[]).unwrap()
}

/// Returns a text of many chunks, each with its number.
pub(crate) fn long_text(n_chunks: usize, word: &str) -> String {
    let filler =
        "The quick brown fox jumps over the lazy dog near the quiet river bank. ".repeat(12);
    let paragraphs: Vec<String> =
        (0..n_chunks).map(|n| format!("{word}{n} begins. {filler}")).collect();
    paragraphs.join("\n\n")
}

fn folders() -> (TempDir, TempDir) {
    (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap())
}
