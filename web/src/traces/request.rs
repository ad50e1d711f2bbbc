//! The span of a request, which goes on with the trace of whoever sends it.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use footnote_core::trace;

use crate::metrics::{NO_ROUTE, known};

/// What the method of a request is called that is none of those known.
const OTHER_METHOD: &str = "_OTHER";

/// Answers a request within its span.
pub(crate) async fn follow(request: Request, next: Next) -> Response {
    let span = begin(&request);
    let response = next.run(request).instrument(span.clone()).await;
    trace::responded(&span, response.status().as_u16());
    response
}

/// Begins the span of a request.
fn begin(request: &Request) -> Span {
    let method = match known(request.method()) {
        "other" => OTHER_METHOD,
        known => known,
    };
    let route = request.extensions().get::<MatchedPath>();
    let span = trace::request(method, route.map_or(NO_ROUTE, MatchedPath::as_str));
    let caller = HeaderExtractor(request.headers());
    let caller = TraceContextPropagator::new().extract(&caller);
    if !span.is_disabled()
        && caller.span().span_context().is_valid()
        && let Err(error) = span.set_parent(caller)
    {
        tracing::debug!(%error, "cannot go on with the trace of a caller");
    }
    span
}
