//! What a source told of each document when it was read last, so that it is not read again.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, JobId, VersionId};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::inside::IS_UNFINISHED;
use super::rows::{hash, integer, key, number, number_or_none, time_or_none, uuid, uuid_or_none};

/// What a source told of a version when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The document.
    pub document: DocumentId,
    /// The version that was read.
    pub version: VersionId,
    /// How many bytes the source said that it has.
    pub size_bytes: u64,
    /// When the source last changed it; `None` when that is no proof.
    pub modified: Option<Timestamp>,
    /// What the source called this state of it.
    pub tag: Option<String>,
}

/// What jobs that were asked for later than another have done with a document so far. When it is
/// the same after a document was read as before, what was read is not out of date. (Times would
/// not tell: the clocks of several machines differ.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaterWork {
    n_ended: u64,
    last_ended: Option<Timestamp>,
}

impl LaterWork {
    /// Tells whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.n_ended == 0
    }
}

/// A live document with what its source told when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSource {
    /// The document.
    pub id: DocumentId,
    /// Its live version.
    pub version: VersionId,
    /// The path below its source root.
    pub uri: String,
    /// The hash of the original bytes.
    pub content: ContentHash,
    /// What read them.
    pub reading: String,
    /// How many bytes the source said that it has, when this version was read.
    pub size_bytes: Option<u64>,
    /// When the source last changed it, when this version was read.
    pub modified: Option<Timestamp>,
    /// What the source called this state of it.
    pub tag: Option<String>,
    /// The document that it lies in: then its source is that document.
    pub container: Option<DocumentId>,
    /// Whether files that lie in it are still to be read.
    pub is_unfinished: bool,
}

/// Returns the statement that finds every [`KnownSource`] of a condition: what was told of another
/// version counts for nothing.
fn known_where(condition: &str) -> String {
    format!(
        "SELECT d.id, d.uri, d.container, v.id AS version_id, v.content, v.reading, s.size_bytes,
           s.modified_ms, s.tag, CASE WHEN {IS_UNFINISHED} THEN 1 ELSE 0 END AS is_unfinished
         FROM document d JOIN version v ON v.document_id = d.id AND v.state = 'live'
         LEFT JOIN seen s ON s.document_id = d.id AND s.version_id = v.id WHERE {condition}"
    )
}

impl Catalog {
    /// Returns the live documents of a source root, by uri.
    pub(crate) async fn known_sources(
        &self,
        collection: CollectionId,
        root: &str,
    ) -> Result<Vec<KnownSource>> {
        let statement = known_where("d.collection_id = $1 AND d.root = $2 ORDER BY d.uri");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(collection.as_uuid()))
            .bind(root)
            .try_map(|row| known(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the documents that are known"))
    }

    /// Returns a live document.
    pub(crate) async fn known_source(&self, document: DocumentId) -> Result<Option<KnownSource>> {
        sqlx::query(sqlx::AssertSqlSafe(known_where("d.id = $1")))
            .bind(key(document.as_uuid()))
            .try_map(|row| known(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the document"))
    }

    /// Returns what jobs that were asked for later have done with a document.
    pub(crate) async fn later_work(&self, document: DocumentId, job: JobId) -> Result<LaterWork> {
        sqlx::query(
            "SELECT count(*) AS n_ended, max(updated_ms) AS ended_ms FROM job_item
             WHERE document_id = $1 AND job_id > $2 AND state IN ('ready', 'unchanged', 'removed')",
        )
        .bind(key(document.as_uuid()))
        .bind(key(job.as_uuid()))
        .try_map(|row| {
            let last_ended = time_or_none(&row, "ended_ms")?;
            Ok(LaterWork { n_ended: number(&row, "n_ended")?, last_ended })
        })
        .fetch_one(&self.writer)
        .await
        .map_err(cannot("look for newer jobs of the document"))
    }

    /// Remembers what sources told, in one transaction; of a document that is gone, nothing.
    pub(crate) async fn put_seen(&self, seen: &[Seen]) -> Result<()> {
        let failed = || cannot("remember what was read");
        let mut in_order: Vec<&Seen> = seen.iter().collect();
        in_order.sort_by_key(|seen| seen.document);
        let mut transaction = self.begin().await.map_err(failed())?;
        for seen in in_order {
            sqlx::query(
                "INSERT INTO seen (document_id, version_id, size_bytes, modified_ms, tag)
                 SELECT id, $2, $3, $4, $5 FROM document WHERE id = $1
                 ON CONFLICT (document_id) DO UPDATE SET version_id = excluded.version_id,
                   size_bytes = excluded.size_bytes, modified_ms = excluded.modified_ms,
                   tag = excluded.tag",
            )
            .bind(key(seen.document.as_uuid()))
            .bind(key(seen.version.as_uuid()))
            .bind(integer(seen.size_bytes))
            .bind(seen.modified.map(|time| time.0))
            .bind(&seen.tag)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }
}

fn known(row: &AnyRow) -> std::result::Result<KnownSource, sqlx::Error> {
    Ok(KnownSource {
        id: DocumentId::from_uuid(uuid(row, "id")?),
        version: VersionId::from_uuid(uuid(row, "version_id")?),
        uri: row.try_get("uri")?,
        content: hash(row, "content")?,
        reading: row.try_get("reading")?,
        size_bytes: number_or_none(row, "size_bytes")?,
        modified: time_or_none(row, "modified_ms")?,
        tag: row.try_get("tag")?,
        container: uuid_or_none(row, "container")?.map(DocumentId::from_uuid),
        is_unfinished: row.try_get::<i64, _>("is_unfinished")? != 0,
    })
}
