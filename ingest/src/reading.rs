//! What is read from bytes: parsed in a child and cut into chunks, once for equal bytes.

use footnote_core::config::IngestConfig;
use footnote_core::document::{Chunk, ParsedDocument};
use footnote_core::id::ContentHash;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::model::Embedder;
use footnote_core::sketch::Sketch;
use footnote_core::{Error, Result};
use footnote_document::{ChunkConfig, READING, context_prefix, holds_documents};
use footnote_store::{NewChunk, Store, StoredReading};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OnceCell, watch};
use tokio::task::spawn_blocking;

use crate::failing::failure_from;
use crate::inside::{Keeper, KeptFile};
use crate::reader::Reader;
use crate::sandbox::ParserPool;

/// The tokens that an embedder puts around every text: one before it and one after.
const SPECIAL_TOKENS: usize = 2;

/// A file to be read.
pub(crate) struct File<'a> {
    /// Its name, whose extension can tell the format.
    pub(crate) name: &'a str,
    /// The hash of its bytes.
    pub(crate) content: ContentHash,
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
}

/// What was read from some bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The text and its blocks.
    pub(crate) parsed: ParsedDocument,
    /// The chunks, by ordinal.
    pub(crate) chunks: Vec<NewChunk>,
    /// What near duplicates are found by.
    pub(crate) sketch: Option<Sketch>,
    /// The files that lie inside.
    pub(crate) files: Vec<KeptFile>,
}

impl Reading {
    /// Returns the text that is embedded for a chunk.
    pub(crate) fn embedded_text(&self, chunk: &NewChunk) -> String {
        let text = self.parsed.text.get(chunk.chunk.span.bytes()).unwrap_or_default();
        Chunk::embedded_text(&chunk.context, text)
    }
}

/// What tells that the same would be read: the bytes, and the extension that can tell the format.
type Key = (ContentHash, String);

/// A reading that somebody makes and others wait for.
#[derive(Default)]
struct Making {
    reading: OnceCell<Result<Arc<Reading>, Failure>>,
    /// How many pages were read.
    n_pages: watch::Sender<u64>,
}

/// Reads documents, equal ones once.
pub(crate) struct Readings {
    store: Arc<Store>,
    parsers: ParserPool,
    chunk_tokens: usize,
    in_the_making: Mutex<HashMap<Key, Weak<Making>>>,
}

impl Readings {
    /// Makes what reads documents.
    pub(crate) fn new(store: Arc<Store>, parsers: ParserPool, config: &IngestConfig) -> Self {
        let chunk_tokens = config.chunk_tokens;
        Self { store, parsers, chunk_tokens, in_the_making: Mutex::default() }
    }

    /// Returns what reads documents here.
    pub(crate) async fn reader(&self) -> Reader {
        Reader { has_ocr: self.parsers.has_ocr().await }
    }

    /// Reads a document, unless equal bytes were read before or are being read now. Whoever waits
    /// hears when another page is read.
    pub(crate) async fn read(
        &self,
        file: &File<'_>,
        embedder: &Arc<dyn Embedder>,
        advance: &(dyn Fn() + Sync),
    ) -> Result<Arc<Reading>, Failure> {
        let key = (file.content, extension(file.name));
        let making = self.making(key.clone());
        let mut n_pages = making.n_pages.subscribe();
        let reading =
            making.reading.get_or_init(|| self.make(file, &key.1, (embedder, &making.n_pages)));
        tokio::pin!(reading);
        loop {
            tokio::select! {
                reading = &mut reading => return reading.clone(),
                Ok(()) = n_pages.changed() => advance(),
            }
        }
    }

    /// Takes the files out of a document that is read already.
    pub(crate) async fn open(
        &self,
        file: &File<'_>,
        advance: &(dyn Fn() + Sync),
    ) -> Result<Vec<KeptFile>, Failure> {
        let keeper = Keeper::new(&self.store, advance);
        self.parsers.parse(file.name, file.bytes, &keeper).await?;
        Ok(keeper.into_files())
    }

    /// Takes a reading from the store, or makes one. That of a document that holds files does not
    /// have them.
    async fn make(
        &self,
        file: &File<'_>,
        extension: &str,
        (embedder, n_pages): (&Arc<dyn Embedder>, &watch::Sender<u64>),
    ) -> Result<Arc<Reading>, Failure> {
        let stored = self.store.stored_reading(&file.content, READING, extension).await;
        match stored.map_err(|error| failure_from(&error))? {
            Some(StoredReading { parsed, chunks, sketch })
                if !holds_documents(&parsed.media_type) =>
            {
                Ok(Arc::new(Reading { parsed, chunks, sketch, files: Vec::new() }))
            }
            Some(_) | None => self.parse(file, embedder, n_pages).await.map(Arc::new),
        }
    }

    /// Returns the place where a reading is made, shared by all who want the same.
    fn making(&self, key: Key) -> Arc<Making> {
        let mut making = self.in_the_making.lock().unwrap_or_else(PoisonError::into_inner);
        making.retain(|_, cell| 0 < cell.strong_count());
        if let Some(cell) = making.get(&key).and_then(Weak::upgrade) {
            return cell;
        }
        let cell = Arc::new(Making::default());
        making.insert(key, Arc::downgrade(&cell));
        cell
    }

    /// Parses a document in a child and cuts it.
    async fn parse(
        &self,
        file: &File<'_>,
        embedder: &Arc<dyn Embedder>,
        n_pages: &watch::Sender<u64>,
    ) -> Result<Reading, Failure> {
        let advance = || n_pages.send_modify(|n_pages| *n_pages += 1);
        let keeper = Keeper::new(&self.store, &advance);
        let parsed = self.parsers.parse(file.name, file.bytes, &keeper).await?;
        let files = keeper.into_files();
        let embedder = Arc::clone(embedder);
        let chunk_tokens = self.chunk_tokens;
        let cutting = spawn_blocking(move || cut(parsed, embedder.as_ref(), chunk_tokens));
        let reading = cutting
            .await
            .map_err(|error| Error::internal("cutting it into chunks failed").because(error))
            .and_then(|cut| cut)
            .map_err(|error| Failure::new(FailureCode::Internal, error.chain()))?;
        if reading.chunks.is_empty() {
            return Err(Failure::new(FailureCode::Empty, "It contains no text."));
        }
        Ok(Reading { files, ..reading })
    }
}

/// Cuts a document into chunks, and hashes what is embedded for each.
pub(crate) fn cut(
    parsed: ParsedDocument,
    embedder: &dyn Embedder,
    chunk_tokens: usize,
) -> Result<Reading> {
    let max_tokens = chunk_tokens.min(embedder.max_tokens()).saturating_sub(SPECIAL_TOKENS);
    let starts = embedder.token_starts(&parsed.text)?;
    let count = |text: &str| Ok(embedder.token_starts(text)?.len());
    let chunks = footnote_document::chunk(&parsed, &starts, &count, &ChunkConfig { max_tokens })?;
    let hashed = chunks.into_iter().map(|chunk| {
        let context = context_prefix(parsed.title.as_deref(), &chunk.headings);
        let text = parsed.text.get(chunk.span.bytes()).unwrap_or_default();
        let hash = ContentHash::of(Chunk::embedded_text(&context, text).as_bytes());
        NewChunk { chunk, context, embedded: hash }
    });
    let chunks = hashed.collect();
    let sketch = footnote_document::sketch(&parsed.text);
    Ok(Reading { parsed, chunks, sketch, files: Vec::new() })
}

/// Returns the extension of a file's name, in small letters.
fn extension(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}
