//! The outbox: versions whose points in the index must be made to match their state.
//!
//! A row says only *which* version; what its points must be is read from the version's state when
//! the row is applied. So rows may be applied late, twice or together, and the outcome is the same.

use footnote_core::id::{CollectionId, DocumentId, VersionId};
use footnote_core::index::IndexedVersion;
use footnote_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};

use super::Catalog;
use super::failure::cannot;
use super::rows::{integer, key, number, uuid};

/// A version to be settled in the index.
pub(crate) struct Unsettled {
    /// The version with what filters need.
    pub(crate) version: IndexedVersion,
    /// What its points must be.
    pub(crate) wanted: Wanted,
    /// The newest outbox row that is settled with it.
    pub(crate) up_to: i64,
}

/// What the index must hold of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its points; it becomes live afterwards.
    PointsThenLive,
    /// Its points; it is live.
    Points,
    /// Nothing.
    Nothing,
}

impl Catalog {
    /// Returns a version and what the index must hold of it; `None` when no row asks for it.
    pub(crate) async fn unsettled(&self, version: VersionId) -> Result<Option<Unsettled>> {
        sqlx::query(
            "SELECT d.collection_id, d.id AS document_id, v.media_type, v.state,
                    (SELECT max(o.id) FROM outbox o
                     WHERE o.version_id = v.id AND o.applied_ms IS NULL) AS up_to
             FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.id = $1 AND EXISTS (
               SELECT 1 FROM outbox o WHERE o.version_id = v.id AND o.applied_ms IS NULL)",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row| {
            Ok(Unsettled {
                version: IndexedVersion {
                    collection: CollectionId::from_uuid(uuid(&row, "collection_id")?),
                    document: DocumentId::from_uuid(uuid(&row, "document_id")?),
                    version,
                    media_type: row.try_get("media_type")?,
                },
                wanted: match row.try_get("state")? {
                    "embedded" => Wanted::PointsThenLive,
                    "live" => Wanted::Points,
                    _ => Wanted::Nothing,
                },
                up_to: row.try_get("up_to")?,
            })
        })
        .fetch_optional(&self.writer)
        .await
        .map_err(cannot("read the outbox"))
    }

    /// Returns the versions whose points are to be removed and were not yet.
    pub(crate) async fn pending_removals(&self) -> Result<Vec<VersionId>> {
        self.version_ids(
            "SELECT version_id FROM outbox WHERE applied_ms IS NULL AND action = 'remove'
             GROUP BY version_id ORDER BY min(id)",
        )
        .await
    }

    /// Makes every row that is left pending again and returns their versions, oldest first.
    pub(crate) async fn reopen_outbox(&self) -> Result<Vec<VersionId>> {
        let statement = format!(
            "UPDATE outbox SET applied_ms = NULL WHERE id IN (
               SELECT id FROM outbox WHERE applied_ms IS NOT NULL ORDER BY id{})",
            self.locking()
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&self.writer)
            .await
            .map_err(cannot("read the outbox"))?;
        self.version_ids("SELECT version_id FROM outbox GROUP BY version_id ORDER BY min(id)").await
    }

    /// Remembers that rows of a version up to one are applied.
    pub(crate) async fn mark_applied(&self, version: VersionId, up_to: i64) -> Result<()> {
        let failed = || cannot("update the outbox");
        let mut connection = self.writer.acquire().await.map_err(failed())?;
        self.mark_applied_in(&mut connection, version, up_to).await.map_err(failed())
    }

    pub(super) async fn mark_applied_in(
        &self,
        connection: &mut AnyConnection,
        version: VersionId,
        up_to: i64,
    ) -> std::result::Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE outbox SET applied_ms = $3
             WHERE version_id = $1 AND id <= $2 AND applied_ms IS NULL",
        )
        .bind(key(version.as_uuid()))
        .bind(up_to)
        .bind(self.now_ms())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Makes a version that was written and cannot be published a removed one.
    pub(crate) async fn withdraw_unembedded(&self, version: VersionId) -> Result<()> {
        sqlx::query("UPDATE version SET state = 'removed' WHERE id = $1 AND state = 'embedded'")
            .bind(key(version.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("withdraw the document"))?;
        Ok(())
    }

    /// Returns versions that other processes left to be settled, oldest first: every removal, and
    /// what was written before a moment and not published since.
    pub(crate) async fn left_behind(&self, before_ms: i64, limit: usize) -> Result<Vec<VersionId>> {
        sqlx::query(
            "SELECT version_id FROM outbox
             WHERE applied_ms IS NULL AND (action = 'remove' OR created_ms < $1)
             GROUP BY version_id ORDER BY min(id) LIMIT $2",
        )
        .bind(before_ms)
        .bind(integer(limit))
        .try_map(|row| Ok(VersionId::from_uuid(uuid(&row, "version_id")?)))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("read the outbox"))
    }

    /// Returns the rows that were applied by a moment; they may be forgotten once a flush that
    /// begins after this call has ended.
    pub(crate) async fn applied_rows(&self, by_ms: i64) -> Result<Vec<i64>> {
        sqlx::query_scalar("SELECT id FROM outbox WHERE applied_ms <= $1")
            .bind(by_ms)
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the outbox"))
    }

    /// Forgets rows whose effect on the index is durable.
    pub(crate) async fn forget_rows(&self, rows: &[i64]) -> Result<()> {
        let list = serde_json::to_string(rows)
            .map_err(|error| Error::internal("cannot write the outbox rows").because(error))?;
        let statement = format!(
            "DELETE FROM outbox WHERE id IN (
               SELECT id FROM outbox
               WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY id{})",
            self.locking()
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(list)
            .execute(&self.writer)
            .await
            .map_err(cannot("update the outbox"))?;
        Ok(())
    }

    /// Asks for versions to be settled although nothing about them changed.
    pub(crate) async fn resettle(&self, versions: &[VersionId]) -> Result<()> {
        sqlx::query(
            "INSERT INTO outbox (version_id, action, created_ms)
             SELECT v.id, CASE WHEN v.state IN ('embedded', 'live') THEN 'replace'
                               ELSE 'remove' END, $2
             FROM version v WHERE v.id IN (SELECT unhex(value) FROM json_each($1))
             ORDER BY v.id",
        )
        .bind(super::rows::id_list(versions.iter().map(VersionId::as_uuid)))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("update the outbox"))?;
        Ok(())
    }

    /// Returns every version whose points the index must hold, with what filters need and how many
    /// points there must be.
    pub(crate) async fn versions_to_index(&self) -> Result<Vec<(IndexedVersion, usize)>> {
        sqlx::query(
            "SELECT v.id, v.media_type, v.n_chunks, d.id AS document_id, d.collection_id
             FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.state = 'live' ORDER BY v.created_ms, v.id",
        )
        .try_map(|row| {
            let version = IndexedVersion {
                collection: CollectionId::from_uuid(uuid(&row, "collection_id")?),
                document: DocumentId::from_uuid(uuid(&row, "document_id")?),
                version: VersionId::from_uuid(uuid(&row, "id")?),
                media_type: row.try_get("media_type")?,
            };
            Ok((version, number(&row, "n_chunks")?))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the live versions"))
    }

    /// Counts the rows.
    pub(crate) async fn n_outbox_rows(&self) -> Result<usize> {
        let n: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox")
            .fetch_one(&self.readers)
            .await
            .map_err(cannot("read the outbox"))?;
        Ok(usize::try_from(n).unwrap_or(usize::MAX))
    }

    async fn version_ids(&self, statement: &'static str) -> Result<Vec<VersionId>> {
        sqlx::query(statement)
            .try_map(|row| Ok(VersionId::from_uuid(uuid(&row, "version_id")?)))
            .fetch_all(&self.writer)
            .await
            .map_err(cannot("read the outbox"))
    }
}
