//! Versions that come from another installation: how they stood there, and how they stand here.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use footnote_core::model::{Embedding, Fingerprint};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{NewVersion, write_contents};
use crate::catalog::Catalog;
use crate::catalog::embeddings::from_bytes;
use crate::catalog::failure::cannot;
use crate::catalog::history::Life;
use crate::catalog::rows::{hash, hash_list, key, number, time_or_none};

/// What a version is beside what was read from it.
pub(crate) struct Particulars {
    pub(crate) content: ContentHash,
    pub(crate) reading: String,
    pub(crate) size_bytes: u64,
    pub(crate) modified: Option<Timestamp>,
}

impl Catalog {
    /// Returns what a version is beside what was read from it.
    pub(crate) async fn particulars(&self, version: VersionId) -> Result<Particulars> {
        sqlx::query(
            "SELECT v.content, v.reading, v.size_bytes, d.modified_ms
             FROM version v JOIN document d ON d.id = v.document_id WHERE v.id = $1",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row| {
            Ok(Particulars {
                content: hash(&row, "content")?,
                reading: row.try_get("reading")?,
                size_bytes: number(&row, "size_bytes")?,
                modified: time_or_none(&row, "modified_ms")?,
            })
        })
        .fetch_one(&self.readers)
        .await
        .map_err(cannot("read the version"))
    }

    /// Returns the embeddings of texts, named by their hashes, in the space of a fingerprint.
    pub(crate) async fn embeddings(
        &self,
        fingerprint: &Fingerprint,
        texts: &[ContentHash],
    ) -> Result<Vec<(ContentHash, Embedding)>> {
        sqlx::query(
            "SELECT e.embedded, e.vector FROM embedding e JOIN space s ON s.id = e.space_id
             WHERE s.fingerprint = $1
               AND e.embedded IN (SELECT unhex(value) FROM json_each($2))",
        )
        .bind(&fingerprint.0)
        .bind(hash_list(texts))
        .try_map(|row: AnyRow| Ok((hash(&row, "embedded")?, from_bytes(row.try_get("vector")?))))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("read the embeddings"))
    }

    /// Returns the content of the live version of a document, if it has one.
    pub(crate) async fn live_content(&self, document: DocumentId) -> Result<Option<ContentHash>> {
        sqlx::query("SELECT content FROM version WHERE document_id = $1 AND state = 'live'")
            .bind(key(document.as_uuid()))
            .try_map(|row| hash(&row, "content"))
            .fetch_optional(&self.writer)
            .await
            .map_err(cannot("look up the document"))
    }

    /// Writes a version that was replaced elsewhere as one that was replaced here, in one
    /// transaction, unless it is known or another one served here at the same time. Returns
    /// whether it was written.
    pub(crate) async fn write_superseded(&self, new: &NewVersion, lives: &[Life]) -> Result<bool> {
        let failed = || cannot("store the version");
        let ids = new.ids();
        let version = key(ids.version.as_uuid());
        let mut transaction = self.begin().await.map_err(failed())?;
        self.check_collection(&mut transaction, new.collection).await?;
        let (created, superseded) = bounds(lives, self.now_ms());
        let known = sqlx::query(
            "SELECT 1 FROM version v LEFT JOIN version_life l ON l.version_id = v.id
             WHERE v.id = $1 OR (v.document_id = $2 AND l.from_ms < $4
               AND (l.until_ms IS NULL OR $3 < l.until_ms)) LIMIT 1",
        )
        .bind(version.clone())
        .bind(key(ids.document.as_uuid()))
        .bind(created)
        .bind(superseded)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed())?;
        if known.is_some() {
            return Ok(false);
        }
        self.write_document(&mut transaction, new, &ids).await.map_err(failed())?;
        self.write_version_row(&mut transaction, new, &ids).await.map_err(failed())?;
        write_contents(&mut transaction, new, ids.version).await.map_err(failed())?;
        for life in lives {
            sqlx::query(
                "INSERT INTO version_life (version_id, from_ms, until_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (version_id, from_ms) DO NOTHING",
            )
            .bind(version.clone())
            .bind(life.from.0)
            .bind(life.until.map(|until| until.0))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        sqlx::query(
            "UPDATE version SET state = 'superseded', created_ms = $2, superseded_ms = $3
             WHERE id = $1",
        )
        .bind(version)
        .bind(created)
        .bind(superseded)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Says that a version that has just become live has been so since an earlier moment, unless
    /// another version of its document served here since.
    pub(crate) async fn date_back(&self, version: VersionId, since: Timestamp) -> Result<()> {
        sqlx::query(
            "UPDATE version_life SET from_ms = $2
             WHERE version_id = $1 AND until_ms IS NULL AND $2 < from_ms AND NOT EXISTS (
               SELECT 1 FROM version_life l JOIN version v ON v.id = l.version_id
               JOIN version new ON new.document_id = v.document_id
               WHERE new.id = $1 AND v.id <> $1 AND (l.until_ms IS NULL OR $2 < l.until_ms))",
        )
        .bind(key(version.as_uuid()))
        .bind(since.0)
        .execute(&self.writer)
        .await
        .map_err(cannot("date the version"))?;
        Ok(())
    }
}

/// Returns when the first life began and the last one ended.
fn bounds(lives: &[Life], now_ms: i64) -> (i64, i64) {
    let created = lives.iter().map(|life| life.from.0).min().unwrap_or(now_ms);
    let superseded = lives.iter().filter_map(|life| life.until).map(|until| until.0).max();
    (created, superseded.unwrap_or(now_ms))
}
