//! Writing documents: embeddings first, then a version beside the one that serves, then the
//! switch.

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::job::ItemLease;
use footnote_core::model::{Embedding, Fingerprint};
use footnote_core::{Error, Result};
use std::collections::HashSet;

use super::Store;
use crate::catalog::documents::KnownDocument;
use crate::catalog::jobs::ForItem;
use crate::catalog::versions::NewVersion;
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

    /// Returns which of the embedded texts, named by their hashes, have an embedding in the space
    /// of a fingerprint already.
    ///
    /// # Errors
    /// `Conflict` when there is no such space, `Unavailable` when the catalog cannot be read.
    pub async fn cached_embeddings(
        &self,
        fingerprint: &Fingerprint,
        texts: &[ContentHash],
    ) -> Result<HashSet<ContentHash>> {
        self.catalog.cached_embeddings(self.space_of(fingerprint).await?.id, texts).await
    }

    /// Stores embeddings under the hashes of the embedded texts, in the space of a fingerprint:
    /// the one that serves or one that is being built.
    ///
    /// # Errors
    /// `Conflict` when there is no such space, `Invalid` for a wrong dimension, `Unavailable` when
    /// the catalog cannot be written.
    pub async fn put_embeddings(
        &self,
        fingerprint: &Fingerprint,
        embeddings: &[(ContentHash, Embedding)],
    ) -> Result<()> {
        let space = self.space_of(fingerprint).await?;
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
    /// found with all of its chunks and survives a crash. The item for which it was made, if any,
    /// ends as ready in the transaction that publishes the version.
    ///
    /// # Errors
    /// `NotFound` for an unknown collection, `Invalid` when an embedding or a character boundary
    /// is missing, `Conflict` when the item was lost or the document is removed meanwhile: then
    /// nothing is published; `Unavailable` when the disk is full or the catalog or the index
    /// cannot be written.
    pub async fn put_version(
        &self,
        new: NewVersion,
        item: Option<&ItemLease>,
    ) -> Result<VersionId> {
        let engine = self.engine()?;
        check_chunks(&new)?;
        self.check_room()?;
        let version = new.ids().version;
        if self.catalog.is_live(version).await? {
            return self.keep_live(&new, version, item).await;
        }
        let inside = new.inside.as_deref().unwrap_or_default();
        let item = item.map(|lease| ForItem { lease, inside });
        self.keep_original(&new).await?;
        self.catalog.write_version(&new, engine.serving()?.space.id, item).await?;
        // A purge may have taken the original in between; now that a version owns it, none does.
        self.keep_original(&new).await?;

        let settled = engine.publish(version, item).await?;
        if settled.is_live {
            self.bell.ended();
            return Ok(version);
        }
        Err(Error::conflict(
            "the document was removed, or the embedding model changed, while it was being stored",
        )
        .hint("Ingest it again."))
    }

    /// Ends the item of a version that was live already, e.g. after a crash.
    async fn keep_live(
        &self,
        new: &NewVersion,
        version: VersionId,
        item: Option<&ItemLease>,
    ) -> Result<VersionId> {
        self.touch(new.ids().document, new.modified).await?;
        if let Some(lease) = item {
            self.catalog.end_kept(new, version, lease).await?;
            self.bell.ended();
        }
        Ok(version)
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
        self.with_reserve(|| self.catalog.remove_document(id)).await?;
        self.settle_removals().await
    }

    /// Removes the points of what was removed. A failure is logged, not returned: the documents
    /// are gone already, and the outbox remembers the points.
    pub(super) async fn settle_removals(&self) -> Result<()> {
        let Some(engine) = &self.engine else { return Ok(()) };
        if let Err(error) = engine.settle_removals().await {
            tracing::warn!(error = error.chain(), "points of removed documents stay for now");
        }
        Ok(())
    }

    /// Keeps the original of a version, where it is to be kept.
    pub(super) async fn keep_original(&self, new: &NewVersion) -> Result<()> {
        match &new.original {
            Some(original) => self.blobs.keep(&new.content, original).await,
            None => Ok(()),
        }
    }
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
