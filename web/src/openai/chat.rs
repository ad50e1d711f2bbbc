//! `POST /v1/chat/completions`: answers the last message from the documents.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;

use footnote_core::answer::Question;

use super::completion::{Completion, Frame};
use super::request::ChatRequest;
use super::{chunks, models};
use crate::answers::{AnswerLog, Asked};
use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::Json;
use crate::origin::Origin;
use crate::state::AppState;
use crate::wire::answer::Answer;
use crate::wire::event::Event;

/// Answers whole, or in chunks.
pub(super) async fn complete(
    State(state): State<AppState>,
    requester: Requester,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<ChatRequest>,
) -> Result<Response, ApiError> {
    let asked = Asking { model: &request.model, field: "messages", question: request.question()? };
    let log = asked.begin(&state, &requester, &headers).await?;
    let frame = Frame {
        origin,
        appends_sources: request.appends_sources(),
        includes_usage: request.includes_usage(),
        model: request.model.clone(),
    };
    if request.streams() {
        return Ok(chunks::response(log, frame, state.stop));
    }
    let answer = finished(&state, &requester, &log).await?;
    Ok(axum::Json(Completion::new(&answer, frame)).into_response())
}

/// A question, as a client asks it.
pub(super) struct Asking<'a> {
    /// The model as the client named it: where to look.
    pub(super) model: &'a str,
    /// The field in which the question stands.
    pub(super) field: &'static str,
    /// The question.
    pub(super) question: Question,
}

impl Asking<'_> {
    /// Asks it of what the model, or a header, names, and returns the log to follow.
    ///
    /// # Errors
    /// Why it is not asked, with the field that is wrong.
    pub(super) async fn begin(
        self,
        state: &AppState,
        requester: &Requester,
        headers: &HeaderMap,
    ) -> Result<Arc<AnswerLog>, ApiError> {
        let Self { model, field, question } = self;
        let collections = models::collections(model, headers)?;
        let checked = state.app.check_question(&question.text);
        checked.map_err(|error| ApiError::from(error).at(field))?;
        let scope = state.scope(requester, &collections).await;
        let scope = scope.map_err(|error| models::explain(error, model))?;
        let requester = requester.clone();
        state.answers.ask(Asked { place: None, requester, scope, question, collections }).await
    }
}

/// Waits for the whole answer; a client that goes away stops it.
///
/// # Errors
/// Why there is none, or why its asker may not see it any more.
pub(super) async fn finished(
    state: &AppState,
    requester: &Requester,
    log: &Arc<AnswerLog>,
) -> Result<Answer, ApiError> {
    let guard = log.cancel_token().drop_guard();
    let last = log.ended().await?;
    guard.disarm();
    let kept = state.answers.recall(requester, log.id()).await?;
    kept.ok_or_else(|| ApiError::not_found("a document that the answer cites is gone"))?;
    match last.as_ref() {
        Event::Completed(answer) => Ok(answer.as_ref().clone()),
        Event::Failed(error) => Err(error.clone()),
        other => Err(ApiError::internal(format!("an answer ended with {}", other.name()))),
    }
}
