//! `footnote jobs`: what was ingested when, what became of every item, and how to steer it.

pub(crate) mod show;

use console::style;

use footnote::auth;
use footnote::wire::job::{Job, JobItem, Retried};
use footnote_core::access::Scope;
use footnote_core::id::JobId;
use footnote_core::job::{ItemFilter, ItemState, JobFilter, JobState, Retry};
use footnote_core::{Error, Result};
use footnote_store::Store;

use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::Output;
use crate::progress::follow;
use show::JobWithItems;

/// How many items are read from the catalog at once.
const PAGE: usize = 500;

/// What to do with jobs.
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
        /// Only items that failed
        #[arg(long)]
        failed: bool,
    },
    /// Follow a job until it has ended
    Watch {
        /// Its id [default: the latest that has not ended]
        id: Option<JobId>,
    },
    /// Stop a job for good; what is ready stays
    Cancel {
        /// Its id
        id: JobId,
    },
    /// Let a job wait until it is resumed
    Pause {
        /// Its id
        id: JobId,
    },
    /// Let a paused job go on
    Resume {
        /// Its id
        id: JobId,
    },
    /// Try again what failed: one item, or all of them
    Retry {
        /// The job's id
        id: JobId,
        /// The path of the one, as `jobs show` lists it
        item: Option<String>,
    },
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let store = context.look("footnote jobs").await?;
    let scope = auth::scope(&auth::command_line(), &[])?;
    let outcome = dispatch(command, &context, &store, &scope).await;
    store.close().await?;
    outcome
}

async fn dispatch(
    command: Command,
    context: &Context,
    store: &Store,
    scope: &Scope,
) -> Result<Outcome> {
    let output = context.output();
    match command {
        Command::List { limit } => {
            let jobs = store.jobs(scope, &JobFilter::default(), limit).await?;
            let jobs: Vec<Job> = jobs.into_iter().map(Job::from).collect();
            output.list(&jobs, show::table)?;
        }
        Command::Show { id, failed } => {
            let job = Job::from(store.job(scope, id).await?);
            let items = items(store, scope, id, failed.then_some(ItemState::Failed)).await?;
            output.one(&JobWithItems { job, items }, show::details)?;
        }
        Command::Watch { id } => return watch(id, context, store, scope).await,
        Command::Cancel { id } => {
            store.cancel_job(scope, id).await?;
            said("Cancelled", id)?;
        }
        Command::Pause { id } => {
            store.pause_job(scope, id).await?;
            said("Paused", id)?;
        }
        Command::Resume { id } => {
            store.resume_job(scope, id).await?;
            said("Resumed", id)?;
        }
        Command::Retry { id, item } => {
            let items = retry(store, scope, id, item.as_deref()).await?;
            output.one(&Retried { items }, |retried| show::retried(retried.items))?;
        }
    }
    Ok(Outcome::Done)
}

/// Follows a job and shows what became of it.
async fn watch(
    id: Option<JobId>,
    context: &Context,
    store: &Store,
    scope: &Scope,
) -> Result<Outcome> {
    let id = match id {
        Some(id) => id,
        None => latest(store, scope).await?,
    };
    let cancel = interrupt::watch()?;
    let job = follow(store, scope, id, context.progress(), &cancel).await?;
    let items = items(store, scope, id, Some(ItemState::Failed)).await?;
    let watched = JobWithItems { job, items };
    context.output().one(&watched, show::details)?;
    Ok(match watched.job.state {
        // Only the watching was interrupted.
        JobState::Queued | JobState::Running => Outcome::Interrupted,
        JobState::Completed if watched.items.is_empty() => Outcome::Done,
        JobState::Completed | JobState::Failed | JobState::Cancelled => Outcome::SomeFailed,
    })
}

/// Returns the latest job that has not ended.
async fn latest(store: &Store, scope: &Scope) -> Result<JobId> {
    for state in [JobState::Running, JobState::Queued] {
        let filter = JobFilter { state: Some(state), ..JobFilter::default() };
        if let Some(job) = store.jobs(scope, &filter, 1).await?.into_iter().next() {
            return Ok(job.id);
        }
    }
    Err(Error::not_found("no job is running or waiting")
        .hint("List those that have ended with `footnote jobs list`."))
}

/// Tries again one item, named by its path, or all that failed.
async fn retry(store: &Store, scope: &Scope, id: JobId, item: Option<&str>) -> Result<u64> {
    let Some(uri) = item else { return store.retry_items(scope, id, Retry::Failed).await };
    let found = items(store, scope, id, None).await?.into_iter().find(|item| item.uri == uri);
    let root = found.map(|item| item.source).ok_or_else(|| {
        Error::not_found(format!("the job has no item `{uri}`"))
            .hint(format!("List its items with `footnote jobs show {id}`."))
    })?;
    store.retry_items(scope, id, Retry::One { root: &root, uri }).await
}

/// Returns the items of a job, page by page.
async fn items(
    store: &Store,
    scope: &Scope,
    id: JobId,
    state: Option<ItemState>,
) -> Result<Vec<JobItem>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.job_items(scope, id, &ItemFilter { state, after }, PAGE).await?;
        after = page.last().map(|last| (last.root.clone(), last.uri.clone()));
        let is_last = page.len() < PAGE;
        all.extend(page.into_iter().map(JobItem::from));
        if is_last {
            return Ok(all);
        }
    }
}

/// Says what was done to a job.
pub(crate) fn said(what: &str, id: JobId) -> Result<()> {
    Output::line(format!("{} {id}", style(what).green().bold()))
}
