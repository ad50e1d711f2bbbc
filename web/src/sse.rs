//! Server-sent events: an answer's log as a stream that can be taken up again.

use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::answers::AnswerLog;
use crate::error::ApiError;
use crate::wire::event::Event;

/// How often a comment shows that the connection lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// The header in which a client says what it has seen.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What a client that takes up a stream again has seen; 0 for one that begins.
pub(crate) fn seen(headers: &HeaderMap) -> usize {
    let id = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    id.and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// Streams the events of an answer after the ones that were seen.
///
/// With a `guard`, a client that goes away stops the answer.
pub(crate) fn response(
    log: Arc<AnswerLog>,
    seen: usize,
    stop: CancellationToken,
    guard: Option<DropGuard>,
) -> Response {
    let events = events(log, seen).take_until(stop.cancelled_owned()).map(move |event| {
        // The guard lives as long as the stream that owns this closure.
        let _alive = &guard;
        Ok::<_, Infallible>(event)
    });
    let first = stream::once(async { Ok(sse::Event::default().retry(RETRY)) });
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive");
    let headers = [
        (HeaderName::from_static("x-accel-buffering"), "no"),
        (CACHE_CONTROL, "no-cache, no-transform"),
    ];
    (headers, Sse::new(first.chain(events)).keep_alive(keep_alive)).into_response()
}

/// Yields events, numbered from 1, until the last.
fn events(log: Arc<AnswerLog>, seen: usize) -> impl Stream<Item = sse::Event> {
    stream::unfold((log, seen), |(log, seen)| async move {
        let event = log.event(seen).await?;
        Some((encode(&event, seen + 1), (log, seen + 1)))
    })
}

/// Writes an event with its number.
fn encode(event: &Event, number: usize) -> sse::Event {
    let named = sse::Event::default().id(number.to_string()).event(event.name());
    named.json_data(event).unwrap_or_else(|error| {
        let fault = ApiError::internal(error.to_string());
        fault.log(None);
        sse::Event::default().id(number.to_string()).event("answer.failed").data("{}")
    })
}
