//! `/api/v1/answers`: asks a question, follows the answer, stops it.

use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use tokio_util::sync::DropGuard;

use footnote_core::id::AnswerId;

use crate::answers::{AnswerLog, Asked, Place};
use crate::auth::Requester;
use crate::error::{ApiError, Code};
use crate::extract::{Id, Json, Params};
use crate::idempotency::IdempotencyKey;
use crate::openapi::domain;
use crate::sse;
use crate::state::AppState;
use crate::wire::answer::{Answer, AnswerLink, AnswerParams, AnswerRequest};
use crate::wire::event::Event;

/// Asks a question: 201 with the answer's id, 200 with the whole answer (`wait`), or a stream.
///
/// A client that goes away while it waits or reads a stream stops the answer, unless it has sent an
/// `Idempotency-Key`: then it is expected back.
#[utoipa::path(
    post,
    path = "/answers",
    operation_id = "create_answer",
    tag = "answers",
    params(AnswerParams, ("idempotency-key" = Option<String>, Header, pattern = "^[!-~]{1,255}$", description = "The same question under the same key is asked once within a day")),
    request_body = AnswerRequest,
    responses((status = 200, description = "The whole answer with `wait`; its events as they come, each with an `Event` as `data`, where the client accepts `text/event-stream`", content((Answer = "application/json"), (domain::ServerSentEvent = "text/event-stream"))), (status = 201, description = "The answer is being made", body = AnswerLink, headers(("location" = String, description = "Where the answer will be"))))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Params(params): Params<AnswerParams>,
    (key, headers): (IdempotencyKey, HeaderMap),
    Json(request): Json<AnswerRequest>,
) -> Result<Response, ApiError> {
    let stops = !key.is_given();
    let begun = {
        let asked = asked(&state, &requester, &request).await?;
        let answers = Arc::clone(&state.answers);
        async move {
            let log = answers.ask(asked).await?;
            Ok((StatusCode::CREATED, AnswerLink { id: log.id() }))
        }
    };
    let (status, link) = key.once(&state.app.store, &requester, &request, begun).await?;
    if params.wait {
        return whole(&state, &requester, link.id, stops).await;
    }
    if wants_stream(&headers) {
        let log = find(&state, &requester, link.id).await?;
        let guard = stops.then(|| log.cancel_token().drop_guard());
        return Ok(sse::answer::response(log, 0, state.stop, guard));
    }
    let location = [(LOCATION, format!("/api/v1/answers/{}", link.id))];
    Ok((status, location, axum::Json(link)).into_response())
}

/// Makes a question of a request, with what its asker may read.
async fn asked(
    state: &AppState,
    requester: &Requester,
    request: &AnswerRequest,
) -> Result<Asked, ApiError> {
    let place = place(request)?;
    let mut question = request.question().map_err(|error| ApiError::from(error).at("/as_of"))?;
    state
        .app
        .check_question(&question.text)
        .map_err(|error| ApiError::from(error).at("/question"))?;
    let scope = state.scope(requester, &request.collections).await?;
    if let Some(place) = place {
        question.history = state.answers.history(requester, place).await?;
    }
    Ok(Asked {
        place,
        requester: requester.clone(),
        scope,
        question,
        collections: request.collections.clone(),
    })
}

/// Returns an answer that is finished.
#[utoipa::path(
    get,
    path = "/answers/{id}",
    operation_id = "show_answer",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer")),
    responses((status = 200, description = "The whole answer", body = Answer))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
) -> Result<Response, ApiError> {
    let Some(log) = state.answers.recall(&requester, id).await? else {
        return stored(&state, &requester, id).await;
    };
    match log.last() {
        Some(last) => finished(&last),
        None => Err(ApiError::new(
            Code::NotFinished,
            "the answer is being made; follow it at its `/events`",
        )),
    }
}

/// Streams what happens, from the beginning or from where the client left off.
#[utoipa::path(
    get,
    path = "/answers/{id}/events",
    operation_id = "follow_answer",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer"), ("last-event-id" = Option<u64>, Header, description = "The last event that was seen; what comes after it follows")),
    responses((status = 200, description = "Server-sent events until the last; each has a number as `id` and an `Event` as `data`", body = domain::ServerSentEvent, content_type = "text/event-stream"))
)]
pub(super) async fn events(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let log = find(&state, &requester, id).await?;
    Ok(sse::answer::response(log, sse::answer::seen(&headers), state.stop, None))
}

/// Stops an answer.
#[utoipa::path(
    post,
    path = "/answers/{id}/cancel",
    operation_id = "cancel_answer",
    tag = "answers",
    params(("id" = domain::AnswerId, Path, description = "The answer")),
    responses((status = 202, description = "It stops; what was written stays"))
)]
pub(super) async fn cancel(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<AnswerId>,
) -> Result<StatusCode, ApiError> {
    find(&state, &requester, id).await?.cancel();
    Ok(StatusCode::ACCEPTED)
}

/// Returns where a question stands, if it belongs to a conversation.
fn place(request: &AnswerRequest) -> Result<Option<Place>, ApiError> {
    let (conversation, parent) = (request.conversation_id, request.parent_id);
    let Some(conversation) = conversation else {
        if parent.is_some() {
            let detail = "a question follows another only in a conversation";
            return Err(ApiError::invalid(detail).at("/parent_id"));
        }
        return Ok(None);
    };
    if request.history.is_empty() {
        return Ok(Some(Place { conversation, parent }));
    }
    let detail = "in a conversation the earlier turns are known; leave `history` out";
    Err(ApiError::invalid(detail).at("/history"))
}

/// Waits for the whole answer; a client that goes away may stop it.
async fn whole(
    state: &AppState,
    requester: &Requester,
    id: AnswerId,
    stops: bool,
) -> Result<Response, ApiError> {
    let Some(log) = state.answers.recall(requester, id).await? else {
        return stored(state, requester, id).await;
    };
    let guard = stops.then(|| log.cancel_token().drop_guard());
    let last = log.ended().await?;
    drop(guard.map(DropGuard::disarm));
    find(state, requester, id).await?;
    finished(&last)
}

/// Sends an answer that is kept, exactly as it was shown.
async fn stored(
    state: &AppState,
    requester: &Requester,
    id: AnswerId,
) -> Result<Response, ApiError> {
    let stored = state.answers.stored(requester, id).await?;
    Ok(([(CONTENT_TYPE, "application/json")], stored).into_response())
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
async fn find(
    state: &AppState,
    requester: &Requester,
    id: AnswerId,
) -> Result<Arc<AnswerLog>, ApiError> {
    let found = state.answers.recall(requester, id).await?;
    found.ok_or_else(|| ApiError::not_found("there is no such answer, or no longer"))
}

/// Tells whether the client asked for server-sent events.
fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}
