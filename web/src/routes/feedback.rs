//! `/api/v1/answers/{id}/feedback`: what whoever asked says about an answer; and all of it for
//! admins.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::id::AnswerId;

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::feedback::{Feedback, FeedbackEntry, FeedbackParams};

/// Returns what whoever asks has said about an answer to their question.
#[utoipa::path(
    get,
    path = "/answers/{id}/feedback",
    operation_id = "show_feedback",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer")),
    responses((status = 200, description = "What they said", body = Feedback))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
) -> Result<axum::Json<Feedback>, ApiError> {
    let found = state.app.store.feedback(requester.person(), id).await?;
    let found = found.ok_or_else(|| ApiError::not_found("there is no feedback on the answer"))?;
    Ok(axum::Json(found.into()))
}

/// Says something about an answer, in place of what was said before.
#[utoipa::path(
    put,
    path = "/answers/{id}/feedback",
    operation_id = "put_feedback",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer")),
    request_body = Feedback,
    responses((status = 204, description = "Kept"))
)]
pub(super) async fn put(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
    Json(feedback): Json<Feedback>,
) -> Result<StatusCode, ApiError> {
    state.app.store.put_feedback(requester.person(), id, &feedback.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what was said about an answer; again changes nothing.
#[utoipa::path(
    delete,
    path = "/answers/{id}/feedback",
    operation_id = "remove_feedback",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer")),
    responses((status = 204, description = "Nothing is said any more"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_feedback(requester.person(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what everybody said, about the newest answers first.
#[utoipa::path(
    get,
    path = "/feedback",
    operation_id = "list_feedback",
    tag = "answers",
    params(FeedbackParams),
    responses((status = 200, description = "A page of it", body = List<FeedbackEntry>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<FeedbackParams>,
) -> Result<axum::Json<List<FeedbackEntry>>, ApiError> {
    let (filter, size) = params.filter();
    let entries = state.app.store.all_feedback(&filter).await?;
    let page = List::page(entries, size, |last| last.answer.to_string());
    Ok(axum::Json(page.map(FeedbackEntry::from)))
}
