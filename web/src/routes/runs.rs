//! `/api/v1/evals/runs`: the questions of sets, asked, and how two runs differ. For admins.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::id::RunId;

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::eval::{CompareParams, Comparison, Run, RunParams, RunRequest, RunResult};
use crate::wire::{List, page_size};

/// Lists runs, the newest first.
#[utoipa::path(
    get,
    path = "/evals/runs",
    operation_id = "list_runs",
    tag = "evals",
    params(RunParams),
    responses((status = 200, description = "A page of them", body = List<Run>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<RunParams>,
) -> Result<axum::Json<List<Run>>, ApiError> {
    let size = page_size(params.limit);
    let runs = state.app.store.runs(params.dataset, params.cursor, size + 1).await?;
    let page = List::page(runs, size, |last| last.id.to_string());
    Ok(axum::Json(page.try_map(Run::read)?))
}

/// Asks the questions of a set; the run goes on in the background.
#[utoipa::path(
    post,
    path = "/evals/runs",
    operation_id = "start_run",
    tag = "evals",
    request_body = RunRequest,
    responses((status = 201, description = "It begins, or waits for the one before it", body = Run))
)]
pub(super) async fn start(
    State(state): State<AppState>,
    requester: Requester,
    Json(request): Json<RunRequest>,
) -> Result<(StatusCode, axum::Json<Run>), ApiError> {
    let id = state.evals.start(&requester, request).await?;
    Ok((StatusCode::CREATED, axum::Json(find(&state, id).await?)))
}

/// Returns a run with its figures.
#[utoipa::path(
    get,
    path = "/evals/runs/{id}",
    operation_id = "show_run",
    tag = "evals",
    params(("id" = domain::RunId, Path, description = "The run")),
    responses((status = 200, description = "The run", body = Run))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<RunId>,
) -> Result<axum::Json<Run>, ApiError> {
    Ok(axum::Json(find(&state, id).await?))
}

/// Lists what became of each question, in the order in which they were asked.
#[utoipa::path(
    get,
    path = "/evals/runs/{id}/results",
    operation_id = "list_run_results",
    tag = "evals",
    params(("id" = domain::RunId, Path, description = "The run")),
    responses((status = 200, description = "All of them", body = List<RunResult>))
)]
pub(super) async fn results(
    State(state): State<AppState>,
    Id(id): Id<RunId>,
) -> Result<axum::Json<List<RunResult>>, ApiError> {
    find(&state, id).await?;
    Ok(axum::Json(List::whole(of(&state, id).await?)))
}

/// Stops a run; what was asked stays.
#[utoipa::path(
    post,
    path = "/evals/runs/{id}/cancel",
    operation_id = "cancel_run",
    tag = "evals",
    params(("id" = domain::RunId, Path, description = "The run")),
    responses((status = 202, description = "No further question is asked"))
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    Id(id): Id<RunId>,
) -> Result<StatusCode, ApiError> {
    state.evals.cancel(id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Removes a run with its results; one that goes on ends.
#[utoipa::path(
    delete,
    path = "/evals/runs/{id}",
    operation_id = "remove_run",
    tag = "evals",
    params(("id" = domain::RunId, Path, description = "The run")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    Id(id): Id<RunId>,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_run(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Compares two runs: the figures, and the questions whose figures differ.
#[utoipa::path(
    get,
    path = "/evals/compare",
    operation_id = "compare_runs",
    tag = "evals",
    params(CompareParams),
    responses((status = 200, description = "How they differ", body = Comparison))
)]
pub(super) async fn compare(
    State(state): State<AppState>,
    Params(CompareParams { a, b }): Params<CompareParams>,
) -> Result<axum::Json<Comparison>, ApiError> {
    let before = (find(&state, a).await?, of(&state, a).await?);
    let after = (find(&state, b).await?, of(&state, b).await?);
    Ok(axum::Json(Comparison::new(before, after)))
}

async fn find(state: &AppState, id: RunId) -> Result<Run, ApiError> {
    Ok(Run::read(state.app.store.run(id).await?)?)
}

async fn of(state: &AppState, id: RunId) -> Result<Vec<RunResult>, ApiError> {
    let kept = state.app.store.run_results(id).await?;
    let read: footnote_core::Result<Vec<_>> = kept.into_iter().map(RunResult::read).collect();
    Ok(read?)
}
