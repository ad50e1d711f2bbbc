//! What would be kept of a file: it is read as the ingestion reads it, and nothing is stored.

use async_trait::async_trait;
use footnote_core::config::IngestConfig;
use footnote_core::document::{Attachment, ParsedDocument};
use footnote_core::job::Failure;
use footnote_core::model::Embedder;
use footnote_core::{Error, Result};
pub use footnote_document::Progress;
use footnote_store::NewChunk;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::spawn_blocking;

use crate::loading::{self, Loaded};
use crate::reading::{Reading, cut};
use crate::sandbox::{ParseListener, ParserCommand, ParserPool};

/// Reads files within the limits of the ingestion, in the same child process.
#[derive(Debug)]
pub struct Preview {
    parsers: ParserPool,
    max_file_bytes: u64,
    chunk_tokens: usize,
}

/// What would be kept of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Previewed {
    /// The document that it is.
    pub parsed: ParsedDocument,
    /// The files that lie in it, each of which would be a document of its own.
    pub inside: Vec<InsideFile>,
}

/// A file that lies in another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsideFile {
    /// Its name or path in the other file, with `/` on every system.
    pub name: String,
    /// How many bytes it has.
    pub size_bytes: u64,
}

/// Who is told how many pages were read.
pub type OnProgress<'a> = &'a (dyn Fn(Progress) + Send + Sync);

impl Preview {
    /// Makes what reads files; children start when they are needed.
    #[must_use]
    pub fn new(parser: ParserCommand, config: &IngestConfig) -> Self {
        Self {
            parsers: ParserPool::new(parser, config),
            max_file_bytes: config.max_file_bytes,
            chunk_tokens: config.chunk_tokens,
        }
    }

    /// Reads a file of this machine.
    ///
    /// # Errors
    /// The reason for which the ingestion would not take it.
    pub async fn file(
        &self,
        path: &Path,
        on_progress: OnProgress<'_>,
    ) -> Result<Previewed, Failure> {
        let loaded = loading::file(path.to_owned(), self.max_file_bytes).await?;
        self.read(&path.to_string_lossy(), loaded, on_progress).await
    }

    /// Reads bytes; the name tells their format where they do not.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub async fn bytes(
        &self,
        name: &str,
        bytes: Vec<u8>,
        on_progress: OnProgress<'_>,
    ) -> Result<Previewed, Failure> {
        let loaded = loading::fetched(bytes.into(), self.max_file_bytes).await?;
        self.read(name, loaded, on_progress).await
    }

    async fn read(
        &self,
        name: &str,
        loaded: Loaded,
        on_progress: OnProgress<'_>,
    ) -> Result<Previewed, Failure> {
        let listener = Listener { on_progress, inside: Mutex::default() };
        let parsed = self.parsers.parse(name, &loaded.bytes, &listener).await?;
        let inside = listener.inside.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Previewed { parsed, inside })
    }

    /// Cuts a document into the chunks that would be embedded.
    ///
    /// # Errors
    /// Whatever the embedder fails with.
    pub async fn chunks(
        &self,
        parsed: ParsedDocument,
        embedder: Arc<dyn Embedder>,
    ) -> Result<Vec<NewChunk>> {
        let chunk_tokens = self.chunk_tokens;
        let cutting = spawn_blocking(move || cut(parsed, embedder.as_ref(), chunk_tokens));
        let Reading { chunks, .. } = cutting
            .await
            .map_err(|error| Error::internal("cutting it into chunks failed").because(error))??;
        Ok(chunks)
    }
}

/// Writes down which files lie in a document, and lets go of their bytes.
struct Listener<'a> {
    on_progress: OnProgress<'a>,
    inside: Mutex<Vec<InsideFile>>,
}

#[async_trait]
impl ParseListener for Listener<'_> {
    fn on_progress(&self, progress: Progress) {
        (self.on_progress)(progress);
    }

    async fn on_file(&self, file: Attachment) -> Result<(), Failure> {
        let file = InsideFile { name: file.name, size_bytes: file.bytes.len() as u64 };
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        Ok(())
    }
}
