//! What is read from bytes: parsed in a child and cut into chunks, once for equal bytes.

use footnote_core::config::IngestConfig;
use footnote_core::document::{Chunk, ParsedDocument};
use footnote_core::id::ContentHash;
use footnote_core::job::{Failure, FailureCode};
use footnote_core::model::Embedder;
use footnote_core::sketch::Sketch;
use footnote_core::{Error, Result};
use footnote_document::{ChunkConfig, READING, context_prefix};
use footnote_store::{NewChunk, Store, StoredReading};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::failing::failure_from;
use crate::sandbox::ParserPool;

/// The tokens that an embedder puts around every text: one before it and one after.
const SPECIAL_TOKENS: usize = 2;

/// What was read from some bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The text and its blocks.
    pub(crate) parsed: ParsedDocument,
    /// The chunks, by ordinal.
    pub(crate) chunks: Vec<NewChunk>,
    /// What near duplicates are found by.
    pub(crate) sketch: Option<Sketch>,
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
type Cell = OnceCell<Result<Arc<Reading>, Failure>>;

/// Reads documents, equal ones once.
pub(crate) struct Readings {
    store: Arc<Store>,
    parsers: ParserPool,
    chunk_tokens: usize,
    in_the_making: Mutex<HashMap<Key, Weak<Cell>>>,
}

impl Readings {
    /// Makes what reads documents.
    pub(crate) fn new(store: Arc<Store>, parsers: ParserPool, config: &IngestConfig) -> Self {
        let chunk_tokens = config.chunk_tokens;
        Self { store, parsers, chunk_tokens, in_the_making: Mutex::default() }
    }

    /// Reads a document, unless equal bytes were read before or are being read now.
    pub(crate) async fn read(
        &self,
        name: &str,
        content: ContentHash,
        bytes: &[u8],
        embedder: &Arc<dyn Embedder>,
    ) -> Result<Arc<Reading>, Failure> {
        let extension = extension(name);
        let cell = self.cell((content, extension.clone()));
        let reading = cell.get_or_init(|| async {
            let stored = self.store.stored_reading(&content, READING, &extension).await;
            match stored.map_err(|error| failure_from(&error))? {
                Some(StoredReading { parsed, chunks, sketch }) => {
                    Ok(Arc::new(Reading { parsed, chunks, sketch }))
                }
                None => self.parse(name, bytes, embedder).await.map(Arc::new),
            }
        });
        reading.await.clone()
    }

    /// Returns the place where a reading is made, shared by all who want the same.
    fn cell(&self, key: Key) -> Arc<Cell> {
        let mut making = self.in_the_making.lock().unwrap_or_else(PoisonError::into_inner);
        making.retain(|_, cell| 0 < cell.strong_count());
        if let Some(cell) = making.get(&key).and_then(Weak::upgrade) {
            return cell;
        }
        let cell = Arc::new(Cell::new());
        making.insert(key, Arc::downgrade(&cell));
        cell
    }

    /// Parses a document in a child and cuts it.
    async fn parse(
        &self,
        name: &str,
        bytes: &[u8],
        embedder: &Arc<dyn Embedder>,
    ) -> Result<Reading, Failure> {
        let parsed = self.parsers.parse(name, bytes).await?;
        let embedder = Arc::clone(embedder);
        let max_tokens =
            self.chunk_tokens.min(embedder.max_tokens()).saturating_sub(SPECIAL_TOKENS);
        let cutting = spawn_blocking(move || cut(parsed, embedder.as_ref(), max_tokens));
        let reading = cutting
            .await
            .map_err(|error| Error::internal("cutting it into chunks failed").because(error))
            .and_then(|cut| cut)
            .map_err(|error| Failure::new(FailureCode::Internal, error.chain()))?;
        if reading.chunks.is_empty() {
            return Err(Failure::new(FailureCode::Empty, "It contains no text."));
        }
        Ok(reading)
    }
}

/// Cuts a document into chunks, and hashes what is embedded for each.
fn cut(parsed: ParsedDocument, embedder: &dyn Embedder, max_tokens: usize) -> Result<Reading> {
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
    Ok(Reading { parsed, chunks, sketch })
}

/// Returns the extension of a file's name, in small letters.
fn extension(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}
