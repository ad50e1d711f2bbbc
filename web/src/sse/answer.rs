//! An answer's log as a stream that can be taken up again.

use axum::http::HeaderMap;
use axum::http::header::HeaderName;
use axum::response::Response;
use futures_util::stream::{self, Stream, StreamExt as _};
use std::sync::Arc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{encode, respond};
use crate::answers::AnswerLog;
use crate::wire::event::Event;

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
    let events = follow(log, seen)
        .map(|(number, event)| encode(number, event.name(), "answer.failed", &event));
    respond(guarded(events, stop, guard))
}

/// Ends a stream when the server stops; the guard goes with the stream.
pub(crate) fn guarded<T>(
    events: impl Stream<Item = T>,
    stop: CancellationToken,
    guard: Option<DropGuard>,
) -> impl Stream<Item = T> {
    events.take_until(stop.cancelled_owned()).inspect(move |_event| {
        // The guard lives as long as the stream that owns this closure.
        let _alive = &guard;
    })
}

/// Yields events as they happen, numbered from 1, until the last.
pub(crate) fn follow(log: Arc<AnswerLog>, seen: usize) -> impl Stream<Item = (usize, Arc<Event>)> {
    stream::unfold((log, seen), |(log, seen)| async move {
        let event = log.event(seen).await?;
        Some(((seen + 1, event), (log, seen + 1)))
    })
}
