//! What became of a job, for the process that asked for it and is nobody who reads.

use footnote_core::id::JobId;
use footnote_core::job::{Failure, JobCounts, JobState};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::jobs::counts;
use super::rows::{key, word};

/// What became of a job so far.
#[derive(Debug, Clone)]
pub struct AskedJob {
    /// Its state.
    pub state: JobState,
    /// Its counts.
    pub counts: JobCounts,
    /// Why it failed as a whole.
    pub detail: Option<String>,
}

/// An item that failed.
#[derive(Debug, Clone)]
pub struct AskedFailure {
    /// The source root.
    pub root: String,
    /// The path below it.
    pub uri: String,
    /// Why.
    pub failure: Failure,
}

impl Catalog {
    /// Returns what became of a job so far.
    pub(crate) async fn asked_job(&self, id: JobId) -> Result<AskedJob> {
        sqlx::query(
            "SELECT state, detail, n_waiting, n_working, n_ready, n_unchanged, n_removed, n_failed,
               n_cancelled, n_chunks FROM job WHERE id = $1",
        )
        .bind(key(id.as_uuid()))
        .try_map(|row| asked(&row))
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look up the job"))?
        .ok_or_else(|| Error::not_found("the job is gone"))
    }

    /// Returns the items of a job that failed, by root and uri.
    pub(crate) async fn asked_failures(&self, id: JobId) -> Result<Vec<AskedFailure>> {
        sqlx::query(
            "SELECT root, uri, failure_code, failure_detail FROM job_item
             WHERE job_id = $1 AND state = 'failed' ORDER BY root, uri",
        )
        .bind(key(id.as_uuid()))
        .try_map(|row| failure(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list what failed"))
    }

    /// Tells whether a job is left that will go on by itself.
    pub(crate) async fn has_open_jobs(&self) -> Result<bool> {
        let found = sqlx::query(
            "SELECT 1 FROM job WHERE state IN ('queued', 'running') AND paused_ms IS NULL LIMIT 1",
        )
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look at the queue"))?;
        Ok(found.is_some())
    }
}

fn asked(row: &AnyRow) -> std::result::Result<AskedJob, sqlx::Error> {
    let (state, counts) = (word(row, "state")?, counts(row)?);
    Ok(AskedJob { state, counts, detail: row.try_get("detail")? })
}

fn failure(row: &AnyRow) -> std::result::Result<AskedFailure, sqlx::Error> {
    let detail: Option<String> = row.try_get("failure_detail")?;
    Ok(AskedFailure {
        root: row.try_get("root")?,
        uri: row.try_get("uri")?,
        failure: Failure::new(word(row, "failure_code")?, detail.unwrap_or_default()),
    })
}
