//! The Model Context Protocol: what assistants find, read and ask here, and nothing they could change.
//!
//! The library that speaks it is known to this module alone, for it changes often. Over HTTP every
//! request stands alone, without a session, so who asks is told anew each time, as for every other
//! route.

mod ask;
mod desk;
mod fetch;
mod handler;
mod listing;
mod resources;
mod search;
mod tools;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

use footnote_core::access::KeyScope;
use footnote_core::{Error, Result};

use crate::auth::{Need, admit};
use crate::error::{ApiError, Code};
use crate::origin::Origin;
use crate::state::AppState;
use desk::Desk;
use handler::Handler;

/// Where assistants reach the server.
const PATH: &str = "/mcp";

/// How long an assistant may take to send a message.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Returns the route that assistants reach over HTTP. Whoever may read is let through; what else a
/// tool needs is asked by the tool.
pub(crate) fn routes(state: &AppState) -> Router {
    let max_bytes = state.app.settings.config.server.max_json_bytes;
    // Host and Origin are checked by a layer that every route has.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .with_max_request_body_bytes(max_bytes)
        .with_cancellation_token(state.stop.clone());
    let desk = Desk::of_server(state);
    let handler = move || Ok(Handler::new(desk.clone()));
    let sessions: Arc<NeverSessionManager> = Arc::default();
    let service = StreamableHttpService::new(handler, sessions, config);
    let need = Need::Credential(KeyScope::Read);
    Router::new()
        .route_service(PATH, service)
        .route_layer(from_fn_with_state(max_bytes, receive))
        .route_layer(from_fn(move |request, next| admit(need, request, next)))
}

/// Passes a message on once all of it has arrived.
async fn receive(
    State(max_bytes): State<usize>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let Ok(read) = timeout(BODY_TIMEOUT, to_bytes(body, max_bytes)).await else {
        return Err(ApiError::new(Code::Timeout, "the body did not arrive in time"));
    };
    let body = read.map_err(|_too_large| too_large(max_bytes))?;
    Ok(next.run(Request::from_parts(parts, Body::from(body))).await)
}

fn too_large(max_bytes: usize) -> ApiError {
    ApiError::too_large(u64::try_from(max_bytes).unwrap_or(u64::MAX))
}

/// Speaks over standard input and output until the input ends or the server is to stop; links lead
/// to an origin.
///
/// # Errors
/// `Invalid` when the other end does not speak the protocol, `Internal` when serving breaks off.
pub async fn serve_stdio(state: AppState, origin: Origin) -> Result<()> {
    let stop = state.stop.clone();
    let handler = Handler::new(Desk::of_command_line(&state, origin));
    let running = match handler.serve_with_ct(stdio(), stop).await {
        Ok(running) => running,
        // Nothing was said before the end.
        Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => {
            return Ok(());
        }
        Err(error) => {
            let message = "what comes in is not the Model Context Protocol";
            return Err(Error::invalid(message).because(error));
        }
    };
    let ended = running.waiting().await;
    ended.map_err(|error| Error::internal("serving the assistant failed").because(error))?;
    Ok(())
}
