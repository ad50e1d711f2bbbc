//! Documents: what is known, what can be listed, and how one is removed.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Catalog;
use super::failure::cannot;
use super::people::grants::forget_grants_on_document;
use super::readable::{READABLE, readable};
use super::rows::{
    from_json, hash, key, number, number_or_none, time, time_or_none, uuid, uuid_or_none, word,
};

/// What the planner of an ingestion knows of a document: enough to tell whether it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDocument {
    /// Its id.
    pub id: DocumentId,
    /// The path below its source root.
    pub uri: String,
    /// The hash of the original bytes of its live version.
    pub content: ContentHash,
    /// What read them.
    pub reading: String,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// When the source last changed it, as far as the source tells.
    pub modified: Option<Timestamp>,
}

/// Whether a document can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Its first version is stored and not yet indexed.
    Embedded,
    /// It can be found and cited.
    Live,
}

/// A document as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSummary {
    /// Its id.
    pub id: DocumentId,
    /// The collection it is in.
    pub collection: CollectionId,
    /// The source root it came from.
    pub root: String,
    /// The path below the root.
    pub uri: String,
    /// The document that it lies in, e.g. the mail to which it is attached.
    pub container: Option<DocumentId>,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The media type told from the content.
    pub media_type: String,
    /// The version described here: the live one, or the first while it is being indexed.
    pub version: VersionId,
    /// The hash of the version's original bytes.
    pub content: ContentHash,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// How many pages it has, where the format knows pages.
    pub n_pages: Option<u32>,
    /// How many chunks it has.
    pub n_chunks: u32,
    /// Whether it can be found.
    pub state: DocumentState,
    /// When this version was stored.
    pub created: Timestamp,
    /// What could not be read although the rest could.
    pub notes: Vec<String>,
}

/// The columns of a [`DocumentSummary`]; the embedded version stands in until one is live.
pub(super) const SUMMARY: &str = "
    SELECT d.id, d.collection_id, d.root, d.uri, d.container, v.id AS version_id, v.title, v.media_type,
           v.content, v.size_bytes, v.n_pages, v.n_chunks, v.state, v.created_ms, v.notes
    FROM document d JOIN version v ON v.id = (
        SELECT c.id FROM version c WHERE c.document_id = d.id AND c.state IN ('live', 'embedded')
        ORDER BY c.state = 'live' DESC, c.created_ms DESC LIMIT 1)
    WHERE (v.state = 'live' OR d.removed_ms IS NULL)";

impl Catalog {
    /// Returns the live documents of a source root.
    pub(crate) async fn known_documents(
        &self,
        collection: CollectionId,
        root: &str,
    ) -> Result<Vec<KnownDocument>> {
        sqlx::query(
            "SELECT d.id, d.uri, d.modified_ms, v.content, v.reading, v.size_bytes
             FROM document d JOIN version v ON v.document_id = d.id AND v.state = 'live'
             WHERE d.collection_id = $1 AND d.root = $2 ORDER BY d.uri",
        )
        .bind(key(collection.as_uuid()))
        .bind(root)
        .try_map(|row| known_document(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the documents that are known"))
    }

    /// Returns one document in the scope.
    pub(crate) async fn document(&self, scope: &Scope, id: DocumentId) -> Result<DocumentSummary> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{SUMMARY} AND {READABLE} AND d.id = $2")))
            .bind(readable(scope))
            .bind(key(id.as_uuid()))
            .try_map(|row| summary(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the document"))?
            .ok_or_else(no_such_document)
    }

    /// Remembers that an unchanged document has a new time at its source.
    pub(crate) async fn touch(&self, id: DocumentId, modified: Option<Timestamp>) -> Result<()> {
        sqlx::query("UPDATE document SET modified_ms = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(modified.map(|time| time.0))
            .execute(&self.writer)
            .await
            .map_err(cannot("update the document"))?;
        Ok(())
    }

    /// Makes a document dead, with outbox rows for its points, in one transaction.
    pub(crate) async fn remove_document(&self, id: DocumentId) -> Result<()> {
        self.remove_documents(&[id]).await
    }

    /// Makes documents dead with all that lies in them, with outbox rows for their points, in one
    /// transaction; none when one of them is missing.
    pub(crate) async fn remove_documents(&self, ids: &[DocumentId]) -> Result<()> {
        let failed = || cannot("remove the document");
        let mut transaction = self.begin().await.map_err(failed())?;
        let locked = self.lock_with_inside(&mut transaction, ids).await.map_err(failed())?;
        if ids.iter().any(|id| !locked.contains(&id.as_uuid())) {
            return Err(no_such_document());
        }
        let removed = self.remove_with_inside(&mut transaction, ids).await.map_err(failed())?;
        if ids.iter().any(|id| !removed.contains(id)) {
            return Err(no_such_document());
        }
        transaction.commit().await.map_err(failed())
    }
}

/// Makes a document dead; returns how many documents that changed.
pub(super) async fn remove_in(
    connection: &mut AnyConnection,
    id: DocumentId,
    now_ms: i64,
) -> std::result::Result<u64, sqlx::Error> {
    forget_grants_on_document(&mut *connection, id).await?;
    let mut n_changed = 0;
    for statement in [
        "INSERT INTO outbox (version_id, action, created_ms)
         SELECT id, 'remove', $2 FROM version
         WHERE document_id = $1 AND state IN ('embedded', 'live')",
        "UPDATE version_life SET until_ms = $2 WHERE until_ms IS NULL
           AND version_id IN (SELECT id FROM version WHERE document_id = $1)",
        "UPDATE version SET state = 'removed', superseded_ms = $2
         WHERE document_id = $1 AND state <> 'removed'",
        "UPDATE document SET removed_ms = $2 WHERE id = $1 AND removed_ms IS NULL",
    ] {
        let outcome = sqlx::query(statement)
            .bind(key(id.as_uuid()))
            .bind(now_ms)
            .execute(&mut *connection)
            .await?;
        n_changed = outcome.rows_affected();
    }
    Ok(n_changed)
}

/// The same answer for a document that is hidden and for one that does not exist.
pub(crate) fn no_such_document() -> Error {
    Error::not_found("no such document")
        .hint("List the documents with `footnote docs list`; a removed document is gone for good.")
}

fn known_document(row: &AnyRow) -> std::result::Result<KnownDocument, sqlx::Error> {
    Ok(KnownDocument {
        id: DocumentId::from_uuid(uuid(row, "id")?),
        uri: row.try_get("uri")?,
        content: hash(row, "content")?,
        reading: row.try_get("reading")?,
        size_bytes: number(row, "size_bytes")?,
        modified: time_or_none(row, "modified_ms")?,
    })
}

pub(super) fn summary(row: &AnyRow) -> std::result::Result<DocumentSummary, sqlx::Error> {
    Ok(DocumentSummary {
        id: DocumentId::from_uuid(uuid(row, "id")?),
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        root: row.try_get("root")?,
        uri: row.try_get("uri")?,
        container: uuid_or_none(row, "container")?.map(DocumentId::from_uuid),
        title: row.try_get("title")?,
        media_type: row.try_get("media_type")?,
        version: VersionId::from_uuid(uuid(row, "version_id")?),
        content: hash(row, "content")?,
        size_bytes: number(row, "size_bytes")?,
        n_pages: number_or_none(row, "n_pages")?,
        n_chunks: number(row, "n_chunks")?,
        state: word(row, "state")?,
        created: time(row, "created_ms")?,
        notes: from_json(row, "notes")?,
    })
}
