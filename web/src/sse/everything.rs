//! What happens, as one stream for a page that is open: jobs, the asker's own answers, evaluations.
//!
//! Every event holds the whole state of what it names, so a client that connects again has missed
//! nothing. What may be seen is looked up each time; the stream ends with the session.

use axum::response::{Response, sse};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::{sleep, timeout};

use footnote_core::Result;
use footnote_core::access::Action;
use footnote_core::job::JobFilter;

use super::{encode, respond};
use crate::auth::Requester;
use crate::state::AppState;
use crate::wire::eval::{Run, RunState};
use crate::wire::job::Job;

/// How often it is looked though nothing in this process changed.
const LOOK: Duration = Duration::from_secs(2);

/// How long two looks lie apart at least.
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// How many of the latest jobs and runs are looked at.
const LATEST: usize = 50;

/// Streams what happens, as somebody may see it.
pub(crate) fn response(state: AppState, requester: Requester) -> Response {
    let stop = state.stop.clone();
    let follower = Follower {
        state,
        requester,
        n_events: 0,
        shown: HashMap::new(),
        waiting: VecDeque::new(),
        is_first: true,
    };
    respond(events(follower).take_until(stop.cancelled_owned()))
}

/// Whoever follows what happens.
struct Follower {
    state: AppState,
    requester: Requester,
    n_events: usize,
    /// What was shown of each thing last, by its id.
    shown: HashMap<String, String>,
    waiting: VecDeque<sse::Event>,
    is_first: bool,
}

fn events(follower: Follower) -> impl Stream<Item = sse::Event> {
    stream::unfold(follower, |mut follower| async move {
        let event = follower.next().await?;
        Some((event, follower))
    })
}

impl Follower {
    /// Waits until something looks different than it was shown; `None` once nothing may be seen.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let mut jobs = self.state.app.store.job_changes();
            let mut answers = self.state.answers.changes();
            if !self.is_first {
                sleep(BETWEEN_LOOKS).await;
            }
            // Gone, or the catalog is: the client connects again and learns which.
            if !self.look().await.ok()? {
                return None;
            }
            self.is_first = false;
            if self.waiting.is_empty() {
                let changed = async {
                    tokio::select! {
                        _changed = jobs.changed() => {}
                        _changed = answers.changed() => {}
                    }
                };
                timeout(LOOK, changed).await.ok();
            }
        }
    }

    /// Looks at everything; tells whether it may still be seen.
    async fn look(&mut self) -> Result<bool> {
        let Some(requester) = self.requester.still(&self.state.app.store).await? else {
            return Ok(false);
        };
        self.look_at_jobs(&requester).await?;
        for answer in self.state.answers.of(requester.person()) {
            let is_over = answer.state.is_over();
            self.note(answer.id.to_string(), "answer.state", &answer, is_over);
        }
        if requester.may_everywhere(Action::Administer).is_ok() {
            self.look_at_runs().await?;
        }
        Ok(true)
    }

    async fn look_at_jobs(&mut self, requester: &Requester) -> Result<()> {
        let filter = JobFilter { collection: None, state: None, before: None };
        let jobs = self.state.app.store.jobs(&requester.scope(&[])?, &filter, LATEST).await?;
        for job in jobs.into_iter().rev().map(Job::from) {
            let is_over = job.state.has_ended();
            let name = if is_over { "job.ended" } else { "job.progress" };
            self.note(job.id.to_string(), name, &job, is_over);
        }
        Ok(())
    }

    async fn look_at_runs(&mut self) -> Result<()> {
        let runs = self.state.app.store.runs(None, None, LATEST).await?;
        for run in runs.into_iter().rev() {
            let run = Run::read(run)?;
            let is_over = run.state != RunState::Running;
            self.note(run.id.to_string(), "run.progress", &run, is_over);
        }
        Ok(())
    }

    /// Puts what looks different into the stream. What was over before the client came is not told.
    fn note(&mut self, id: String, name: &str, data: &impl Serialize, is_over: bool) {
        let shown = serde_json::to_string(data).unwrap_or_default();
        if self.shown.get(&id) == Some(&shown) {
            return;
        }
        self.shown.insert(id, shown);
        if self.is_first && is_over {
            return;
        }
        self.n_events += 1;
        self.waiting.push_back(encode(self.n_events, name, "failed", data));
    }
}
