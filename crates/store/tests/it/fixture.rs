//! A store in a temporary folder, and documents whose vectors are made from their words.

use footnote_core::access::{Principal, Scope};
use footnote_core::clock::SystemClock;
use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::{Block, BlockKind, Chunk, ParsedDocument, Source, Span};
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::model::{Embedding, Fingerprint};
use footnote_core::query::{Candidates, SearchRequest};
use footnote_store::{NewChunk, NewVersion, Original, SpaceSpec, Store, StoreOptions};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const DIMENSION: usize = 16;

/// A store that lives as long as its folder.
pub(crate) struct Home {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
}

impl Home {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(options(folder.path())).await.unwrap();
        Self { store, folder }
    }

    /// Closes the store and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        self.store.close().await.unwrap();
        drop(self.store);
        let store = Store::open(options(self.folder.path())).await.unwrap();
        Self { store, folder: self.folder }
    }
}

pub(crate) fn options(data_dir: &Path) -> StoreOptions {
    StoreOptions {
        data_dir: data_dir.to_owned(),
        config: StoreConfig { checkpoint_documents: 7, ..StoreConfig::default() },
        space: Some(space()),
        clock: Arc::new(SystemClock),
        purpose: "footnote test".to_owned(),
    }
}

pub(crate) fn space() -> SpaceSpec {
    SpaceSpec { fingerprint: Fingerprint("test-model".to_owned()), dimension: DIMENSION }
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
        blocks.push(Block { kind: BlockKind::Paragraph, range, page: None, headings });
        start += paragraph.len() + 1;
    }
    let parsed = ParsedDocument {
        media_type: "text/plain".to_owned(),
        title: Some(format!("Title of {uri}")),
        text: text.clone(),
        blocks,
        n_pages: None,
        notes: vec!["a note".to_owned()],
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
    store.put_version(new).await.unwrap()
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
    store.put_embeddings(&embeddings).await.unwrap();
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
