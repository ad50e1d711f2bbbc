//! The history of documents: which versions are kept, and when each of them served.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::documents::no_such_document;
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::{
    hash, id_list, integer, key, number, number_or_none, time, time_or_none, uuid, word,
};

/// Ends the life of the version that `$1` is about to replace, at `$2`.
pub(super) const END_LIFE_OF_THE_ONE_BEFORE: &str = "
    UPDATE version_life SET until_ms = $2 WHERE until_ms IS NULL AND version_id IN (
      SELECT old.id FROM version old JOIN version new ON new.document_id = old.document_id
      WHERE new.id = $1 AND new.state = 'embedded' AND old.state = 'live')";

/// Begins the life of the version `$1` at `$2`. One that begins again in the same millisecond goes
/// on with the life that it had.
pub(super) const BEGIN_LIFE: &str = "
    INSERT INTO version_life (version_id, from_ms)
    SELECT id, $2 FROM version WHERE id = $1 AND state = 'embedded'
    ON CONFLICT (version_id, from_ms) DO UPDATE SET until_ms = NULL";

/// Whether a kept version is the one that serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// It serves.
    Live,
    /// Another one took its place.
    Superseded,
}

/// A time in which a version served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// When it began to serve.
    pub from: Timestamp,
    /// When it ended; `None` while it serves.
    pub until: Option<Timestamp>,
}

/// A version of a document that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentVersion {
    /// Its id.
    pub id: VersionId,
    /// The hash of its original bytes.
    pub content: ContentHash,
    /// Whether it serves.
    pub state: VersionState,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The media type told from the content.
    pub media_type: String,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// How many pages it has, where the format knows pages.
    pub n_pages: Option<u32>,
    /// How many chunks it has.
    pub n_chunks: u32,
    /// When it served, the first time first.
    pub lives: Vec<Life>,
}

impl Catalog {
    /// Returns the kept versions of a document in the scope: the live one, then the others, the
    /// one that served last first.
    pub(crate) async fn versions(
        &self,
        scope: &Scope,
        document: DocumentId,
    ) -> Result<Vec<DocumentVersion>> {
        let failed = || cannot("list the versions of the document");
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT v.id, v.content, v.state, v.title, v.media_type, v.size_bytes, v.n_pages,
                    v.n_chunks, l.from_ms, l.until_ms
             FROM version v JOIN document d ON d.id = v.document_id
             LEFT JOIN version_life l ON l.version_id = v.id
             WHERE d.id = $2 AND v.state IN ('live', 'superseded')
               AND {READABLE}
             ORDER BY CASE WHEN v.state = 'live' THEN 0 ELSE 1 END, v.superseded_ms DESC, v.id,
                      l.from_ms"
        )))
        .bind(readable(scope))
        .bind(key(document.as_uuid()))
        .fetch_all(&self.readers)
        .await
        .map_err(failed())?;
        if rows.is_empty() {
            return Err(no_such_document());
        }
        let mut versions: Vec<DocumentVersion> = Vec::new();
        for row in &rows {
            let life = life(row).map_err(failed())?;
            let id = VersionId::from_uuid(uuid(row, "id").map_err(failed())?);
            match versions.last_mut().filter(|last| last.id == id) {
                Some(last) => last.lives.extend(life),
                None => versions.push(version(row, life).map_err(failed())?),
            }
        }
        Ok(versions)
    }

    /// Tells whether each of some versions, named by document and content, is kept in the scope.
    pub(crate) async fn are_kept(
        &self,
        scope: &Scope,
        named: &[(DocumentId, ContentHash)],
    ) -> Result<bool> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT v.document_id, v.content FROM version v
             JOIN document d ON d.id = v.document_id
             WHERE v.state IN ('live', 'superseded')
               AND v.document_id IN (SELECT unhex(value) FROM json_each($2))
               AND {READABLE}"
        )))
        .bind(readable(scope))
        .bind(id_list(named.iter().map(|(document, _)| document.as_uuid())))
        .try_map(|row: AnyRow| {
            Ok((DocumentId::from_uuid(uuid(&row, "document_id")?), hash(&row, "content")?))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look up the versions"))?;
        Ok(named.iter().all(|version| rows.contains(version)))
    }

    /// Drops superseded versions beyond the newest so many of their document, and those that were
    /// superseded before a moment. Returns how many.
    pub(crate) async fn expire_versions(
        &self,
        keep: usize,
        superseded_before: Timestamp,
    ) -> Result<u64> {
        // What others are changing is left for the next time.
        let statement = format!(
            "UPDATE version SET state = 'removed' WHERE id IN (
               SELECT id FROM version WHERE state = 'superseded' AND id IN (
                 SELECT id FROM (
                   SELECT id, superseded_ms, row_number() OVER (
                     PARTITION BY document_id ORDER BY superseded_ms DESC, id) AS place
                   FROM version WHERE state = 'superseded') AS old
                 WHERE $1 < place OR superseded_ms < $2){})",
            self.skipping()
        );
        let expired = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(integer(keep))
            .bind(superseded_before.0)
            .execute(&self.writer)
            .await
            .map_err(cannot("drop old versions"))?;
        Ok(expired.rows_affected())
    }
}

fn version(row: &AnyRow, life: Option<Life>) -> std::result::Result<DocumentVersion, sqlx::Error> {
    Ok(DocumentVersion {
        id: VersionId::from_uuid(uuid(row, "id")?),
        content: hash(row, "content")?,
        state: word(row, "state")?,
        title: row.try_get("title")?,
        media_type: row.try_get("media_type")?,
        size_bytes: number(row, "size_bytes")?,
        n_pages: number_or_none(row, "n_pages")?,
        n_chunks: number(row, "n_chunks")?,
        lives: life.into_iter().collect(),
    })
}

fn life(row: &AnyRow) -> std::result::Result<Option<Life>, sqlx::Error> {
    if row.try_get::<Option<i64>, _>("from_ms")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Life { from: time(row, "from_ms")?, until: time_or_none(row, "until_ms")? }))
}
