//! Writing documents: embeddings first, then a version beside the one that serves, then the
//! switch.

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::index::Index;
use footnote_core::model::Embedding;
use footnote_core::{Error, Result};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::task::spawn_blocking;

use super::Store;
use super::engine::Backlog;
use crate::catalog::documents::KnownDocument;
use crate::catalog::versions::NewVersion;
use crate::outbox::Settler;
use crate::room;

impl Store {
    /// Makes sure that the disk has room for more; ask before work that would be in vain.
    ///
    /// # Errors
    /// `Unavailable` when fewer bytes are free than `store.min_free_bytes`.
    pub fn check_room(&self) -> Result<()> {
        room::check(&self.data_dir, self.config.min_free_bytes)
    }

    /// Returns the live documents of a source root, for planning what changed.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn known_documents(
        &self,
        collection: CollectionId,
        root: &str,
    ) -> Result<Vec<KnownDocument>> {
        self.catalog.known_documents(collection, root).await
    }

    /// Returns which of the embedded texts, named by their hashes, have an embedding already.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn cached_embeddings(&self, texts: &[ContentHash]) -> Result<HashSet<ContentHash>> {
        self.catalog.cached_embeddings(self.engine()?.space.id, texts).await
    }

    /// Stores embeddings under the hashes of the embedded texts.
    ///
    /// # Errors
    /// `Invalid` for a wrong dimension, `Unavailable` when the catalog cannot be written.
    pub async fn put_embeddings(&self, embeddings: &[(ContentHash, Embedding)]) -> Result<()> {
        let space = &self.engine()?.space;
        let dimension = space.spec.dimension;
        if let Some((_, odd)) = embeddings.iter().find(|(_, e)| e.0.len() != dimension) {
            return Err(Error::invalid(format!(
                "an embedding of {} dimensions does not fit a space of {dimension}",
                odd.0.len()
            )));
        }
        self.catalog.put_embeddings(space.id, embeddings).await
    }

    /// Stores a version and publishes it in place of the one before, which serves until then.
    ///
    /// The embeddings of its chunks must have been put before. When this returns, the version is
    /// found with all of its chunks and survives a crash.
    ///
    /// # Errors
    /// `NotFound` for an unknown collection, `Invalid` when an embedding or a character boundary
    /// is missing, `Conflict` when the document is removed meanwhile, `Unavailable` when the disk
    /// is full or the catalog or the index cannot be written.
    pub async fn put_version(&self, new: NewVersion) -> Result<VersionId> {
        let engine = self.engine()?;
        check_chunks(&new)?;
        self.check_room()?;
        let version = new.ids().version;
        if self.catalog.is_live(version).await? {
            self.touch(new.ids().document, new.modified).await?;
            return Ok(version);
        }
        let new = self.keep_original(new).await?;
        self.catalog.write_version(&new, engine.space.id).await?;
        drop(new);

        let mut backlog = engine.backlog.lock().await;
        let index = engine.index();
        let settler = engine.settler(&self.catalog, &*index, &self.analyzer);
        let settled = settler.settle(version).await?;
        settler.settle_removals().await?;
        backlog.n_versions += 1;
        backlog.n_points += settled.n_points;
        self.tidy(&settler, &mut backlog, &index).await?;
        if settled.is_live {
            return Ok(version);
        }
        Err(Error::conflict("the document was removed while it was being stored"))
    }

    /// Remembers that an unchanged document has a new time at its source.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn touch(&self, id: DocumentId, modified: Option<Timestamp>) -> Result<()> {
        self.catalog.touch(id, modified).await
    }

    /// Removes a document: it is gone from every answer, search and citation when this returns.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn remove_document(&self, id: DocumentId) -> Result<()> {
        self.catalog.remove_document(id).await?;
        self.settle_removals().await
    }

    /// Removes the points of what was removed. A failure is logged, not returned: the documents
    /// are gone already, and the outbox remembers the points.
    pub(super) async fn settle_removals(&self) -> Result<()> {
        let Some(engine) = &self.engine else { return Ok(()) };
        let _backlog = engine.backlog.lock().await;
        let index = engine.index();
        let settler = engine.settler(&self.catalog, &*index, &self.analyzer);
        if let Err(error) = settler.settle_removals().await {
            tracing::warn!(error = error.chain(), "points of removed documents stay for now");
        }
        Ok(())
    }

    /// Makes the index durable and rearranges it when enough was written.
    async fn tidy(
        &self,
        settler: &Settler<'_>,
        backlog: &mut Backlog,
        index: &Arc<dyn Index>,
    ) -> Result<()> {
        if self.config.checkpoint_documents <= backlog.n_versions {
            settler.checkpoint().await?;
            backlog.n_versions = 0;
        }
        if self.config.optimize_chunks <= backlog.n_points {
            optimize_in_background(Arc::clone(index));
            backlog.n_points = 0;
        }
        Ok(())
    }

    async fn keep_original(&self, new: NewVersion) -> Result<NewVersion> {
        if new.original.is_none() {
            return Ok(new);
        }
        let blobs = self.blobs.clone();
        let keep = move || {
            let kept = new.original.as_ref().map(|original| blobs.keep(&new.content, original));
            kept.transpose().map(|_| new)
        };
        spawn_blocking(keep)
            .await
            .map_err(|error| Error::internal("cannot keep the original").because(error))?
    }
}

/// Rearranges the index without making anybody wait for it.
pub(super) fn optimize_in_background(index: Arc<dyn Index>) {
    tokio::spawn(async move {
        if let Err(error) = index.optimize().await {
            tracing::warn!(error = error.chain(), "the index was not rearranged");
        }
    });
}

/// Makes sure that every chunk is a stretch of the text.
fn check_chunks(new: &NewVersion) -> Result<()> {
    let text = &new.parsed.text;
    let lost = new.chunks.iter().find(|new| text.get(new.chunk.span.bytes()).is_none());
    match lost {
        None => Ok(()),
        Some(lost) => Err(Error::invalid(format!(
            "chunk {} does not lie on characters of the text",
            lost.chunk.ordinal
        ))),
    }
}
