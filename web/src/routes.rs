//! Every route of the server on one page, and the layers that every request passes.

mod answers;
mod blocks;
mod collections;
mod documents;
mod health;
mod jobs;
mod page;
mod search;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{get, post};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use crate::error::{self, ApiError};
use crate::guard;
use crate::state::AppState;

/// Returns the whole service.
pub fn router(state: AppState) -> Router {
    let max_json_bytes = state.app.settings.config.server.max_json_bytes;
    // The last layer is the outermost: a request passes from the bottom of this list to the top.
    Router::new()
        .merge(page::routes())
        .merge(health_routes())
        .nest("/api/v1", api_routes().layer(DefaultBodyLimit::max(max_json_bytes)))
        .merge(upload_routes())
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(state)
        .layer(from_fn(guard::check_source))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(error::render))
        .layer(from_fn(guard::protect))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

fn api_routes() -> Router<AppState> {
    Router::new()
        .route("/search", post(search::search))
        .route("/answers", post(answers::create))
        .route("/answers/{id}", get(answers::show))
        .route("/answers/{id}/events", get(answers::events))
        .route("/answers/{id}/cancel", post(answers::cancel))
        .route("/collections", get(collections::list).post(collections::create))
        .route("/collections/{id}", get(collections::show).delete(collections::remove))
        .route("/documents", get(documents::list))
        .route("/documents/duplicates", get(documents::duplicates))
        .route("/documents/{id}", get(documents::show).delete(documents::remove))
        .route("/documents/{id}/text", get(documents::text))
        .route("/documents/{id}/blocks", get(blocks::show))
        .route("/documents/{id}/chunks", get(documents::chunks))
        .route("/documents/{id}/content", get(documents::content))
        .route("/documents/{id}/versions", get(documents::versions))
        .route("/jobs", get(jobs::list))
        .route("/jobs/{id}", get(jobs::show))
        .route("/jobs/{id}/items", get(jobs::items))
        .route("/jobs/{id}/events", get(jobs::events))
        .route("/jobs/{id}/cancel", post(jobs::cancel))
        .route("/jobs/{id}/pause", post(jobs::pause))
        .route("/jobs/{id}/resume", post(jobs::resume))
        .route("/jobs/{id}/retry", post(jobs::retry))
        .route("/models", get(health::models))
}

/// The one route whose body may be as large as a file; it counts while it reads.
fn upload_routes() -> Router<AppState> {
    Router::new().route(
        "/api/v1/collections/{id}/documents",
        post(upload::upload).layer(DefaultBodyLimit::disable()),
    )
}

fn health_routes() -> Router<AppState> {
    Router::new().route("/livez", get(health::live)).route("/readyz", get(health::ready))
}

/// Answers a path that leads nowhere.
async fn no_route(uri: Uri) -> ApiError {
    ApiError::not_found(format!("there is nothing at {}", uri.path()))
}

/// Answers a method that a path does not know.
async fn no_method(method: Method, uri: Uri) -> ApiError {
    let detail = format!("{} does not take {method}", uri.path());
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", detail)
}

/// Answers a request whose handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer calls")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    use axum::response::IntoResponse as _;
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(format!("a handler panicked: {}", said.unwrap_or("no message")))
        .into_response()
}
