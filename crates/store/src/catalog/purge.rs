//! What removed documents leave behind: found, and removed for good.
//!
//! Every step is one transaction that looks again at what it removes, so that it may be broken off
//! and repeated at any point, and so that what came back to life meanwhile is left alone. Versions
//! die before their documents, documents before their collections, and originals last.

use footnote_core::Result;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, DocumentId, VersionId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use super::Catalog;
use super::database::Database;
use super::failure::cannot;
use super::rows::{hash, hash_list, id_list, integer, uuid};

/// What is to be removed for good: only what is removed already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// What these documents left behind.
    Documents(Vec<DocumentId>),
    /// What a collection left behind, removed documents of one that lives included.
    Collection(CollectionId),
    /// Everything that was removed, and whatever nobody owns.
    Everything,
}

/// How many rows of each kind died.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) versions: u64,
    pub(crate) chunks: u64,
    pub(crate) embeddings: u64,
}

/// How many versions die in one transaction: others must not wait long to write.
const VERSIONS_AT_ONCE: usize = 32;

/// The setting that holds when the last vacuum began, in milliseconds.
const LAST_VACUUM: &str = "vacuum.began_ms";

/// A version that may die: removed, and nothing of it is left to be told to the index.
const DEAD: &str = "v.state = 'removed'
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.version_id = v.id)";

/// Keeps what is asked for: documents in `$1`, collections in `$2`.
const AMONG: &str = "
    (CAST($1 AS TEXT) IS NULL OR d.id IN (SELECT unhex(value) FROM json_each($1)))
    AND (CAST($2 AS TEXT) IS NULL
         OR d.collection_id IN (SELECT unhex(value) FROM json_each($2)))";

/// Whether somebody has a document in work, whose vectors he may count on although no chunk has
/// them yet.
const SOMEBODY_EMBEDS: &str = "EXISTS (SELECT 1 FROM job_item WHERE lease_owner IS NOT NULL)";

/// What hangs on a version, without the chunks.
const PARTS: [&str; 4] = [
    "DELETE FROM version_layout WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
    "DELETE FROM version_text WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
    "DELETE FROM version_life WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
    "DELETE FROM sketch_band WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
];

impl Which {
    /// Returns the documents and the collections that are asked for; `None` is every one.
    pub(super) fn lists(&self) -> (Option<String>, Option<String>) {
        match self {
            Self::Documents(ids) => (Some(id_list(ids.iter().map(DocumentId::as_uuid))), None),
            Self::Collection(id) => (None, Some(id_list([id.as_uuid()]))),
            Self::Everything => (None, None),
        }
    }
}

