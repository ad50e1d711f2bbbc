//! A store in a temporary folder, and documents whose vectors are made from their words.

use footnote_core::Result;
use footnote_core::access::{Principal, Scope};
use footnote_core::clock::{Clock, SystemClock, Timestamp};
use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::{Block, BlockKind, Chunk, ParsedDocument, Source, Span};
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::model::{Embedding, Fingerprint};
use footnote_core::query::{Candidates, SearchRequest};
use footnote_store::{NewChunk, NewVersion, Original, SpaceSpec, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tokio::time::timeout;

use crate::postgres::Database;
use crate::qdrant_server::WireServer;

pub(crate) const DIMENSION: usize = 16;

/// A store that lives as long as its folder, and as the servers that it works with.
pub(crate) struct Home {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
    pub(crate) config: StoreConfig,
    clock: Arc<dyn Clock>,
    servers: Option<Servers>,
}

/// What a store on servers works with.
struct Servers {
    _database: Database,
    _qdrant: Option<Qdrant>,
}

/// A Qdrant server of a test's own, with its folder.
struct Qdrant {
    server: Option<WireServer>,
    _folder: TempDir,
}

impl Drop for Qdrant {
    /// Ends the server before its folder goes: the engine panics when it cannot flush.
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        let stop = timeout(Duration::from_mins(2), server.stop());
        block_in_place(|| Handle::current().block_on(stop)).unwrap();
    }
}

impl Home {
    /// A store of one process: SQLite, and the index in the process.
    pub(crate) async fn new() -> Self {
        Self::with(Arc::new(SystemClock)).await
    }

    /// A store of many processes: PostgreSQL, and the Qdrant server that
    /// `FOOTNOTE_TEST_QDRANT_URL` names, or one of the test's own. `None` where PostgreSQL is not
    /// installed, and the test says so.
    pub(crate) async fn in_a_cluster() -> Option<Self> {
        let database = Database::create().await?;
        let (index, qdrant) = qdrant().await;
        Some(Self::on_servers(database, index, qdrant).await)
    }

    /// A store of one process at a time: PostgreSQL, and the index in the process.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let database = Database::create().await?;
        Some(Self::on_servers(database, String::new(), None).await)
    }

    async fn on_servers(database: Database, index: String, qdrant: Option<Qdrant>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig { catalog: database.url(), index, ..config() };
        let options = StoreOptions { config: config.clone(), ..options(folder.path()) };
        let store = Store::open(options).await.unwrap();
        let servers = Some(Servers { _database: database, _qdrant: qdrant });
        Self { store, folder, config, clock: Arc::new(SystemClock), servers }
    }

    /// Returns how the store was opened.
    pub(crate) fn options(&self) -> StoreOptions {
        StoreOptions {
            config: self.config.clone(),
            clock: Arc::clone(&self.clock),
            ..options(self.folder.path())
        }
    }

    /// Tells whether the store is on servers.
    pub(crate) fn is_cluster(&self) -> bool {
        self.servers.is_some()
    }

    /// A store of one process that goes by a clock.
    pub(crate) async fn going_by(clock: &Arc<SetClock>) -> Self {
        Self::with(Arc::<SetClock>::clone(clock)).await
    }

    async fn with(clock: Arc<dyn Clock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions { clock: Arc::clone(&clock), ..options(folder.path()) };
        let store = Store::open(options).await.unwrap();
        Self { store, folder, config: config(), clock, servers: None }
    }

    /// Closes the store and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        let options = self.options();
        self.try_reopen(options).await.unwrap()
    }

    /// Closes the store and opens it again, otherwise.
    pub(crate) async fn try_reopen(self, options: StoreOptions) -> Result<Self> {
        self.store.close().await.unwrap();
        let Self { store, folder, config, clock, servers } = self;
        drop(store);
        let store = Store::open(options).await?;
        Ok(Self { store, folder, config, clock, servers })
    }
}

/// Returns the address of a Qdrant server, and the server if it is the test's own.
async fn qdrant() -> (String, Option<Qdrant>) {
    if let Some(url) = std::env::var_os("FOOTNOTE_TEST_QDRANT_URL") {
        return (url.into_string().unwrap(), None);
    }
    let folder = tempfile::tempdir().unwrap();
    let server = WireServer::start(folder.path(), 0, "").await;
    (server.url(), Some(Qdrant { server: Some(server), _folder: folder }))
}

