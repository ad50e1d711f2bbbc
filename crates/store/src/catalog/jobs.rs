//! Jobs: the queue of work, and what became of every item.
//!
//! What an item becomes is decided by [`machine`](footnote_core::job::machine); its row is its
//! state, and the counts of its job change in the same transaction. Whoever changes items of a job
//! holds the lock of the job's row first, of several jobs in the order of their ids: so no two
//! transactions wait for each other.

mod asking;
mod counting;
mod items;
mod listing;
mod losing;
mod taking;
mod working;

use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, JobId};
use footnote_core::job::{
    ItemLease, Job, JobCounts, JobFilter, JobKind, NewItem, NewJob, QueueDepth,
};
use footnote_core::{Error, Result};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

use super::Catalog;
use super::failure::cannot;
use super::readable::{readable, readable_of};
use super::rows::{integer, key, number, time, time_or_none, to_word, uuid, word};

/// The item for which a version is written: it ends as the version is published, and what lies
/// inside the document joins its job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForItem<'a> {
    pub(crate) lease: &'a ItemLease,
    pub(crate) inside: &'a [NewItem],
}

type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// The columns of a [`Job`].
const JOB: &str = "
    SELECT id, collection_id, source, kind, priority, state, paused_ms, listed_ms, created_ms,
           ended_ms, detail, n_waiting, n_working, n_ready, n_unchanged, n_removed, n_failed,
           n_cancelled, n_chunks
    FROM job";

impl Catalog {
    /// Writes down a job that waits. It comes before those that were served since the one that
    /// was served longest ago, and after that one.
    pub(crate) async fn create_job(&self, new: &NewJob) -> Result<JobId> {
        let failed = || cannot("write down the job");
        let id = JobId::generate();
        let written = sqlx::query(
            "INSERT INTO job (id, collection_id, source, kind, request, priority, state, turn,
                              created_ms)
             SELECT $1, c.id, $3, $4, $5, $6, 'queued',
                    (SELECT coalesce(min(j.turn), 0) FROM job j
                     WHERE j.state IN ('queued', 'running')), $7
             FROM collection c WHERE c.id = $2 AND c.removed_ms IS NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(key(new.collection.as_uuid()))
        .bind(&new.source)
        .bind(to_word(&new.kind).map_err(failed())?)
        .bind(&new.request)
        .bind(new.priority)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        if written.rows_affected() == 1 {
            return Ok(id);
        }
        Err(Error::not_found("no such collection"))
    }

    /// Returns jobs in the scope, newest first.
    pub(crate) async fn jobs(
        &self,
        scope: &Scope,
        filter: &JobFilter,
        limit: usize,
    ) -> Result<Vec<Job>> {
        let failed = || cannot("list the jobs");
        let state = filter.state.map(|state| to_word(&state)).transpose().map_err(failed())?;
        let statement = format!(
            "{JOB} WHERE {} AND (CAST($2 AS TEXT) IS NULL OR collection_id = unhex($2))
               AND (CAST($3 AS TEXT) IS NULL OR state = $3)
               AND (CAST($4 AS TEXT) IS NULL OR id < unhex($4))
             ORDER BY id DESC LIMIT $5",
            readable_of("collection_id")
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(filter.collection.map(|id| id.as_uuid().simple().to_string()))
            .bind(state)
            .bind(filter.before.map(|id| id.as_uuid().simple().to_string()))
            .bind(integer(limit))
            .try_map(|row| job(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(failed())
    }

    /// Returns one job in the scope.
    pub(crate) async fn job(&self, scope: &Scope, id: JobId) -> Result<Job> {
        let statement = format!("{JOB} WHERE {} AND id = $2", readable_of("collection_id"));
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(id.as_uuid()))
            .try_map(|row| job(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the job"))?
            .ok_or_else(no_such_job)
    }

    /// Returns how much waits and how much is worked on, over all jobs in the scope.
    pub(crate) async fn queue_depth(&self, scope: &Scope) -> Result<QueueDepth> {
        let statement = format!(
            "SELECT count(*) AS n_jobs, CAST(coalesce(sum(n_waiting), 0) AS BIGINT) AS n_waiting,
                    CAST(coalesce(sum(n_working), 0) AS BIGINT) AS n_working
             FROM job WHERE state IN ('queued', 'running') AND {}",
            readable_of("collection_id")
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .try_map(|row| {
                Ok(QueueDepth {
                    n_jobs: number(&row, "n_jobs")?,
                    n_waiting: number(&row, "n_waiting")?,
                    n_working: number(&row, "n_working")?,
                })
            })
            .fetch_one(&self.readers)
            .await
            .map_err(cannot("count the jobs"))
    }

    /// Takes the lock of a job's row, which whoever changes its items holds.
    async fn lock_job(&self, connection: &mut AnyConnection, id: JobId) -> Decoded<()> {
        let statement = format!("SELECT 1 FROM job WHERE id = $1{}", self.locking());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .fetch_optional(connection)
            .await
            .map(|_row| ())
    }
}

fn no_such_job() -> Error {
    Error::not_found("no such job").hint("List the jobs with `footnote jobs list`.")
}

fn lost_lease() -> Error {
    Error::conflict("the work was taken back meanwhile, and is done elsewhere or no longer wanted")
}

fn job(row: &AnyRow) -> Decoded<Job> {
    let kind: JobKind = word(row, "kind")?;
    Ok(Job {
        id: JobId::from_uuid(uuid(row, "id")?),
        collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
        source: row.try_get("source")?,
        kind,
        priority: row.try_get("priority")?,
        state: word(row, "state")?,
        paused: time_or_none(row, "paused_ms")?,
        is_listed: time_or_none(row, "listed_ms")?.is_some(),
        created: time(row, "created_ms")?,
        ended: time_or_none(row, "ended_ms")?,
        counts: counts(row)?,
        detail: row.try_get("detail")?,
    })
}

/// Reads the counts of a job's items.
pub(super) fn counts(row: &AnyRow) -> Decoded<JobCounts> {
    let mut counts = JobCounts {
        total: 0,
        ready: number(row, "n_ready")?,
        unchanged: number(row, "n_unchanged")?,
        removed: number(row, "n_removed")?,
        failed: number(row, "n_failed")?,
        cancelled: number(row, "n_cancelled")?,
        waiting: number(row, "n_waiting")?,
        working: number(row, "n_working")?,
        chunks: number(row, "n_chunks")?,
    };
    let ended = counts.ready + counts.unchanged + counts.removed + counts.failed;
    counts.total = ended + counts.cancelled + counts.waiting + counts.working;
    Ok(counts)
}
