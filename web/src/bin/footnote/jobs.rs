//! `footnote jobs`: what was ingested when, and what became of every item.

use console::style;
use serde::Serialize;

use footnote::auth;
use footnote::wire::job::{Job, JobItem};
use footnote_core::Result;
use footnote_core::id::JobId;
use footnote_core::job::JobState;

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::columns;

/// What to look at.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the latest jobs
    List {
        /// How many
        #[arg(long, default_value_t = 20, value_name = "N")]
        limit: usize,
    },
    /// Show a job and its items
    Show {
        /// Its id
        id: JobId,
    },
}

/// A job with its items.
#[derive(Serialize)]
struct JobWithItems {
    #[serde(flatten)]
    job: Job,
    items: Vec<JobItem>,
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let store = context.store("footnote jobs").await?;
    let scope = auth::scope(&auth::command_line(), &[])?;
    match command {
        Command::List { limit } => {
            let jobs: Vec<Job> =
                store.jobs(&scope, limit).await?.into_iter().map(Job::from).collect();
            context.output().list(&jobs, table)?;
        }
        Command::Show { id } => {
            let job = Job::from(store.job(&scope, id).await?);
            let items = store.job_items(&scope, id, None).await?;
            let items = items.into_iter().map(JobItem::from).collect();
            context.output().one(&JobWithItems { job, items }, details)?;
        }
    }
    store.close().await?;
    Ok(Outcome::Done)
}

fn table(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "Nothing was ingested yet.\n".to_owned();
    }
    let heads = ["STATE", "READY", "UNCHANGED", "FAILED", "CHUNKS", "SOURCE", "ID"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(jobs.iter().map(|job| {
        vec![
            state(job.state).to_owned(),
            job.counts.ready.to_string(),
            job.counts.unchanged.to_string(),
            job.counts.failed.to_string(),
            job.counts.chunks.to_string(),
            job.source.clone(),
            style(job.id).dim().to_string(),
        ]
    }));
    columns(&rows)
}

fn details(shown: &JobWithItems) -> String {
    let item = |item: &JobItem| {
        let state = serde_json::to_value(item.state).ok();
        let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default().to_owned();
        let detail = item.detail.clone().unwrap_or_default();
        vec![state, item.uri.clone(), item.chunks.to_string(), detail]
    };
    let rows: Vec<_> = shown.items.iter().map(item).collect();
    format!("{}\n{}", table(std::slice::from_ref(&shown.job)), columns(&rows))
}

fn state(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Running => "running",
        JobState::Completed => "completed",
        JobState::Failed => "failed",
        JobState::Cancelled => "cancelled",
    }
}
