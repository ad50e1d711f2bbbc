//! `/api/v1/events`: what happens, as one stream for a page that is open.

use axum::extract::State;
use axum::response::Response;

use crate::auth::Requester;
use crate::openapi::domain;
use crate::sse;
use crate::state::AppState;

/// Streams what happens: jobs, the requester's own answers, and evaluations for admins.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "follow_everything",
    tag = "operations",
    responses((status = 200, description = "Server-sent events, `job.progress`, `job.ended`, `answer.state` and `run.progress`, each with a `Happening` as `data`, the whole state of what it names; what goes on when the stream begins comes first", body = domain::ServerSentEvent, content_type = "text/event-stream"))
)]
pub(super) async fn follow(State(state): State<AppState>, requester: Requester) -> Response {
    sse::everything::response(state, requester)
}
