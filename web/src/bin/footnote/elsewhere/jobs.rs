//! `footnote jobs` of a server.

use hyper::Method;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

use footnote::wire::job::{Job, JobItem, Retried};
use footnote_core::id::JobId;
use footnote_core::job::JobState;
use footnote_core::{Error, Result};

use crate::client::Server;
use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::jobs::show::{self, JobWithItems};
use crate::jobs::{Command, said};

/// How long two looks at a job lie apart.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Does what the command says.
pub(super) async fn run(command: Command, server: &Server, context: &Context) -> Result<Outcome> {
    let output = context.output();
    match command {
        Command::List { limit } => {
            let jobs = server.list::<Job>("/api/v1/jobs", limit).await?;
            output.list(&jobs, show::table)?;
        }
        Command::Show { id, failed } => {
            output.one(&with_items(server, id, failed).await?, show::details)?;
        }
        Command::Watch { id } => return watch(id, server, context).await,
        Command::Cancel { id } => steer(server, id, "cancel", "Cancelled").await?,
        Command::Pause { id } => steer(server, id, "pause", "Paused").await?,
        Command::Resume { id } => steer(server, id, "resume", "Resumed").await?,
        Command::Retry { id, item } => {
            let path = path(id, "/retry");
            let wanted = match item {
                None => json!({}),
                Some(uri) => one(server, id, &uri).await?,
            };
            let retried: Retried = server.create(&path, &wanted).await?;
            output.one(&retried, |retried| show::retried(retried.items))?;
        }
    }
    Ok(Outcome::Done)
}

/// Names an item of a job by its path.
async fn one(server: &Server, id: JobId, uri: &str) -> Result<serde_json::Value> {
    let items = server.list::<JobItem>(&path(id, "/items"), usize::MAX).await?;
    let found = items.into_iter().find(|item| item.uri == uri);
    let item = found.ok_or_else(|| Error::not_found(format!("the job has no item `{uri}`")))?;
    Ok(json!({ "source": item.source, "uri": item.uri }))
}

/// Waits until a job has ended, and shows what became of it.
async fn watch(id: Option<JobId>, server: &Server, context: &Context) -> Result<Outcome> {
    let id = match id {
        Some(id) => id,
        None => latest(server).await?,
    };
    let stop = interrupt::watch()?;
    let Some(ended) = stop.run_until_cancelled(ended(server, id)).await else {
        return Ok(Outcome::Interrupted);
    };
    let state = ended?.state;
    let watched = with_items(server, id, true).await?;
    context.output().one(&watched, show::details)?;
    let is_well = state == JobState::Completed && watched.items.is_empty();
    Ok(if is_well { Outcome::Done } else { Outcome::SomeFailed })
}

/// Waits until a job has ended.
pub(super) async fn ended(server: &Server, id: JobId) -> Result<Job> {
    loop {
        let job: Job = server.get(&path(id, "")).await?;
        if job.state.has_ended() {
            return Ok(job);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

/// Returns the items of a job that failed.
pub(super) async fn failed(server: &Server, id: JobId) -> Result<Vec<JobItem>> {
    Ok(with_items(server, id, true).await?.items)
}

async fn latest(server: &Server) -> Result<JobId> {
    for state in ["running", "queued"] {
        let path = format!("/api/v1/jobs?state={state}");
        if let Some(job) = server.list::<Job>(&path, 1).await?.into_iter().next() {
            return Ok(job.id);
        }
    }
    Err(Error::not_found("no job is running or waiting")
        .hint("List those that have ended with `footnote jobs list`."))
}

async fn with_items(server: &Server, id: JobId, failed: bool) -> Result<JobWithItems> {
    let job: Job = server.get(&path(id, "")).await?;
    let items = if failed { "/items?state=failed" } else { "/items" };
    let items = server.list::<JobItem>(&path(id, items), usize::MAX).await?;
    Ok(JobWithItems { job, items })
}

async fn steer(server: &Server, id: JobId, verb: &str, what: &str) -> Result<()> {
    server.order(Method::POST, &path(id, &format!("/{verb}"))).await?;
    said(what, id)
}

fn path(id: JobId, rest: &str) -> String {
    format!("/api/v1/jobs/{id}{rest}")
}
