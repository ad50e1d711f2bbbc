//! Registered sources: places that are looked at again and again, and when each is due.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, JobId, SourceId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::time::Duration;

use super::Catalog;
use super::failure::cannot;
use super::readable::{readable, readable_of};
use super::rows::{integer, key, number, time, uuid, uuid_or_none};

/// A place to be looked at again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Where its documents go.
    pub collection: CollectionId,
    /// Where it is, as the user wrote it: a folder or an address.
    pub address: String,
    /// What is asked for each time, as JSON that whoever lists it understands.
    pub request: String,
    /// How often it is looked at.
    pub every: Duration,
}

/// A registered source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSummary {
    /// Its id.
    pub id: SourceId,
    /// Where its documents go.
    pub collection: CollectionId,
    /// Where it is, as the user wrote it.
    pub address: String,
    /// What is asked for each time.
    pub request: String,
    /// How often it is looked at.
    pub every: Duration,
    /// When it is looked at next.
    pub next: Timestamp,
    /// The job that looked at it last, or does now.
    pub last_job: Option<JobId>,
    /// Since when it is registered.
    pub created: Timestamp,
}

/// The columns of a [`SourceSummary`].
const SOURCE: &str = "
    SELECT s.id, s.collection_id, s.address, s.request, s.every_seconds, s.next_ms, s.last_job_id,
           s.created_ms
    FROM source s JOIN collection c ON c.id = s.collection_id AND c.removed_ms IS NULL";

/// What holds of a source whose last job left nothing undone: only then does what a complete
/// listing returned stand for what is in the catalog.
const ALL_DONE: &str = "EXISTS (SELECT 1 FROM job j WHERE j.id = source.last_job_id
      AND j.state = 'completed' AND NOT EXISTS (SELECT 1 FROM job_item i
        WHERE i.job_id = j.id AND i.state IN ('failed', 'cancelled')))";

impl Catalog {
    /// Registers a source, due at once, or changes how often and for what it is looked at.
    pub(crate) async fn put_source(&self, new: &NewSource) -> Result<SourceId> {
        let id = SourceId::derive(new.collection, &new.address);
        sqlx::query(
            "INSERT INTO source (id, collection_id, address, request, every_seconds, next_ms,
               created_ms) VALUES ($1, $2, $3, $4, $5, $6, $6)
             ON CONFLICT (id) DO UPDATE SET request = excluded.request, cursor = NULL,
               every_seconds = excluded.every_seconds, next_ms = excluded.next_ms",
        )
        .bind(key(id.as_uuid()))
        .bind(key(new.collection.as_uuid()))
        .bind(&new.address)
        .bind(&new.request)
        .bind(integer(new.every.as_secs().max(1)))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("register the source"))?;
        Ok(id)
    }

    /// Returns the sources in the scope, by address.
    pub(crate) async fn sources(&self, scope: &Scope) -> Result<Vec<SourceSummary>> {
        let readable_source = readable_of("s.collection_id");
        let statement = format!("{SOURCE} WHERE {readable_source} ORDER BY s.address, s.id");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .try_map(|row| source(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the sources"))
    }

    /// Returns every source, for whoever looks at them.
    pub(crate) async fn all_sources(&self) -> Result<Vec<SourceSummary>> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{SOURCE} ORDER BY s.id")))
            .try_map(|row| source(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the sources"))
    }

    /// Forgets a source; its documents stay.
    pub(crate) async fn remove_source(&self, id: SourceId) -> Result<()> {
        let outcome = sqlx::query("DELETE FROM source WHERE id = $1")
            .bind(key(id.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("forget the source"))?;
        if outcome.rows_affected() == 1 { Ok(()) } else { Err(no_such_source()) }
    }

    /// Makes a source due at once.
    pub(crate) async fn hurry_source(&self, id: SourceId) -> Result<()> {
        let outcome = sqlx::query("UPDATE source SET next_ms = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(self.now_ms())
            .execute(&self.writer)
            .await
            .map_err(cannot("look at the source"))?;
        if outcome.rows_affected() == 1 { Ok(()) } else { Err(no_such_source()) }
    }

    /// Takes a source that is due and whose last job has ended; it is due again after its time.
    ///
    /// What its last complete listing returned is forgotten when its last job left anything
    /// undone, so that the next listing finds it again.
    pub(crate) async fn take_due_source(&self) -> Result<Option<SourceSummary>> {
        let failed = || cannot("take a source that is due");
        let mut transaction = self.begin().await.map_err(failed())?;
        let statement = format!(
            "{SOURCE} WHERE s.next_ms <= $1 AND NOT EXISTS (
               SELECT 1 FROM job j WHERE j.id = s.last_job_id AND j.ended_ms IS NULL)
             ORDER BY s.next_ms LIMIT 1{}",
            self.skipping().replace("FOR UPDATE", "FOR UPDATE OF s")
        );
        let due = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(self.now_ms())
            .try_map(|row| source(&row))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        let Some(due) = due else { return Ok(None) };
        let statement = format!(
            "UPDATE source SET next_ms = $2, cursor = CASE WHEN {ALL_DONE} THEN cursor END
             WHERE id = $1"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(due.id.as_uuid()))
            .bind(self.now_ms().saturating_add(integer(due.every.as_millis())))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(Some(due))
    }

    /// Remembers which job looks at a source.
    pub(crate) async fn note_source_job(&self, id: SourceId, job: JobId) -> Result<()> {
        sqlx::query("UPDATE source SET last_job_id = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(key(job.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("remember the job of the source"))?;
        Ok(())
    }

    /// Returns what the last complete listing of a source returned.
    pub(crate) async fn source_cursor(&self, id: SourceId) -> Result<Option<String>> {
        let row = sqlx::query("SELECT cursor FROM source WHERE id = $1")
            .bind(key(id.as_uuid()))
            .try_map(|row: AnyRow| row.try_get::<Option<String>, _>("cursor"))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the source"))?;
        Ok(row.flatten())
    }

    /// Keeps what a complete listing of a source returned; the job must be its last.
    pub(crate) async fn keep_source_cursor(
        &self,
        id: SourceId,
        job: JobId,
        cursor: Option<&str>,
    ) -> Result<()> {
        sqlx::query("UPDATE source SET cursor = $3 WHERE id = $1 AND last_job_id = $2")
            .bind(key(id.as_uuid()))
            .bind(key(job.as_uuid()))
            .bind(cursor)
            .execute(&self.writer)
            .await
            .map_err(cannot("remember how far the source was listed"))?;
        Ok(())
    }
}

fn no_such_source() -> Error {
    Error::not_found("no such source").hint("List the sources with `footnote sync list`.")
}

fn source(row: &AnyRow) -> std::result::Result<SourceSummary, sqlx::Error> {
    Ok(SourceSummary {
        id: SourceId::from_uuid(uuid(row, "id")?),
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        address: row.try_get("address")?,
        request: row.try_get("request")?,
        every: Duration::from_secs(number(row, "every_seconds")?),
        next: time(row, "next_ms")?,
        last_job: uuid_or_none(row, "last_job_id")?.map(JobId::from_uuid),
        created: time(row, "created_ms")?,
    })
}
