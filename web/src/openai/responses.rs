//! `POST /v1/responses`: the same answers for clients of OpenAI's newer API. Nothing is stored under a
//! response's id; earlier turns come in `input`.

mod request;
mod shape;
mod stream;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};

use super::chat::{Asking, finished};
use super::completion::Frame;
use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::Json;
use crate::origin::Origin;
use crate::state::AppState;
use request::ResponseRequest;
use shape::Shape;

/// Answers whole, or as events.
pub(super) async fn respond(
    State(state): State<AppState>,
    requester: Requester,
    origin: Origin,
    headers: HeaderMap,
    Json(request): Json<ResponseRequest>,
) -> Result<Response, ApiError> {
    let asked = Asking { model: &request.model, field: "input", question: request.question()? };
    let log = asked.begin(&state, &requester, &headers).await?;
    let frame = Frame {
        origin,
        appends_sources: request.appends_sources(),
        includes_usage: true,
        model: request.model.clone(),
    };
    let shape = Shape::new(log.id(), frame);
    if request.streams() {
        return Ok(stream::response(log, shape, state.stop));
    }
    let answer = finished(&state, &requester, &log).await?;
    Ok(axum::Json(shape.whole(&answer)).into_response())
}