/// Tells stories in every home, each as a test of its own.
macro_rules! in_every_home {
    ($($story:ident),+ $(,)?) => {
        mod on_one_machine {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $story() {
                    super::$story(crate::fixture::Home::new().await).await;
                }
            )+
        }

        mod in_a_cluster {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $story() {
                    if let Some(home) = crate::fixture::Home::in_a_cluster().await {
                        super::$story(home).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use in_every_home;

pub(crate) fn options(data_dir: &Path) -> StoreOptions {
    StoreOptions {
        data_dir: data_dir.to_owned(),
        config: config(),
        space: Some(space()),
        clock: Arc::new(SystemClock),
        purpose: "footnote test".to_owned(),
    }
}

fn config() -> StoreConfig {
    StoreConfig { checkpoint_documents: 7, ..StoreConfig::default() }
}

pub(crate) fn space() -> SpaceSpec {
    SpaceSpec {
        model: "test-model".to_owned(),
        fingerprint: Fingerprint("test-fingerprint".to_owned()),
        dimension: DIMENSION,
    }
}

pub(crate) fn owner() -> Scope {
    Principal::owner().scope(&[]).unwrap()
}

/// Returns a unit vector that depends on the text alone.
pub(crate) fn embed(text: &str) -> Embedding {
    let digest = ContentHash::of(text.as_bytes());
    let values: Vec<f32> =
        digest.as_bytes().iter().take(DIMENSION).map(|byte| f32::from(*byte) - 127.5).collect();
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    Embedding(values.iter().map(|value| value / length).collect())
}

/// Makes a version whose paragraphs are its chunks, each with the title as context.
pub(crate) fn version(collection: CollectionId, uri: &str, paragraphs: &[&str]) -> NewVersion {
    let text = paragraphs.join("\n");
    let mut start = 0;
    let mut chunks = Vec::new();
    let mut blocks = Vec::new();
    for (ordinal, paragraph) in (0..).zip(paragraphs) {
        let range = start..start + paragraph.len();
        let whole =
            Span { start: 0, end: text.len(), char_start: 0, char_end: text.chars().count() };
        let span = whole.within(&text, range.clone()).unwrap();
        let headings = vec![format!("Part {ordinal}")];
        let embedded = Chunk::embedded_text(uri, paragraph);
        chunks.push(NewChunk {
            chunk: Chunk {
                ordinal,
                span,
                page: Some(ordinal + 1),
                headings: headings.clone(),
                n_tokens: 5,
            },
            context: uri.to_owned(),
            embedded: ContentHash::of(embedded.as_bytes()),
        });
        blocks.push(Block { kind: BlockKind::Paragraph, range, page: None, headings, place: None });
        start += paragraph.len() + 1;
    }
    let parsed = ParsedDocument {
        media_type: "text/plain".to_owned(),
        title: Some(format!("Title of {uri}")),
        text: text.clone(),
        blocks,
        n_pages: None,
        notes: vec!["a note".to_owned()],
        ..ParsedDocument::default()
    };
    NewVersion {
        collection,
        source: Source { root: "/root".to_owned(), uri: uri.to_owned() },
        content: ContentHash::of(text.as_bytes()),
        reading: "plain 1".to_owned(),
        size_bytes: text.len() as u64,
        modified: None,
        original: Some(Original::Bytes(text.into_bytes().into())),
        parsed,
        chunks,
        sketch: None,
        container: None,
        inside: None,
    }
}

/// Puts a version with its embeddings, as an ingestion does.
pub(crate) async fn put(
    store: &Store,
    collection: CollectionId,
    uri: &str,
    paragraphs: &[&str],
) -> VersionId {
    let new = version(collection, uri, paragraphs);
    put_embeddings(store, &new).await;
    store.put_version(new, None).await.unwrap()
}

pub(crate) async fn put_embeddings(store: &Store, new: &NewVersion) {
    let embeddings: Vec<(ContentHash, Embedding)> = new
        .chunks
        .iter()
        .map(|chunk| {
            let text = &new.parsed.text[chunk.chunk.span.bytes()];
            (chunk.embedded, embed(&Chunk::embedded_text(&chunk.context, text)))
        })
        .collect();
    store.put_embeddings(&space().fingerprint, &embeddings).await.unwrap();
}

pub(crate) fn document_id(collection: CollectionId, uri: &str) -> DocumentId {
    DocumentId::derive(collection, "/root", uri)
}

pub(crate) async fn search(store: &Store, scope: &Scope, question: &str) -> Candidates {
    let request = SearchRequest {
        dense: Some(embed(question)),
        lexical: Some(question.to_owned()),
        limit: 10,
        ..SearchRequest::default()
    };
    store.search(scope, &request).await.unwrap()
}

/// Returns the texts that a search finds by words, best first.
pub(crate) async fn texts(store: &Store, scope: &Scope, question: &str) -> Vec<String> {
    let found = search(store, scope, question).await;
    found.lexical.into_iter().map(|candidate| candidate.passage.text).collect()
}

/// A clock that a test sets.
#[derive(Debug, Default)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    /// Sets the moment that it shows.
    pub(crate) fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
