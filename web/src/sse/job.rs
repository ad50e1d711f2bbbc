//! How a job advances, as a stream of its latest state until it has ended.
//!
//! Every event holds the whole state, so a client that connects again has missed nothing.

use axum::response::{Response, sse};
use futures_util::stream::{self, Stream, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use footnote_core::Result;
use footnote_core::id::JobId;
use footnote_store::Store;

use super::{encode, respond};
use crate::auth::Requester;
use crate::wire::job::{Job, JobItem, JobProgress};

/// How often a job is looked at though nothing in this process changed it.
const LOOK: Duration = Duration::from_millis(500);

/// How long two events lie apart at least.
const BETWEEN_EVENTS: Duration = Duration::from_millis(200);

/// Streams how a job advances.
pub(crate) fn response(
    store: Arc<Store>,
    requester: Requester,
    id: JobId,
    stop: CancellationToken,
) -> Response {
    let follower =
        Follower { store, requester, id, n_events: 0, shown: String::new(), is_over: false };
    respond(events(follower).take_until(stop.cancelled_owned()))
}

/// Whoever follows a job.
struct Follower {
    store: Arc<Store>,
    requester: Requester,
    id: JobId,
    n_events: usize,
    shown: String,
    is_over: bool,
}

fn events(follower: Follower) -> impl Stream<Item = sse::Event> {
    stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((event, follower))
    })
}

impl Follower {
    /// Waits until the job looks different than it was shown; `None` after it has ended.
    async fn next(&mut self) -> Option<sse::Event> {
        if 0 < self.n_events {
            sleep(BETWEEN_EVENTS).await;
        }
        let mut changes = self.store.job_changes();
        while !self.is_over {
            // Gone or hidden by now, or the catalog is: the client connects again and learns which.
            let progress = self.look().await.ok()??;
            self.is_over = progress.job.state.has_ended();
            let shown = serde_json::to_string(&progress).unwrap_or_default();
            if shown != self.shown {
                self.shown = shown;
                self.n_events += 1;
                let name = if self.is_over { "job.ended" } else { "job.progress" };
                return Some(encode(self.n_events, name, "job.failed", &progress));
            }
            // Either it changed here, or it is time to look whether it changed elsewhere.
            timeout(LOOK, changes.changed()).await.ok();
        }
        None
    }

    /// Looks at the job, with the rights of this moment; `None` once the session has ended.
    async fn look(&self) -> Result<Option<JobProgress>> {
        let Some(requester) = self.requester.still(&self.store).await? else { return Ok(None) };
        let scope = requester.scope(&[])?;
        let job = Job::from(self.store.job(&scope, self.id).await?);
        let working = self.store.items_in_work(&scope, self.id).await?;
        Ok(Some(JobProgress { job, working: working.into_iter().map(JobItem::from).collect() }))
    }
}
