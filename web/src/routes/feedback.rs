//! `/api/v1/answers/{id}/feedback`: what whoever asked says about an answer in a conversation.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::id::AnswerId;

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::feedback::Feedback;

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
