//! `/api/v1/answers`: asks a question, follows the answer, stops it.

use axum::extract::State;
use axum::http::header::{ACCEPT, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

use footnote_core::id::AnswerId;

use crate::answers::{AnswerLog, Asked};
use crate::auth;
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::sse;
use crate::state::AppState;
use crate::wire::answer::{AnswerLink, AnswerParams, AnswerRequest};
use crate::wire::event::Event;

/// Asks a question: 201 with the answer's id, 200 with the whole answer (`wait`), or a stream.
pub(super) async fn create(
    State(state): State<AppState>,
    Params(params): Params<AnswerParams>,
    headers: HeaderMap,
    Json(request): Json<AnswerRequest>,
) -> Result<Response, ApiError> {
    let question = request.question().map_err(|error| ApiError::from(error).at("/as_of"))?;
    state
        .app
        .check_question(&question.text)
        .map_err(|error| ApiError::from(error).at("/question"))?;
    let scope = state.scope(&request.collections).await?;
    let asked = Asked { scope, question, collections: request.collections };
    let log = state.answers.ask(asked)?;
    if params.wait {
        return whole(&state, &log).await;
    }
    if wants_stream(&headers) {
        let guard = log.cancel_token().drop_guard();
        return Ok(sse::answer::response(log, 0, state.stop, Some(guard)));
    }
    let location = [(LOCATION, format!("/api/v1/answers/{}", log.id()))];
    Ok((StatusCode::CREATED, location, axum::Json(AnswerLink { id: log.id() })).into_response())
}

/// Returns an answer that is finished.
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<AnswerId>,
) -> Result<Response, ApiError> {
    let log = find(&state, id).await?;
    match log.last() {
        Some(last) => finished(&last),
        None => Err(ApiError::new(
            StatusCode::CONFLICT,
            "not-finished",
            "the answer is being made; follow it at its `/events`",
        )),
    }
}

/// Streams what happens, from the beginning or from where the client left off.
pub(super) async fn events(
    State(state): State<AppState>,
    Id(id): Id<AnswerId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let log = find(&state, id).await?;
    Ok(sse::answer::response(log, sse::answer::seen(&headers), state.stop, None))
}

/// Stops an answer.
pub(super) async fn cancel(
    State(state): State<AppState>,
    Id(id): Id<AnswerId>,
) -> Result<StatusCode, ApiError> {
    find(&state, id).await?.cancel();
    Ok(StatusCode::ACCEPTED)
}

/// Waits for the whole answer; a client that goes away stops it.
async fn whole(state: &AppState, log: &Arc<AnswerLog>) -> Result<Response, ApiError> {
    let guard = log.cancel_token().drop_guard();
    let last = log.ended().await?;
    guard.disarm();
    find(state, log.id()).await?;
    finished(&last)
}

/// Turns the last event of an answer into a response.
fn finished(last: &Event) -> Result<Response, ApiError> {
    match last {
        Event::Completed(answer) => Ok(axum::Json(answer).into_response()),
        Event::Failed(error) => Err(error.clone()),
        other => Err(ApiError::internal(format!("an answer ended with {}", other.name()))),
    }
}

/// Finds an answer that is remembered, and whose documents are still there.
async fn find(state: &AppState, id: AnswerId) -> Result<Arc<AnswerLog>, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    let found = state.answers.recall(&state.app.store, &scope, id).await?;
    found.ok_or_else(|| ApiError::not_found("there is no such answer, or no longer"))
}

/// Tells whether the client asked for server-sent events.
fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}
