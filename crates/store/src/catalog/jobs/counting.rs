//! How many items of a job are in which state, counted as they change; the job's state follows.

use footnote_core::id::JobId;
use footnote_core::job::machine::{Closure, Standing};
use footnote_core::job::{ItemState, JobState};
use sqlx::AnyConnection;

use super::super::Catalog;
use super::super::rows::{key, number, time_or_none, to_word, word};
use super::Decoded;

/// By how much the counts of a job change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shift {
    waiting: i64,
    working: i64,
    ready: i64,
    unchanged: i64,
    removed: i64,
    failed: i64,
    cancelled: i64,
    chunks: i64,
}

impl Shift {
    /// Counts items that come into a state.
    pub(super) fn into(mut self, state: ItemState, n_items: i64) -> Self {
        *self.count_of(state) += n_items;
        self
    }

    /// Counts items that leave a state.
    pub(super) fn out_of(self, state: ItemState, n_items: i64) -> Self {
        self.into(state, -n_items)
    }

    /// Counts chunks that were written.
    pub(super) fn chunks(mut self, n_chunks: i64) -> Self {
        self.chunks += n_chunks;
        self
    }

    /// Tells whether any count changes.
    pub(super) fn is_some(&self) -> bool {
        *self != Self::default()
    }

    fn count_of(&mut self, state: ItemState) -> &mut i64 {
        match state {
            ItemState::Queued => &mut self.waiting,
            ItemState::Parsing
            | ItemState::Chunking
            | ItemState::Embedding
            | ItemState::Indexing => &mut self.working,
            ItemState::Ready => &mut self.ready,
            ItemState::Unchanged => &mut self.unchanged,
            ItemState::Removed => &mut self.removed,
            ItemState::Failed => &mut self.failed,
            ItemState::Cancelled => &mut self.cancelled,
        }
    }
}

impl Catalog {
    /// Changes the counts of a job and, if its state is another one by that, the state.
    pub(super) async fn shift_counts(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
        by: Shift,
    ) -> Decoded<()> {
        let changed = sqlx::query(
            "UPDATE job SET n_waiting = n_waiting + $2, n_working = n_working + $3,
               n_ready = n_ready + $4, n_unchanged = n_unchanged + $5, n_removed = n_removed + $6,
               n_failed = n_failed + $7, n_cancelled = n_cancelled + $8, n_chunks = n_chunks + $9
             WHERE id = $1 RETURNING state, started_ms, listed_ms, n_waiting + n_working AS n_open",
        )
        .bind(key(id.as_uuid()))
        .bind(by.waiting)
        .bind(by.working)
        .bind(by.ready)
        .bind(by.unchanged)
        .bind(by.removed)
        .bind(by.failed)
        .bind(by.cancelled)
        .bind(by.chunks)
        .fetch_one(&mut *connection)
        .await?;
        let before: JobState = word(&changed, "state")?;
        let standing = Standing {
            closure: closure(before),
            has_begun: time_or_none(&changed, "started_ms")?.is_some(),
            is_listed: time_or_none(&changed, "listed_ms")?.is_some(),
            n_open: number(&changed, "n_open")?,
        };
        match standing.state() {
            after if after == before => Ok(()),
            after => self.set_job_state(connection, id, after).await,
        }
    }

    /// Writes the state of a job, with the time of its end when it is one.
    pub(super) async fn set_job_state(
        &self,
        connection: &mut AnyConnection,
        id: JobId,
        state: JobState,
    ) -> Decoded<()> {
        let ended = state.has_ended().then(|| self.now_ms());
        sqlx::query("UPDATE job SET state = $2, ended_ms = $3 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(to_word(&state)?)
            .bind(ended)
            .execute(connection)
            .await?;
        Ok(())
    }
}

fn closure(state: JobState) -> Option<Closure> {
    match state {
        JobState::Queued | JobState::Running | JobState::Completed => None,
        JobState::Failed => Some(Closure::Refused),
        JobState::Cancelled => Some(Closure::Cancelled),
    }
}
