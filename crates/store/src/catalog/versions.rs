//! Versions: how one is written beside the one that serves, and how it takes its place.

mod imported;

use footnote_core::clock::Timestamp;
use footnote_core::document::{Chunk, ParsedDocument, Source};
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::job::NewItem;
use footnote_core::sketch::Sketch;
use footnote_core::{Error, Result};
use sqlx::AnyConnection;
use std::path::PathBuf;
use std::sync::Arc;

use super::Catalog;
use super::contents::{check_embeddings, write_contents};
use super::failure::cannot;
use super::history::{BEGIN_LIFE, END_LIFE_OF_THE_ONE_BEFORE};
use super::jobs::ForItem;
use super::ordering::Rows;
use super::rows::{digest, id_list, integer, json, key, plain};

/// How often a document's row is looked for and made while others make and purge it.
const ATTEMPTS: usize = 5;

/// A version of a document, ready to be stored.
#[derive(Debug)]
pub struct NewVersion {
    /// The collection it goes to.
    pub collection: CollectionId,
    /// Where it comes from.
    pub source: Source,
    /// The hash of the original bytes.
    pub content: ContentHash,
    /// What read them: parser and chunker with their versions.
    pub reading: String,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// When the source last changed it, as far as the source tells.
    pub modified: Option<Timestamp>,
    /// The original, when it is to be kept.
    pub original: Option<Original>,
    /// What was read from it.
    pub parsed: ParsedDocument,
    /// What its text was cut into, by ordinal.
    pub chunks: Vec<NewChunk>,
    /// What near duplicates of it are found by; `None` leaves it out of that search.
    pub sketch: Option<Sketch>,
    /// The document that it lies in, when it lies in one.
    pub container: Option<DocumentId>,
    /// The files that lie in it: they join the job of the item for which it is stored, and those
    /// that lay in it before and no longer do are removed. `None` when that is not known.
    pub inside: Option<Vec<NewItem>>,
}

/// The original bytes of a document, to be kept under their hash.
#[derive(Clone, PartialEq, Eq)]
pub enum Original {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// In a file that stays where it is; it is copied.
    File(PathBuf),
}

impl std::fmt::Debug for Original {
    /// Says how many bytes there are, or where, and never what they are.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => f.debug_tuple("Bytes").field(&bytes.len()).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// A chunk with what is embedded and indexed for it.
#[derive(Debug, Clone)]
pub struct NewChunk {
    /// The chunk.
    pub chunk: Chunk,
    /// What precedes its text in the embedded text: title and headings, see
    /// [`Chunk::embedded_text`].
    pub context: String,
    /// The hash of the embedded text, under which its embedding was put before.
    pub embedded: ContentHash,
}

/// A version as the catalog identifies it.
pub(crate) struct StoredVersion {
    pub(crate) document: DocumentId,
    pub(crate) version: VersionId,
}

impl NewVersion {
    /// Returns the ids that the version will have.
    pub(crate) fn ids(&self) -> StoredVersion {
        let document = DocumentId::derive(self.collection, &self.source.root, &self.source.uri);
        let version = VersionId::derive(document, &self.content, &self.reading);
        StoredVersion { document, version }
    }
}

impl Catalog {
    /// Tells whether a version is the one that serves.
    pub(crate) async fn is_live(&self, version: VersionId) -> Result<bool> {
        let found = sqlx::query("SELECT 1 FROM version WHERE id = $1 AND state = 'live'")
            .bind(key(version.as_uuid()))
            .fetch_optional(&self.writer)
            .await
            .map_err(cannot("look up the version"))?;
        Ok(found.is_some())
    }

