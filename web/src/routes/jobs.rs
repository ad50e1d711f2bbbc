//! `/api/v1/jobs`: what was ingested when, what became of every item, and how to steer it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use footnote_core::access::Write;
use footnote_core::id::JobId;
use footnote_core::job::{ItemFilter, JobFilter, Retry};

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::openapi::domain;
use crate::sse;
use crate::state::AppState;
use crate::wire::job::{ItemParams, Job, JobItem, JobParams, Retried, RetryRequest};
use crate::wire::{List, page_size};

/// Lists jobs, the latest first.
#[utoipa::path(
    get,
    path = "/jobs",
    operation_id = "list_jobs",
    tag = "jobs",
    params(JobParams),
    responses((status = 200, description = "A page of them", body = List<Job>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
    Params(params): Params<JobParams>,
) -> Result<axum::Json<List<Job>>, ApiError> {
    let scope = state.scope(&requester, params.collection.as_slice()).await?;
    let size = page_size(params.limit);
    let filter = JobFilter { collection: None, state: params.state, before: params.cursor };
    let jobs = state.app.store.jobs(&scope, &filter, size + 1).await?;
    Ok(axum::Json(List::page(jobs, size, |last| last.id.to_string()).map(Job::from)))
}

/// Returns a job.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    operation_id = "show_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    responses((status = 200, description = "The job with its counts", body = Job))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
) -> Result<axum::Json<Job>, ApiError> {
    let scope = requester.scope(&[])?;
    Ok(axum::Json(state.app.store.job(&scope, id).await?.into()))
}

/// Lists the items of a job by root and uri.
#[utoipa::path(
    get,
    path = "/jobs/{id}/items",
    operation_id = "list_job_items",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job"), ItemParams),
    responses((status = 200, description = "A page of them", body = List<JobItem>))
)]
pub(super) async fn items(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
    Params(params): Params<ItemParams>,
) -> Result<axum::Json<List<JobItem>>, ApiError> {
    let scope = requester.scope(&[])?;
    let size = page_size(params.limit);
    let after = params.cursor.as_deref().map(serde_json::from_str).transpose();
    let after = after
        .map_err(|_unreadable| ApiError::invalid("`cursor` is not one of ours").at("cursor"))?;
    let filter = ItemFilter { state: params.state, after };
    let mut items = state.app.store.job_items(&scope, id, &filter, size + 1).await?;
    let more = size < items.len();
    items.truncate(size);
    let last = items.last().filter(|_| more).map(|last| [&last.root, &last.uri]);
    let next_cursor = last.map(|place| serde_json::to_string(&place)).transpose();
    let next_cursor = next_cursor.map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(axum::Json(List { data: items.into_iter().map(JobItem::from).collect(), next_cursor }))
}

/// Streams how a job advances, until it has ended.
#[utoipa::path(
    get,
    path = "/jobs/{id}/events",
    operation_id = "follow_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    responses((status = 200, description = "Server-sent events, `job.progress` and at last `job.ended`, each with a `JobProgress` as `data`, the whole state", body = domain::ServerSentEvent, content_type = "text/event-stream"))
)]
pub(super) async fn events(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
) -> Result<Response, ApiError> {
    let scope = requester.scope(&[])?;
    let job = state.app.store.job(&scope, id).await?;
    Ok(sse::job::response(state.app.store.clone(), requester, job.id, state.stop))
}

/// Stops a job for good; what is ready stays.
#[utoipa::path(
    post,
    path = "/jobs/{id}/cancel",
    operation_id = "cancel_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    responses((status = 202, description = "Nothing more of it is done"))
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
) -> Result<StatusCode, ApiError> {
    let id = writable(&state, &requester, id).await?;
    state.app.store.cancel_job(&requester.scope(&[])?, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Lets a job wait until it is resumed.
#[utoipa::path(
    post,
    path = "/jobs/{id}/pause",
    operation_id = "pause_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    responses((status = 202, description = "Nothing more of it is taken"))
)]
pub(super) async fn pause(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
) -> Result<StatusCode, ApiError> {
    let id = writable(&state, &requester, id).await?;
    state.app.store.pause_job(&requester.scope(&[])?, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Lets a paused job go on.
#[utoipa::path(
    post,
    path = "/jobs/{id}/resume",
    operation_id = "resume_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    responses((status = 202, description = "It goes on"))
)]
pub(super) async fn resume(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
) -> Result<StatusCode, ApiError> {
    let id = writable(&state, &requester, id).await?;
    state.app.store.resume_job(&requester.scope(&[])?, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Tries again what failed: one item, or all of them.
#[utoipa::path(
    post,
    path = "/jobs/{id}/retry",
    operation_id = "retry_job",
    tag = "jobs",
    params(("id" = domain::JobId, Path, description = "The job")),
    request_body(content = Option<RetryRequest>),
    responses((status = 202, description = "They wait to be tried again", body = Retried))
)]
pub(super) async fn retry(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<JobId>,
    body: Option<Json<RetryRequest>>,
) -> Result<(StatusCode, axum::Json<Retried>), ApiError> {
    let Json(RetryRequest { source, uri }) = body.unwrap_or(Json(RetryRequest::default()));
    let which = match (&source, &uri) {
        (None, None) => Retry::Failed,
        (Some(root), Some(uri)) => Retry::One { root, uri },
        _ => {
            let detail = "name an item by `source` and `uri`, or none for all that failed";
            return Err(ApiError::invalid(detail).at("/uri"));
        }
    };
    let id = writable(&state, &requester, id).await?;
    let items = state.app.store.retry_items(&requester.scope(&[])?, id, which).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(Retried { items })))
}

/// Makes sure that the requester may steer a job: only who may write where it writes may.
async fn writable(state: &AppState, requester: &Requester, id: JobId) -> Result<JobId, ApiError> {
    Ok(requester.may::<Write, _>(state.app.store.as_ref(), id).await?.id())
}
