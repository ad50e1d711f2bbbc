//! `/api/v1/evals/datasets`: sets of questions with known answers. For admins.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use footnote_core::id::DatasetId;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::eval::{Dataset, DatasetQuestion, NewDataset};

/// Lists the sets by name.
#[utoipa::path(
    get,
    path = "/evals/datasets",
    operation_id = "list_datasets",
    tag = "evals",
    responses((status = 200, description = "All of them", body = List<Dataset>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
) -> Result<axum::Json<List<Dataset>>, ApiError> {
    let sets = state.app.store.datasets().await?;
    Ok(axum::Json(List::whole(sets.into_iter().map(Dataset::from).collect())))
}

/// Makes a set with its questions.
#[utoipa::path(
    post,
    path = "/evals/datasets",
    operation_id = "create_dataset",
    tag = "evals",
    request_body = NewDataset,
    responses((status = 201, description = "Made", body = Dataset))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(NewDataset { name, questions }): Json<NewDataset>,
) -> Result<(StatusCode, axum::Json<Dataset>), ApiError> {
    let store = &state.app.store;
    let questions: footnote_core::Result<Vec<_>> =
        questions.into_iter().map(DatasetQuestion::kept).collect();
    let id = store.create_dataset(&name, &questions?).await?;
    requester.did(store, Deed::ChangeDataset, Some(id.to_string())).await?;
    Ok((StatusCode::CREATED, axum::Json(store.dataset(id).await?.into())))
}

/// Returns a set.
#[utoipa::path(
    get,
    path = "/evals/datasets/{id}",
    operation_id = "show_dataset",
    tag = "evals",
    params(("id" = domain::DatasetId, Path, description = "The set")),
    responses((status = 200, description = "The set", body = Dataset))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<DatasetId>,
) -> Result<axum::Json<Dataset>, ApiError> {
    Ok(axum::Json(state.app.store.dataset(id).await?.into()))
}

/// Removes a set with its questions and runs.
#[utoipa::path(
    delete,
    path = "/evals/datasets/{id}",
    operation_id = "remove_dataset",
    tag = "evals",
    params(("id" = domain::DatasetId, Path, description = "The set")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DatasetId>,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_dataset(id).await?;
    requester.did(&state.app.store, Deed::ChangeDataset, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the questions of a set in order.
#[utoipa::path(
    get,
    path = "/evals/datasets/{id}/questions",
    operation_id = "list_dataset_questions",
    tag = "evals",
    params(("id" = domain::DatasetId, Path, description = "The set")),
    responses((status = 200, description = "All of them", body = List<DatasetQuestion>))
)]
pub(super) async fn questions(
    State(state): State<AppState>,
    Id(id): Id<DatasetId>,
) -> Result<axum::Json<List<DatasetQuestion>>, ApiError> {
    state.app.store.dataset(id).await?;
    let kept = state.app.store.dataset_questions(id).await?;
    let read: footnote_core::Result<Vec<_>> = kept.into_iter().map(DatasetQuestion::read).collect();
    Ok(axum::Json(List::whole(read?)))
}

/// Adds a question at the end of a set, or puts it in the place of the one of its id.
#[utoipa::path(
    post,
    path = "/evals/datasets/{id}/questions",
    operation_id = "put_dataset_question",
    tag = "evals",
    params(("id" = domain::DatasetId, Path, description = "The set")),
    request_body = DatasetQuestion,
    responses((status = 204, description = "It is in the set"))
)]
pub(super) async fn put_question(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DatasetId>,
    Json(question): Json<DatasetQuestion>,
) -> Result<StatusCode, ApiError> {
    state.app.store.put_question(id, &question.kept()?).await?;
    requester.did(&state.app.store, Deed::ChangeDataset, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a question of a set; again changes nothing.
#[utoipa::path(
    delete,
    path = "/evals/datasets/{id}/questions/{question}",
    operation_id = "remove_dataset_question",
    tag = "evals",
    params(("id" = domain::DatasetId, Path, description = "The set"), ("question" = String, Path, description = "The id of the question in the set")),
    responses((status = 204, description = "It is not in the set"))
)]
pub(super) async fn remove_question(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, question)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let id: DatasetId =
        id.parse().map_err(|_unreadable| ApiError::not_found(format!("there is no `{id}`")))?;
    state.app.store.dataset(id).await?;
    state.app.store.remove_question(id, &question).await?;
    requester.did(&state.app.store, Deed::ChangeDataset, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}