    /// Writes a version beside the one that serves, with its outbox row: transaction 1.
    ///
    /// # Errors
    /// `NotFound` for an unknown collection, `Invalid` when embeddings are missing, `Conflict`
    /// when the item for which it is written was lost.
    pub(crate) async fn write_version(
        &self,
        new: &NewVersion,
        space: i64,
        item: Option<ForItem<'_>>,
    ) -> Result<StoredVersion> {
        let ids = new.ids();
        let failed = || cannot("store the document");
        let mut transaction = self.begin().await.map_err(failed())?;
        if let Some(item) = item {
            self.check_lease(&mut transaction, item.lease).await?;
        }
        self.check_collection(&mut transaction, new.collection).await?;
        self.write_inside_of(&mut transaction, new).await?;
        self.write_document(&mut transaction, new, &ids).await.map_err(failed())?;
        self.write_version_row(&mut transaction, new, &ids).await.map_err(failed())?;
        write_contents(&mut transaction, new, ids.version).await.map_err(failed())?;
        check_embeddings(&mut transaction, ids.version, space).await?;
        self.write_outbox(&mut transaction, ids.version).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(ids)
    }

    /// Makes a written version the one that serves and supersedes the one before: transaction 2.
    ///
    /// Its outbox rows up to one are applied with it, and the item for which it was written ends.
    /// Versions that were written before it and never served never will. Returns whether it serves
    /// now; it does not when it was removed meanwhile.
    ///
    /// # Errors
    /// `Conflict` when the item was lost: then the version does not serve.
    pub(crate) async fn make_live(
        &self,
        version: VersionId,
        applied_up_to: i64,
        item: Option<ForItem<'_>>,
    ) -> Result<bool> {
        let failed = || cannot("publish the document");
        let mut transaction = self.begin().await.map_err(failed())?;
        let (document, list) = (Rows::DocumentsOfVersions, id_list([version.as_uuid()]));
        if self.lock_rows(&mut transaction, document, &list).await.map_err(failed())?.is_empty() {
            return Ok(false);
        }
        if self.remove_with_container(&mut transaction, version).await.map_err(failed())? {
            transaction.commit().await.map_err(failed())?;
            return Ok(false);
        }
        self.mark_applied_in(&mut transaction, version, applied_up_to).await.map_err(failed())?;
        let now_ms = self.now_ms();
        for statement in [
            "INSERT INTO outbox (version_id, action, created_ms)
             SELECT old.id, 'remove', $2 FROM version old JOIN version new
               ON new.document_id = old.document_id
             WHERE new.id = $1 AND new.state = 'embedded' AND old.state = 'live'",
            END_LIFE_OF_THE_ONE_BEFORE,
            BEGIN_LIFE,
            "UPDATE version SET state = 'superseded', superseded_ms = $2
             WHERE state = 'live' AND document_id = (
               SELECT document_id FROM version WHERE id = $1 AND state = 'embedded')",
            "UPDATE version SET state = 'live', created_ms = $2, superseded_ms = NULL
             WHERE id = $1 AND state = 'embedded'",
        ] {
            sqlx::query(statement)
                .bind(key(version.as_uuid()))
                .bind(now_ms)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        let revived = sqlx::query(
            "UPDATE document SET removed_ms = NULL
             WHERE id = (SELECT document_id FROM version WHERE id = $1 AND state = 'live')",
        )
        .bind(key(version.as_uuid()))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        let is_live = revived.rows_affected() == 1;
        if let Some(item) = item.filter(|_| is_live)
            && let Err(lost) = self.end_ready_in(&mut transaction, item, version).await
        {
            transaction.rollback().await.map_err(failed())?;
            self.withdraw(version).await.map_err(failed())?;
            return Err(lost);
        }
        transaction.commit().await.map_err(failed())?;
        Ok(is_live)
    }

    /// Sees that a version that was written and may not serve never does, unless somebody works
    /// on its document and may be about to publish it.
    async fn withdraw(&self, version: VersionId) -> std::result::Result<(), sqlx::Error> {
        let mut transaction = self.begin().await?;
        for statement in [
            "UPDATE version SET state = 'removed' WHERE id = $1 AND state = 'embedded'
               AND NOT EXISTS (SELECT 1 FROM job_item i
                 WHERE i.document_id = version.document_id AND i.lease_owner IS NOT NULL)
               AND $2 >= 0",
            "INSERT INTO outbox (version_id, action, created_ms)
             SELECT id, 'remove', $2 FROM version WHERE id = $1 AND state = 'removed'",
        ] {
            sqlx::query(statement)
                .bind(key(version.as_uuid()))
                .bind(self.now_ms())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    async fn check_collection(
        &self,
        connection: &mut AnyConnection,
        id: CollectionId,
    ) -> Result<()> {
        let statement = format!(
            "SELECT 1 FROM collection WHERE id = $1 AND removed_ms IS NULL{}",
            self.sharing()
        );
        let found = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .fetch_optional(connection)
            .await
            .map_err(cannot("look up the collection"))?;
        found.map(|_row| ()).ok_or_else(|| Error::not_found("no such collection"))
    }

    /// Writes the document's row; a new one counts as removed until a version of it is live.
    async fn write_document(
        &self,
        connection: &mut AnyConnection,
        new: &NewVersion,
        ids: &StoredVersion,
    ) -> std::result::Result<(), sqlx::Error> {
        for _attempt in 0..ATTEMPTS {
            let known =
                sqlx::query("UPDATE document SET modified_ms = $2, container = $3 WHERE id = $1")
                    .bind(key(ids.document.as_uuid()))
                    .bind(new.modified.map(|time| time.0))
                    .bind(new.container.map(|id| key(id.as_uuid())))
                    .execute(&mut *connection)
                    .await?;
            if known.rows_affected() == 1 {
                return Ok(());
            }
            // Whatever it conflicts with, its id or where it stands, somebody else was faster.
            let made = sqlx::query(
                "INSERT INTO document
                   (id, collection_id, root, uri, modified_ms, created_ms, container)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(key(ids.document.as_uuid()))
            .bind(key(new.collection.as_uuid()))
            .bind(plain(&new.source.root))
            .bind(plain(&new.source.uri))
            .bind(new.modified.map(|time| time.0))
            .bind(self.now_ms())
            .bind(new.container.map(|id| key(id.as_uuid())))
            .execute(&mut *connection)
            .await?;
            if made.rows_affected() == 1 {
                return Ok(());
            }
        }
        Err(sqlx::Error::RowNotFound)
    }

    async fn write_version_row(
        &self,
        connection: &mut AnyConnection,
        new: &NewVersion,
        ids: &StoredVersion,
    ) -> std::result::Result<(), sqlx::Error> {
        if new.original.is_some() {
            // Changing nothing locks the row all the same, against a purge that is about to remove
            // it.
            sqlx::query(
                "INSERT INTO blob (hash, size_bytes, created_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (hash) DO UPDATE SET size_bytes = excluded.size_bytes",
            )
            .bind(digest(&new.content))
            .bind(integer(new.size_bytes))
            .bind(self.now_ms())
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query(
            "INSERT INTO version (id, document_id, content, reading, blob_hash, media_type, title,
               size_bytes, n_pages, n_chunks, notes, blocks, state, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'embedded', $13)
             ON CONFLICT (id) DO UPDATE SET blob_hash = coalesce(excluded.blob_hash, version.blob_hash),
               media_type = excluded.media_type, title = excluded.title,
               n_pages = excluded.n_pages, n_chunks = excluded.n_chunks, notes = excluded.notes,
               blocks = excluded.blocks, state = 'embedded', created_ms = excluded.created_ms",
        )
        .bind(key(ids.version.as_uuid()))
        .bind(key(ids.document.as_uuid()))
        .bind(digest(&new.content))
        .bind(&new.reading)
        .bind(new.original.as_ref().map(|_| digest(&new.content)))
        .bind(plain(&new.parsed.media_type))
        .bind(new.parsed.title.as_deref().map(plain))
        .bind(integer(new.size_bytes))
        .bind(new.parsed.n_pages.map(integer))
        .bind(integer(new.chunks.len()))
        .bind(json(&new.parsed.notes)?)
        .bind(json(&new.parsed.blocks)?)
        .bind(self.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn write_outbox(
        &self,
        connection: &mut AnyConnection,
        version: VersionId,
    ) -> std::result::Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO outbox (version_id, action, created_ms) VALUES ($1, 'replace', $2)",
        )
        .bind(key(version.as_uuid()))
        .bind(self.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }
}
