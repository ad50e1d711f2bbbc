//! Jobs: what was asked to be ingested and what became of every item.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, DocumentId, JobId};
use footnote_core::job::{Failure, FailureCode, ItemState, Job, JobCounts, JobItem, JobState};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::rows::{
    integer, key, number, scope_list, time, time_or_none, to_word, uuid, uuid_or_none, word,
};

/// The columns of a [`Job`] with its counts.
const JOB: &str = "
    SELECT j.id, j.collection_id, j.source, j.state, j.created_ms, j.ended_ms, j.detail,
           count(i.uri) AS n_total,
           count(i.uri) FILTER (WHERE i.state = 'ready') AS n_ready,
           count(i.uri) FILTER (WHERE i.state = 'unchanged') AS n_unchanged,
           count(i.uri) FILTER (WHERE i.state = 'removed') AS n_removed,
           count(i.uri) FILTER (WHERE i.state = 'failed') AS n_failed,
           CAST(coalesce(sum(i.n_chunks), 0) AS BIGINT) AS n_chunks
    FROM job j LEFT JOIN job_item i ON i.job_id = j.id
    WHERE ($1 IS NULL OR j.collection_id IN (SELECT unhex(value) FROM json_each($1)))";

/// What a job that was running when the program ended says about it.
const INTERRUPTED: &str = "interrupted";

