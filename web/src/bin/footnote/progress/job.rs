//! How a job advances that any process works on.

use indicatif::ProgressBar;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use footnote::wire::job::{Job, JobItem, JobProgress};
use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::JobId;
use footnote_core::job::JobState;
use footnote_store::Store;

use super::{BETWEEN_LINES, Style, bar, json, line};

/// How often the job is looked at though nothing in this process changed it.
const LOOK: Duration = Duration::from_millis(300);

/// How long two looks lie apart at least.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Shows how a job advances until it has ended or watching is cancelled, and returns it.
///
/// # Errors
/// `NotFound` when there is no such job in the scope.
pub(crate) async fn follow(
    store: &Store,
    scope: &Scope,
    id: JobId,
    style: Style,
    cancel: &CancellationToken,
) -> Result<Job> {
    let mut show = Show::new(style);
    let mut changes = store.job_changes();
    loop {
        let job = Job::from(store.job(scope, id).await?);
        let has_ended = job.state.has_ended();
        if has_ended || cancel.is_cancelled() {
            show.finish();
            return Ok(job);
        }
        let working = store.items_in_work(scope, id).await?;
        show.update(&JobProgress {
            job,
            working: working.into_iter().map(JobItem::from).collect(),
        });
        tokio::select! {
            _ = timeout(LOOK, changes.changed()) => sleep(BETWEEN_LOOKS).await,
            () = cancel.cancelled() => {}
        }
    }
}

/// A bar, lines or JSON.
struct Show {
    style: Style,
    bar: Option<ProgressBar>,
    last_line: Instant,
    last_json: String,
}

impl Show {
    fn new(style: Style) -> Self {
        let bar = (style == Style::Bars).then(|| bar("{spinner:.cyan} {bar:24.cyan/dim} {msg}"));
        Self { style, bar, last_line: Instant::now(), last_json: String::new() }
    }

    fn update(&mut self, progress: &JobProgress) {
        if self.style == Style::Json {
            let text = serde_json::to_string(progress).unwrap_or_default();
            if text != self.last_json {
                json(progress);
                self.last_json = text;
            }
        } else if let Some(bar) = &self.bar {
            let counts = progress.job.counts;
            bar.set_length(counts.total);
            bar.set_position(counts.total - counts.waiting - counts.working);
            bar.set_message(describe(progress));
        } else if self.style == Style::Plain && BETWEEN_LINES <= self.last_line.elapsed() {
            self.last_line = Instant::now();
            line(&describe(progress));
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Says in a line how far a job is, and why it stands still if it does.
fn describe(progress: &JobProgress) -> String {
    let JobProgress { job, working } = progress;
    let counts = job.counts;
    let n_done = counts.total - counts.waiting - counts.working;
    let mut parts = vec![
        format!("{n_done}/{}{} files", counts.total, if job.listed { "" } else { "+" }),
        format!("{} chunks", counts.chunks),
    ];
    if 0 < counts.failed {
        parts.push(format!("{} failed", counts.failed));
    }
    let stalled = working.iter().find_map(|item| Some((item, item.stalled.as_ref()?)));
    if job.paused_ms.is_some() {
        parts.push("paused".to_owned());
    } else if let Some((item, stalled)) = stalled {
        parts.push(format!("{}: {}", item.uri, stalled.reason));
    } else if job.state == JobState::Queued {
        parts.push("waits for a worker".to_owned());
    }
    parts.join(" · ")
}
