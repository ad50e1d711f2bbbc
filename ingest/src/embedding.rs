//! Embeds what is not embedded yet: equal texts once, in batches that are kept as they come.

use footnote_core::Result;
use footnote_core::id::ContentHash;
use footnote_core::model::{Embedder, Purpose};
use footnote_store::Store;
use std::collections::HashMap;
use tokio_util::sync::CancellationToken;

use crate::pipeline::Prepared;
use crate::progress::{Event, Progress};

/// How many texts are embedded and stored as one: what an interruption costs at most.
const TEXTS_PER_BATCH: usize = 128;

/// What embeds and where vectors are kept.
pub(crate) struct Embedding<'a> {
    /// Where vectors are kept.
    pub(crate) store: &'a Store,
    /// What embeds.
    pub(crate) embedder: &'a dyn Embedder,
    /// Who hears of it.
    pub(crate) progress: &'a dyn Progress,
    /// Whether to stop.
    pub(crate) cancel: &'a CancellationToken,
}

impl Embedding<'_> {
    /// Embeds the chunks of documents whose vectors are not there yet.
    ///
    /// # Errors
    /// `Cancelled` when asked to stop, `Unavailable` when the disk is full; what was embedded before
    /// is kept.
    pub(crate) async fn embed(&self, documents: &[Prepared]) -> Result<()> {
        self.store.check_room()?;
        let mut missing = self.missing(documents).await?;
        // Texts of like length fill a batch evenly.
        missing.sort_by_key(|(_, text)| text.len());
        for batch in missing.chunks(TEXTS_PER_BATCH) {
            if self.cancel.is_cancelled() {
                return Err(footnote_core::Error::cancelled("stopped while embedding"));
            }
            let texts = batch.iter().map(|(_, text)| (*text).to_owned()).collect();
            let vectors = self.embedder.embed(texts, Purpose::Passage).await?;
            let embeddings: Vec<_> = batch.iter().map(|(hash, _)| *hash).zip(vectors).collect();
            self.store.put_embeddings(&embeddings).await?;
            self.progress.event(&Event::Embedded { n_chunks: batch.len() as u64 });
        }
        Ok(())
    }

    /// Returns the texts that have no vector yet, each once.
    async fn missing<'d>(&self, documents: &'d [Prepared]) -> Result<Vec<(ContentHash, &'d str)>> {
        let mut texts: HashMap<ContentHash, &str> = HashMap::new();
        for chunk in documents.iter().flat_map(|document| &document.chunks) {
            texts.insert(chunk.embedded, &chunk.embedded_text);
        }
        let hashes: Vec<_> = texts.keys().copied().collect();
        let cached = self.store.cached_embeddings(&hashes).await?;
        texts.retain(|hash, _| !cached.contains(hash));
        Ok(texts.into_iter().collect())
    }
}
