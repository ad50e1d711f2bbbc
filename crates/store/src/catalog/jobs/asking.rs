//! What people ask of jobs: cancel, pause, resume, try again, prefer.

use footnote_core::id::JobId;
use footnote_core::job::machine::{Cause, Command};
use footnote_core::job::{ItemState, JobState, Retry};
use footnote_core::{Error, Result};
use sqlx::AnyConnection;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{integer, key, to_word, word};
use super::counting::Shift;
use super::items::{ITEM, item_row};
use super::{Decoded, no_such_job};

impl Catalog {
    /// Cancels a job.
    pub(crate) async fn cancel_job(&self, id: JobId) -> Result<Vec<Command>> {
        let failed = || cannot("cancel the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.check_open(&mut transaction, id).await?;
        let ending = (JobState::Cancelled, None);
        let commands = self.close_job(&mut transaction, id, ending).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(commands)
    }

    /// Ends a job and, as cancelled, its items that have not ended. Its row is locked.
    pub(super) async fn close_job(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
        (state, detail): (JobState, Option<&str>),
    ) -> Decoded<Vec<Command>> {
        sqlx::query(
            "UPDATE job SET detail = $2, paused_ms = NULL, lease_owner = NULL,
               lease_expires_ms = NULL WHERE id = $1",
        )
        .bind(key(id.as_uuid()))
        .bind(detail)
        .execute(&mut *connection)
        .await?;
        self.set_job_state(connection, id, state).await?;
        let mut commands = vec![Command::Publish];
        for mut row in self.leased_items(connection, id).await? {
            commands.extend(self.happen(connection, &mut row, Cause::CancelAsked).await?);
        }
        // As the machine does it, for all that wait at once.
        let cancelled = sqlx::query(
            "UPDATE job_item SET state = 'cancelled', not_before_ms = 0, failure_code = NULL,
               failure_detail = NULL, updated_ms = $2
             WHERE job_id = $1 AND state = 'queued'",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .execute(&mut *connection)
        .await?;
        let n_cancelled = integer(cancelled.rows_affected());
        let shift = Shift::default()
            .out_of(ItemState::Queued, n_cancelled)
            .into(ItemState::Cancelled, n_cancelled);
        self.shift_counts(connection, id, shift).await?;
        Ok(commands)
    }

    /// Pauses a job; what is in work waits again.
    pub(crate) async fn pause_job(&self, id: JobId) -> Result<Vec<Command>> {
        let failed = || cannot("pause the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.check_open(&mut transaction, id).await?;
        self.set_paused(&mut transaction, id, Some(self.now_ms())).await.map_err(failed())?;
        let mut commands = vec![Command::Publish];
        let leased = self.leased_items(&mut transaction, id).await.map_err(failed())?;
        for mut row in leased {
            let told = self.happen(&mut transaction, &mut row, Cause::PauseAsked).await;
            commands.extend(told.map_err(failed())?);
        }
        transaction.commit().await.map_err(failed())?;
        Ok(commands)
    }

    /// Lets a job go on.
    pub(crate) async fn resume_job(&self, id: JobId) -> Result<()> {
        let failed = || cannot("resume the job");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.check_open(&mut transaction, id).await?;
        self.set_paused(&mut transaction, id, None).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Lets items be tried again, and their job run.
    pub(crate) async fn retry_items(&self, id: JobId, which: Retry<'_>) -> Result<u64> {
        let failed = || cannot("try the items again");
        let mut transaction = self.begin().await.map_err(failed())?;
        self.reopen_job(&mut transaction, id).await?;
        let n_items = match which {
            Retry::Failed => self.retry_failed(&mut transaction, id).await.map_err(failed())?,
            Retry::One { root, uri } => self.retry_one(&mut transaction, id, (root, uri)).await?,
        };
        if n_items == 0 {
            // A job that was cancelled stays so: there is nothing for which to open it again.
            transaction.rollback().await.map_err(failed())?;
            return Ok(0);
        }
        transaction.commit().await.map_err(failed())?;
        Ok(n_items)
    }

    /// As the machine does it, for all that failed at once.
    async fn retry_failed(&self, connection: &mut AnyConnection, id: JobId) -> Decoded<u64> {
        let retried = sqlx::query(
            "UPDATE job_item SET state = 'queued', n_failures = 0, n_lost_alone = 0,
               not_before_ms = $2, failure_code = NULL, failure_detail = NULL, updated_ms = $2
             WHERE job_id = $1 AND state = 'failed'",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .execute(&mut *connection)
        .await?;
        let n_items = retried.rows_affected();
        let n_retried = integer(n_items);
        let shift = Shift::default()
            .out_of(ItemState::Failed, n_retried)
            .into(ItemState::Queued, n_retried);
        self.shift_counts(connection, id, shift).await?;
        Ok(n_items)
    }

    async fn retry_one(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
        (root, uri): (&str, &str),
    ) -> Result<u64> {
        let failed = || cannot("try the item again");
        let statement = format!("{ITEM} WHERE job_id = $1 AND root = $2 AND uri = $3");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .bind(root)
            .bind(uri)
            .try_map(|row| item_row(&row))
            .fetch_optional(&mut *connection)
            .await
            .map_err(failed())?;
        let mut row =
            row.ok_or_else(|| Error::not_found(format!("the job has no item `{uri}`")))?;
        let commands =
            self.happen(connection, &mut row, Cause::RetryAsked).await.map_err(failed())?;
        if commands.is_empty() {
            let state = to_word(&row.item.state()).map_err(failed())?;
            return Err(Error::conflict(format!("`{uri}` is {state}: there is nothing to retry")));
        }
        Ok(1)
    }

    /// Lets a job that had ended run again; without an open item, it completes anew. What a
    /// cancelled job had not listed is not listed now.
    async fn reopen_job(&self, connection: &mut AnyConnection, id: JobId) -> Result<()> {
        match self.locked_state(connection, id).await? {
            JobState::Queued | JobState::Running => return Ok(()),
            JobState::Completed | JobState::Cancelled => {}
            JobState::Failed => {
                return Err(Error::conflict("the job could not be listed")
                    .hint("Ingest the same source again with `footnote ingest`."));
            }
        }
        sqlx::query(
            "UPDATE job SET state = 'running', ended_ms = NULL, detail = NULL,
               started_ms = coalesce(started_ms, $2), listed_ms = coalesce(listed_ms, $2)
             WHERE id = $1",
        )
        .bind(key(id.as_uuid()))
        .bind(self.now_ms())
        .execute(connection)
        .await
        .map(|_done| ())
        .map_err(cannot("try the items again"))
    }

    /// Gives a job another priority.
    pub(crate) async fn set_priority(&self, id: JobId, priority: i64) -> Result<()> {
        let changed = sqlx::query("UPDATE job SET priority = $2 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(priority)
            .execute(&self.writer)
            .await
            .map_err(cannot("change the priority of the job"))?;
        if changed.rows_affected() == 1 { Ok(()) } else { Err(no_such_job()) }
    }

    /// Pauses a job, unless it is paused already, or lets it go on.
    async fn set_paused(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
        paused_ms: Option<i64>,
    ) -> Decoded<()> {
        sqlx::query(
            "UPDATE job SET paused_ms = CASE WHEN CAST($2 AS BIGINT) IS NULL THEN NULL
                                        ELSE coalesce(paused_ms, $2) END WHERE id = $1",
        )
        .bind(key(id.as_uuid()))
        .bind(paused_ms)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Locks the row of a job that has not ended.
    async fn check_open(&self, connection: &mut AnyConnection, id: JobId) -> Result<()> {
        match self.locked_state(connection, id).await? {
            JobState::Queued | JobState::Running => Ok(()),
            JobState::Completed => Err(Error::conflict("the job has completed")),
            JobState::Failed => Err(Error::conflict("the job has failed")),
            JobState::Cancelled => Err(Error::conflict("the job was cancelled")),
        }
    }

    /// Locks the row of a job and returns the job's state.
    async fn locked_state(&self, connection: &mut AnyConnection, id: JobId) -> Result<JobState> {
        let statement = format!("SELECT state FROM job WHERE id = $1{}", self.locking());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(id.as_uuid()))
            .try_map(|row| word(&row, "state"))
            .fetch_optional(connection)
            .await
            .map_err(cannot("look up the job"))?
            .ok_or_else(no_such_job)
    }
}
