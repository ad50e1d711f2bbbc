//! Jobs and their items as text.

use console::style;
use serde::Serialize;

use footnote::wire::job::{Job, JobItem};
use footnote_core::job::{ItemState, JobState};

use crate::output::columns;

/// A job with its items.
#[derive(Serialize)]
pub(crate) struct JobWithItems {
    #[serde(flatten)]
    pub(crate) job: Job,
    pub(crate) items: Vec<JobItem>,
}

/// Writes jobs as a table.
pub(crate) fn table(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "Nothing was ingested yet.\n".to_owned();
    }
    let heads = ["STATE", "DONE", "READY", "UNCHANGED", "FAILED", "CHUNKS", "SOURCE", "ID"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(jobs.iter().map(|job| {
        let counts = job.counts;
        let n_done = counts.total - counts.waiting - counts.working;
        vec![
            state(job).to_owned(),
            format!("{n_done}/{}", counts.total),
            counts.ready.to_string(),
            counts.unchanged.to_string(),
            counts.failed.to_string(),
            counts.chunks.to_string(),
            job.source.clone(),
            style(job.id).dim().to_string(),
        ]
    }));
    columns(&rows)
}

/// Writes a job, why it failed, and its items.
pub(crate) fn details(shown: &JobWithItems) -> String {
    let rows: Vec<_> = shown.items.iter().map(row).collect();
    let why = shown.job.detail.as_ref().map(|why| format!("{why}\n")).unwrap_or_default();
    let gap = if rows.is_empty() { "" } else { "\n" };
    format!("{}{why}{gap}{}", table(std::slice::from_ref(&shown.job)), columns(&rows))
}

/// Says how many items are tried again.
pub(crate) fn retried(n_items: u64) -> String {
    match n_items {
        0 => "Nothing has failed.\n".to_owned(),
        1 => "1 item is tried again.\n".to_owned(),
        n_items => format!("{n_items} items are tried again.\n"),
    }
}

fn row(item: &JobItem) -> Vec<String> {
    let why = match (&item.stalled, &item.code, &item.detail) {
        (Some(stalled), ..) => stalled.reason.clone(),
        (None, Some(code), Some(detail)) => format!("{code}: {detail}"),
        (None, ..) => String::new(),
    };
    vec![word(item.state).to_owned(), item.uri.clone(), item.chunks.to_string(), why]
}

fn state(job: &Job) -> &'static str {
    match job.state {
        JobState::Queued | JobState::Running if job.paused_ms.is_some() => "paused",
        JobState::Queued => "queued",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}

fn word(state: ItemState) -> &'static str {
    match state {
        ItemState::Queued => "queued",
        ItemState::Parsing => "parsing",
        ItemState::Chunking => "chunking",
        ItemState::Embedding => "embedding",
        ItemState::Indexing => "indexing",
        ItemState::Ready => "ready",
        ItemState::Unchanged => "unchanged",
        ItemState::Removed => "removed",
        ItemState::Failed => "failed",
        ItemState::Cancelled => "cancelled",
    }
}