impl Catalog {
    /// Writes down a job that waits.
    pub(crate) async fn create_job(&self, collection: CollectionId, source: &str) -> Result<JobId> {
        let id = JobId::generate();
        sqlx::query(
            "INSERT INTO job (id, collection_id, source, state, created_ms)
             VALUES ($1, $2, $3, 'queued', $4)",
        )
        .bind(key(id.as_uuid()))
        .bind(key(collection.as_uuid()))
        .bind(source)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("write down the job"))?;
        Ok(id)
    }

    /// Remembers that a job is worked on.
    pub(crate) async fn start_job(&self, id: JobId) -> Result<CollectionId> {
        let failed = || cannot("start the job");
        let started = sqlx::query(
            "UPDATE job SET state = 'running', started_ms = $2
             WHERE id = $1 AND state = 'queued' RETURNING collection_id",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .try_map(|row| Ok(CollectionId::from_uuid(uuid(&row, "collection_id")?)))
        .fetch_optional(&self.writer)
        .await
        .map_err(failed())?;
        if let Some(collection) = started {
            return Ok(collection);
        }
        let state = sqlx::query_scalar::<_, String>("SELECT state FROM job WHERE id = $1")
            .bind(key(id.as_uuid()))
            .fetch_optional(&self.readers)
            .await
            .map_err(failed())?
            .ok_or_else(no_such_job)?;
        Err(Error::conflict(format!("{id} cannot be started: it is {state}")))
    }

    /// Remembers how a job ended.
    pub(crate) async fn finish_job(
        &self,
        id: JobId,
        state: JobState,
        detail: Option<&str>,
    ) -> Result<()> {
        let failed = || cannot("finish the job");
        let outcome =
            sqlx::query("UPDATE job SET state = $2, detail = $3, ended_ms = $4 WHERE id = $1")
                .bind(key(id.as_uuid()))
                .bind(to_word(&state).map_err(failed())?)
                .bind(detail)
                .bind(self.now_ms())
                .execute(&self.writer)
                .await
                .map_err(failed())?;
        if outcome.rows_affected() == 1 { Ok(()) } else { Err(no_such_job()) }
    }

    /// Ends the jobs that were running when the program ended without finishing them.
    pub(crate) async fn cancel_interrupted_jobs(&self) -> Result<u64> {
        let outcome = sqlx::query(
            "UPDATE job SET state = 'cancelled', detail = $1, ended_ms = $2
             WHERE state = 'running'",
        )
        .bind(INTERRUPTED)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("end the interrupted jobs"))?;
        Ok(outcome.rows_affected())
    }

    /// Writes the state of one item, which its uri identifies in the job.
    pub(crate) async fn put_job_item(&self, job: JobId, item: &JobItem) -> Result<()> {
        let failed = || cannot("write down an item of the job");
        let (code, detail) =
            item.failure.as_ref().map(|failure| (failure.code.as_str(), &failure.detail)).unzip();
        sqlx::query(
            "INSERT INTO job_item (job_id, root, uri, document_id, place, state, failure_code,
               failure_detail, n_chunks, updated_ms) VALUES ($1, '', $2, $3, '', $4, $5, $6, $7, $8)
             ON CONFLICT (job_id, root, uri) DO UPDATE SET document_id = excluded.document_id,
               state = excluded.state, failure_code = excluded.failure_code,
               failure_detail = excluded.failure_detail, n_chunks = excluded.n_chunks,
               updated_ms = excluded.updated_ms",
        )
        .bind(key(job.as_uuid()))
        .bind(&item.uri)
        .bind(item.document.map(|id| key(id.as_uuid())))
        .bind(to_word(&item.state).map_err(failed())?)
        .bind(code)
        .bind(detail)
        .bind(integer(item.chunks))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        Ok(())
    }

    /// Returns the newest jobs in the scope, newest first.
    pub(crate) async fn jobs(&self, scope: &Scope, limit: usize) -> Result<Vec<Job>> {
        let statement =
            format!("{JOB} GROUP BY j.id ORDER BY j.created_ms DESC, j.id DESC LIMIT $2");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(scope_list(scope))
            .bind(integer(limit))
            .try_map(|row| job(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the jobs"))
    }

    /// Returns one job in the scope.
    pub(crate) async fn job(&self, scope: &Scope, id: JobId) -> Result<Job> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{JOB} AND j.id = $2 GROUP BY j.id")))
            .bind(scope_list(scope))
            .bind(key(id.as_uuid()))
            .try_map(|row| job(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the job"))?
            .ok_or_else(no_such_job)
    }

    /// Returns the items of a job by uri; `state` keeps only those in it.
    pub(crate) async fn job_items(
        &self,
        id: JobId,
        state: Option<ItemState>,
    ) -> Result<Vec<JobItem>> {
        let failed = || cannot("list the items of the job");
        let state = state.map(|state| to_word(&state)).transpose().map_err(failed())?;
        sqlx::query(
            "SELECT uri, document_id, state, failure_code, failure_detail, n_chunks
             FROM job_item WHERE job_id = $1 AND ($2 IS NULL OR state = $2) ORDER BY uri",
        )
        .bind(key(id.as_uuid()))
        .bind(state)
        .try_map(|row| item(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(failed())
    }
}

fn no_such_job() -> Error {
    Error::not_found("no such job").hint("List the jobs with `footnote jobs list`.")
}

fn job(row: &AnyRow) -> std::result::Result<Job, sqlx::Error> {
    let ended: Option<Timestamp> = time_or_none(row, "ended_ms")?;
    Ok(Job {
        id: JobId::from_uuid(uuid(row, "id")?),
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        source: row.try_get("source")?,
        state: word(row, "state")?,
        created: time(row, "created_ms")?,
        ended,
        counts: JobCounts {
            total: number(row, "n_total")?,
            ready: number(row, "n_ready")?,
            unchanged: number(row, "n_unchanged")?,
            removed: number(row, "n_removed")?,
            failed: number(row, "n_failed")?,
            chunks: number(row, "n_chunks")?,
        },
        detail: row.try_get("detail")?,
    })
}

fn item(row: &AnyRow) -> std::result::Result<JobItem, sqlx::Error> {
    let has_failed = row.try_get::<Option<&str>, _>("failure_code")?.is_some();
    let failure = has_failed.then(|| failure(row)).transpose()?;
    Ok(JobItem {
        uri: row.try_get("uri")?,
        document: uuid_or_none(row, "document_id")?.map(DocumentId::from_uuid),
        state: word(row, "state")?,
        failure,
        chunks: number(row, "n_chunks")?,
    })
}

fn failure(row: &AnyRow) -> std::result::Result<Failure, sqlx::Error> {
    let code: FailureCode = word(row, "failure_code")?;
    let detail: Option<String> = row.try_get("failure_detail")?;
    Ok(Failure::new(code, detail.unwrap_or_default()))
}
