//! Server-sent events: what a client follows as it happens.

pub(crate) mod answer;
pub(crate) mod everything;
pub(crate) mod job;

use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;

use crate::error::ApiError;

/// How often a comment shows that the connection lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// Makes a response of events that a client may take up again.
fn respond(events: impl Stream<Item = sse::Event> + Send + 'static) -> Response {
    respond_bare(stream::once(async { sse::Event::default().retry(RETRY) }).chain(events))
}

/// Makes a response of events and nothing else, for clients that read each as a message.
pub(crate) fn respond_bare(events: impl Stream<Item = sse::Event> + Send + 'static) -> Response {
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive");
    let headers = [
        (HeaderName::from_static("x-accel-buffering"), "no"),
        (CACHE_CONTROL, "no-cache, no-transform"),
    ];
    let events = events.map(Ok::<_, Infallible>);
    (headers, Sse::new(events).keep_alive(keep_alive)).into_response()
}

/// Writes an event with its number; one that cannot be written is logged and named `failure`.
fn encode(number: usize, name: &str, failure: &str, data: &impl Serialize) -> sse::Event {
    let numbered = || sse::Event::default().id(number.to_string());
    numbered().event(name).json_data(data).unwrap_or_else(|error| {
        ApiError::internal(error.to_string()).log(None);
        numbered().event(failure).data("{}")
    })
}
