//! `/api/v1/jobs`: what was ingested when, and what became of every item.

use axum::extract::State;

use footnote_core::id::JobId;

use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::state::AppState;
use crate::wire::job::{Job, JobItem};
use crate::wire::{List, PageParams};

/// Lists jobs, the latest first.
pub(super) async fn list(
    State(state): State<AppState>,
    Params(page): Params<PageParams>,
) -> Result<axum::Json<List<Job>>, ApiError> {
    let scope = state.scope(page.collection.as_slice()).await?;
    let jobs = state.app.store.jobs(&scope, page.size()).await?;
    Ok(axum::Json(List::whole(jobs.into_iter().map(Job::from).collect())))
}

/// Returns a job.
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<JobId>,
) -> Result<axum::Json<Job>, ApiError> {
    let scope = state.scope(&[]).await?;
    Ok(axum::Json(state.app.store.job(&scope, id).await?.into()))
}

/// Lists the items of a job.
pub(super) async fn items(
    State(state): State<AppState>,
    Id(id): Id<JobId>,
) -> Result<axum::Json<List<JobItem>>, ApiError> {
    let scope = state.scope(&[]).await?;
    let items = state.app.store.job_items(&scope, id, None).await?;
    Ok(axum::Json(List::whole(items.into_iter().map(JobItem::from).collect())))
}
