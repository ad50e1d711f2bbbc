//! Registered sources, and what is known of documents that are looked at again.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, JobId, SourceId};

use super::Store;
use crate::catalog::Database;
use crate::catalog::readings::StoredReading;
use crate::catalog::seen::{KnownSource, LaterWork, Seen};
use crate::catalog::sources::{NewSource, SourceSummary};

impl Store {
    /// Tells whether processes of several machines share the catalog: then a path on one of them
    /// means nothing to the others.
    #[must_use]
    pub fn spans_machines(&self) -> bool {
        self.catalog.database() == Database::Postgres
    }

    /// Registers a source, due at once. One of the same collection and address is changed.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn put_source(&self, new: NewSource) -> Result<SourceId> {
        self.catalog.put_source(&new).await
    }

    /// Returns the sources in the scope, by address.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn sources(&self, scope: &Scope) -> Result<Vec<SourceSummary>> {
        self.catalog.sources(scope).await
    }

    /// Returns every source, for the worker that watches them.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn watched_sources(&self) -> Result<Vec<SourceSummary>> {
        self.catalog.all_sources().await
    }

    /// Forgets a source; its documents stay.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn remove_source(&self, id: SourceId) -> Result<()> {
        self.catalog.remove_source(id).await
    }

    /// Makes a source due at once.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn hurry_source(&self, id: SourceId) -> Result<()> {
        self.catalog.hurry_source(id).await
    }

    /// Takes a source that is due; no other process gets it before it is due again. One whose
    /// last job has not ended is not due.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn take_due_source(&self) -> Result<Option<SourceSummary>> {
        self.catalog.take_due_source().await
    }

    /// Remembers which job looks at a source.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn note_source_job(&self, id: SourceId, job: JobId) -> Result<()> {
        self.catalog.note_source_job(id, job).await
    }

    /// Returns what the last complete listing of a source returned, if it still stands for what
    /// is in the catalog.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn source_cursor(&self, id: SourceId) -> Result<Option<String>> {
        self.catalog.source_cursor(id).await
    }

    /// Keeps what a complete listing returned, after all of its items were written. Does nothing
    /// when another job has looked at the source since.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn keep_source_cursor(
        &self,
        id: SourceId,
        job: JobId,
        cursor: Option<&str>,
    ) -> Result<()> {
        self.catalog.keep_source_cursor(id, job, cursor).await
    }

    /// Returns the live documents of a source root with what the source told of each.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn known_sources(
        &self,
        collection: CollectionId,
        root: &str,
    ) -> Result<Vec<KnownSource>> {
        self.catalog.known_sources(collection, root).await
    }

    /// Returns a live document with what its source told of it.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn known_source(&self, document: DocumentId) -> Result<Option<KnownSource>> {
        self.catalog.known_source(document).await
    }

    /// Returns what jobs that were asked for later have done with a document: what an earlier one
    /// read before the last of them ended is out of date.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn later_work(&self, document: DocumentId, job: JobId) -> Result<LaterWork> {
        self.catalog.later_work(document, job).await
    }

    /// Remembers what sources told of versions that were read. Losing it costs another reading.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn put_seen(&self, seen: &[Seen]) -> Result<()> {
        self.catalog.put_seen(seen).await
    }

    /// Returns what was read from the same bytes in whichever document, if anything was:
    /// `reading` names what reads, and the file's extension must be the same because it can tell
    /// the format.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn stored_reading(
        &self,
        content: &ContentHash,
        reading: &str,
        extension: &str,
    ) -> Result<Option<StoredReading>> {
        self.catalog.stored_reading(content, reading, extension).await
    }
}