/// Lets the originals of versions go: those that nobody else owns are from then on older than any
/// upload, so that a purge that is interrupted here is finished by the next one.
const RELEASE_ORIGINALS: &str = "
    UPDATE blob SET created_ms = 0 WHERE hash IN (
      SELECT hash FROM blob WHERE hash IN (
        SELECT v.blob_hash FROM version v
        WHERE v.id IN (SELECT unhex(value) FROM json_each($1)))";

impl Catalog {
    /// Returns some versions that may die, and the originals that they own.
    pub(crate) async fn dead_versions(
        &self,
        which: &Which,
    ) -> Result<Vec<(VersionId, Option<ContentHash>)>> {
        let (documents, collections) = which.lists();
        let statement = format!(
            "SELECT v.id, v.blob_hash FROM version v JOIN document d ON d.id = v.document_id
             WHERE {DEAD} AND {AMONG} ORDER BY v.id LIMIT $3"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(documents)
            .bind(collections)
            .bind(integer(VERSIONS_AT_ONCE))
            .try_map(|row: AnyRow| {
                let owns = row.try_get::<Option<&[u8]>, _>("blob_hash")?.is_some();
                let original = if owns { Some(hash(&row, "blob_hash")?) } else { None };
                Ok((VersionId::from_uuid(uuid(&row, "id")?), original))
            })
            .fetch_all(&self.writer)
            .await
            .map_err(cannot("look for what was removed"))
    }

    /// Counts the removed versions whose points the index has not durably lost yet.
    pub(crate) async fn n_versions_indexed(&self, which: &Which) -> Result<u64> {
        let (documents, collections) = which.lists();
        let statement = format!(
            "SELECT count(*) AS n FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.state = 'removed' AND {AMONG}
               AND EXISTS (SELECT 1 FROM outbox o WHERE o.version_id = v.id)"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(documents)
            .bind(collections)
            .try_map(|row| super::rows::number(&row, "n"))
            .fetch_one(&self.readers)
            .await
            .map_err(cannot("look for what was removed"))
    }

    /// Forgets that an index server was told to remove the points of removed versions. Should it
    /// lose what it was told, their points name nothing that could be shown.
    pub(crate) async fn forget_told_removals(&self, which: &Which) -> Result<()> {
        let (documents, collections) = which.lists();
        let statement = format!(
            "DELETE FROM outbox WHERE id IN (
               SELECT o.id FROM outbox o WHERE o.applied_ms IS NOT NULL AND o.version_id IN (
                 SELECT v.id FROM version v JOIN document d ON d.id = v.document_id
                 WHERE v.state = 'removed' AND {AMONG}) ORDER BY o.id{})",
            self.locking()
        );
        let mut transaction = self.begin().await.map_err(cannot("update the outbox"))?;
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(documents)
            .bind(collections)
            .execute(&mut *transaction)
            .await
            .map_err(cannot("update the outbox"))?;
        transaction.commit().await.map_err(cannot("update the outbox"))
    }

    /// Removes dead versions with their text, chunks, and the vectors that nothing else uses.
    pub(crate) async fn purge_versions(&self, versions: &[VersionId]) -> Result<Tally> {
        let failed = || cannot("remove old versions for good");
        let mut transaction = self.begin().await.map_err(failed())?;
        let tally = self.purge_in(&mut transaction, versions).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(tally)
    }

    async fn purge_in(
        &self,
        connection: &mut AnyConnection,
        versions: &[VersionId],
    ) -> std::result::Result<Tally, sqlx::Error> {
        let dead = id_list(self.hold_dead(connection, versions).await?);
        let texts = sqlx::query(
            "SELECT DISTINCT embedded FROM chunk
             WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(&dead)
        .try_map(|row| hash(&row, "embedded"))
        .fetch_all(&mut *connection)
        .await?;
        for part in PARTS {
            affected(connection, part, &dead).await?;
        }
        let n_chunks = affected(
            connection,
            "DELETE FROM chunk WHERE version_id IN (SELECT unhex(value) FROM json_each($1))",
            &dead,
        )
        .await?;
        let release = format!("{RELEASE_ORIGINALS}{})", self.skipping());
        affected(connection, &release, &dead).await?;
        let n_versions = affected(
            connection,
            "DELETE FROM version WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            &dead,
        )
        .await?;
        let unused = format!(
            "DELETE FROM embedding WHERE (embedded, space_id) IN (
               SELECT e.embedded, e.space_id FROM embedding e
               WHERE e.embedded IN (SELECT unhex(value) FROM json_each($1))
                 AND NOT EXISTS (SELECT 1 FROM chunk c WHERE c.embedded = e.embedded)
                 AND NOT {SOMEBODY_EMBEDS} ORDER BY e.embedded, e.space_id{})",
            self.skipping()
        );
        let n_embeddings = affected(connection, &unused, &hash_list(&texts)).await?;
        Ok(Tally { versions: n_versions, chunks: n_chunks, embeddings: n_embeddings })
    }

    /// Returns which of some versions are dead, and holds them: not those that somebody else holds.
    async fn hold_dead(
        &self,
        connection: &mut AnyConnection,
        versions: &[VersionId],
    ) -> std::result::Result<Vec<Uuid>, sqlx::Error> {
        let free = format!(
            "SELECT id FROM version WHERE id IN (SELECT unhex(value) FROM json_each($1)){}",
            self.skipping()
        );
        let dead = format!(
            "SELECT v.id FROM version v
             WHERE {DEAD} AND v.id IN (SELECT unhex(value) FROM json_each($1))"
        );
        let mut held: Vec<Uuid> = versions.iter().map(VersionId::as_uuid).collect();
        for statement in [free, dead] {
            held = sqlx::query(sqlx::AssertSqlSafe(statement))
                .bind(id_list(held))
                .try_map(|row| uuid(&row, "id"))
                .fetch_all(&mut *connection)
                .await?;
        }
        Ok(held)
    }

    /// Removes the vectors that no chunk uses, unless a job that has not ended may want them.
    pub(crate) async fn purge_embeddings(&self) -> Result<u64> {
        let statement = format!(
            "DELETE FROM embedding WHERE (embedded, space_id) IN (
               SELECT e.embedded, e.space_id FROM embedding e
               WHERE NOT EXISTS (SELECT 1 FROM chunk c WHERE c.embedded = e.embedded)
                 AND NOT EXISTS (SELECT 1 FROM job WHERE state IN ('queued', 'running')){})",
            self.skipping()
        );
        let swept = sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&self.writer)
            .await
            .map_err(cannot("remove unused vectors"))?;
        Ok(swept.rows_affected())
    }

    /// Returns when the last vacuum began, if there was one.
    pub(crate) async fn last_vacuum(&self) -> Result<Option<Timestamp>> {
        let written = sqlx::query("SELECT value FROM setting WHERE name = $1")
            .bind(LAST_VACUUM)
            .try_map(|row: AnyRow| row.try_get::<String, _>("value"))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the last vacuum"))?;
        Ok(written.and_then(|value| value.parse().ok()).map(Timestamp))
    }

    /// Remembers when the last vacuum began.
    pub(crate) async fn note_vacuum(&self, began: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO setting (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(LAST_VACUUM)
        .bind(began.0.to_string())
        .execute(&self.writer)
        .await
        .map_err(cannot("remember the vacuum"))?;
        Ok(())
    }

    /// Gives the space of what was deleted back to the system, and leaves no copy of it behind.
    pub(crate) async fn compact(&self) -> Result<()> {
        let statement = match self.database() {
            Database::Sqlite => "VACUUM",
            Database::Postgres => {
                "VACUUM version_text, version_layout, chunk, version, document, embedding, job_item, job, blob_piece, turn"
            }
        };
        sqlx::query(statement)
            .execute(&self.writer)
            .await
            .map_err(cannot("compact the catalog"))?;
        Ok(())
    }

    /// Writes the log into the file and empties it, so that no deleted row is left in it. Returns
    /// whether nobody was reading it, which is the only thing that keeps it.
    pub(crate) async fn empty_log(&self) -> Result<bool> {
        if self.database() == Database::Postgres {
            return Ok(true);
        }
        let busy: i64 = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .try_map(|row: AnyRow| row.try_get(0))
            .fetch_one(&self.writer)
            .await
            .map_err(cannot("empty the log of the catalog"))?;
        Ok(busy == 0)
    }
}

/// Runs a statement on a list and returns how many rows it changed.
pub(super) async fn affected(
    connection: &mut AnyConnection,
    statement: &str,
    list: &str,
) -> std::result::Result<u64, sqlx::Error> {
    let outcome = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
        .bind(list)
        .execute(connection)
        .await?;
    Ok(outcome.rows_affected())
}
