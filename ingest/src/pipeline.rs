//! One document: its bytes are read, compared, parsed and cut. Nothing is written here.

use footnote_core::config::IngestConfig;
use footnote_core::document::{Chunk, ParsedDocument};
use footnote_core::id::{ContentHash, DocumentId};
use footnote_core::job::{Failure, FailureCode};
use footnote_core::model::Embedder;
use footnote_document::{ChunkConfig, READING, context_prefix};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

use crate::plan::{Change, Known};
use crate::sandbox::ParserPool;
use crate::source::{Content, SourceItem, failure_of};

/// The tokens that an embedder puts around every text: one before it and one after.
const SPECIAL_TOKENS: usize = 2;

/// A document that is ready to be embedded.
pub(crate) struct Prepared {
    /// Where it comes from.
    pub(crate) item: SourceItem,
    /// The hash of its bytes.
    pub(crate) content: ContentHash,
    /// Its bytes, kept as the original.
    pub(crate) bytes: Arc<[u8]>,
    /// Its text and blocks.
    pub(crate) parsed: ParsedDocument,
    /// Its chunks in order.
    pub(crate) chunks: Vec<PreparedChunk>,
    /// Its share of the memory that documents in flight may take; given back when it is dropped.
    pub(crate) _memory: OwnedSemaphorePermit,
}

/// A chunk and what is embedded for it.
pub(crate) struct PreparedChunk {
    /// The chunk.
    pub(crate) chunk: Chunk,
    /// Title and headings, which are embedded but never quoted.
    pub(crate) context: String,
    /// The text that is embedded.
    pub(crate) embedded_text: String,
    /// Its hash: equal texts are embedded once.
    pub(crate) embedded: ContentHash,
}

/// The bytes of an item and what the catalog thinks of them.
pub(crate) struct Loaded {
    /// The bytes.
    pub(crate) bytes: Arc<[u8]>,
    /// Their hash.
    pub(crate) content: ContentHash,
    /// What is to be done.
    pub(crate) change: Change,
}

/// The item that no bytes were kept of, because they are known.
pub(crate) enum Step {
    /// To be embedded and stored.
    Prepared(Box<Prepared>),
    /// Already there.
    Unchanged(DocumentId),
}

/// What reads documents.
pub(crate) struct Reader<'a> {
    /// What parses.
    pub(crate) parsers: &'a ParserPool,
    /// What counts tokens.
    pub(crate) embedder: &'a Arc<dyn Embedder>,
    /// The limits.
    pub(crate) config: &'a IngestConfig,
}

impl Reader<'_> {
    /// Reads an item's bytes and compares them with what is known.
    pub(crate) async fn load(&self, item: &SourceItem, known: &Known) -> Result<Loaded, Failure> {
        let content = item.content.clone();
        let max_bytes = self.config.max_file_bytes;
        let loading = spawn_blocking(move || {
            let bytes = match content {
                Content::Bytes(bytes) => check_size(bytes, max_bytes)?,
                Content::File(path) => read_file(&path, max_bytes)?,
            };
            let hash = ContentHash::of(&bytes);
            Ok((bytes, hash))
        });
        let (bytes, content) = loading.await.map_err(|error| internal(&error))??;
        let change = known.change(&item.source.root, &item.source.uri, &content, READING);
        Ok(Loaded { bytes, content, change })
    }

    /// Reads, parses and cuts an item, unless the same bytes are there.
    pub(crate) async fn prepare(
        &self,
        item: SourceItem,
        known: &Known,
        memory: OwnedSemaphorePermit,
    ) -> Result<Step, Failure> {
        let Loaded { bytes, content, change } = self.load(&item, known).await?;
        if let Change::Unchanged(document) = change {
            return Ok(Step::Unchanged(document));
        }
        let parsed = self.parsers.parse(&item.source.uri, &bytes).await?;
        let embedder = Arc::clone(self.embedder);
        let max_tokens =
            self.config.chunk_tokens.min(embedder.max_tokens()).saturating_sub(SPECIAL_TOKENS);
        let cutting = spawn_blocking(move || {
            let chunks = cut(&parsed, embedder.as_ref(), max_tokens)?;
            Ok::<_, footnote_core::Error>((parsed, chunks))
        });
        let (parsed, chunks) = cutting
            .await
            .map_err(|error| internal(&error))?
            .map_err(|error| Failure::new(FailureCode::Internal, error.chain()))?;
        if chunks.is_empty() {
            return Err(Failure::new(FailureCode::Empty, "It contains no text."));
        }
        Ok(Step::Prepared(Box::new(Prepared {
            item,
            content,
            bytes,
            parsed,
            chunks,
            _memory: memory,
        })))
    }
}

/// Cuts a document into chunks, and builds what is embedded for each.
fn cut(
    parsed: &ParsedDocument,
    embedder: &dyn Embedder,
    max_tokens: usize,
) -> footnote_core::Result<Vec<PreparedChunk>> {
    let starts = embedder.token_starts(&parsed.text)?;
    let count = |text: &str| Ok(embedder.token_starts(text)?.len());
    let chunks = footnote_document::chunk(parsed, &starts, &count, &ChunkConfig { max_tokens })?;
    let prepared = chunks.into_iter().map(|chunk| {
        let context = context_prefix(parsed.title.as_deref(), &chunk.headings);
        let text = parsed.text.get(chunk.span.bytes()).unwrap_or_default();
        let embedded_text = Chunk::embedded_text(&context, text);
        let hash = ContentHash::of(embedded_text.as_bytes());
        PreparedChunk { chunk, context, embedded_text, embedded: hash }
    });
    Ok(prepared.collect())
}

/// Reads a file of at most so many bytes.
fn read_file(path: &Path, max_bytes: u64) -> Result<Arc<[u8]>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| failure_of(&error))?;
    let size_bytes = file.metadata().map_err(|error| failure_of(&error))?.len();
    if size_bytes > max_bytes {
        return Err(too_large(size_bytes, max_bytes));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
    // One byte more than allowed tells a file that grew meanwhile.
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| failure_of(&error))?;
    check_size(bytes.into(), max_bytes)
}

/// Refuses no bytes and too many.
fn check_size(bytes: Arc<[u8]>, max_bytes: u64) -> Result<Arc<[u8]>, Failure> {
    match bytes.len() as u64 {
        0 => Err(Failure::new(FailureCode::Empty, "The file is empty (0 bytes).")),
        n_bytes if n_bytes > max_bytes => Err(too_large(n_bytes, max_bytes)),
        _ => Ok(bytes),
    }
}

/// Says how large a file is and may be.
fn too_large(n_bytes: u64, max_bytes: u64) -> Failure {
    Failure::new(
        FailureCode::TooLarge,
        format!(
            "It has {} MiB, more than the {} MiB allowed. Split it, or raise `ingest.max_file_bytes`.",
            n_bytes >> 20,
            max_bytes >> 20
        ),
    )
}

/// Says that a thread of ours died.
fn internal(error: &tokio::task::JoinError) -> Failure {
    Failure::new(FailureCode::Internal, format!("Reading it failed inside the program: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_and_a_too_large_file_are_refused_with_their_size() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "").unwrap();
        assert_eq!(read_file(&path, 10).unwrap_err().code, FailureCode::Empty);
        std::fs::write(&path, vec![b'x'; 3 << 20]).unwrap();
        let failure = read_file(&path, 1 << 20).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.starts_with("It has 3 MiB"), "{}", failure.detail);
        let gone = read_file(&dir.path().join("gone"), 10).unwrap_err();
        assert_eq!(gone.code, FailureCode::Gone);
    }
}
