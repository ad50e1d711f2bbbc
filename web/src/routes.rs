//! Every route of the server on one page, and the layers that every request passes.

mod answers;
mod blocks;
mod collections;
mod document;
mod documents;
mod health;
mod jobs;
mod measured;
mod page;
mod search;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::from_fn;
use axum::response::Response;
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::error::{self, ApiError, Code};
use crate::guard;
use crate::metrics;
use crate::openai;
use crate::openapi;
use crate::state::AppState;

/// Returns the whole service.
pub fn router(state: AppState) -> Router {
    let max_json_bytes = state.app.settings.config.server.max_json_bytes;
    let (described, _document) = described(max_json_bytes).split_for_parts();
    // The last layer is the outermost: a request passes from the bottom of this list to the top.
    Router::new()
        .merge(page::routes())
        .merge(document::routes())
        .merge(described)
        .nest("/v1", openai::routes().layer(DefaultBodyLimit::max(max_json_bytes)))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(state)
        .layer(from_fn(guard::check_source))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(error::render))
        .layer(from_fn(guard::protect))
        .layer(from_fn(metrics::measure))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// Returns every route of the API, each entered together with its description.
pub(crate) fn described(max_json_bytes: usize) -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(operation_routes())
        .nest("/api/v1", api_routes().layer(DefaultBodyLimit::max(max_json_bytes)))
        .merge(upload_routes())
}

fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(answers::create))
        .routes(routes!(answers::show))
        .routes(routes!(answers::events))
        .routes(routes!(answers::cancel))
        .routes(routes!(collections::list, collections::create))
        .routes(routes!(collections::show, collections::remove))
        .routes(routes!(documents::list))
        .routes(routes!(documents::duplicates))
        .routes(routes!(documents::show, documents::remove))
        .routes(routes!(documents::text))
        .routes(routes!(blocks::show))
        .routes(routes!(documents::chunks))
        .routes(routes!(documents::content))
        .routes(routes!(documents::versions))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::items))
        .routes(routes!(jobs::events))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::pause))
        .routes(routes!(jobs::resume))
        .routes(routes!(jobs::retry))
        .routes(routes!(health::models))
}

/// The one route whose body may be as large as a file; it counts while it reads.
fn upload_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload::upload).layer(DefaultBodyLimit::disable()))
}

/// What whoever runs the server looks at.
fn operation_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(measured::metrics))
}

/// Answers a path that leads nowhere.
async fn no_route(uri: Uri) -> ApiError {
    ApiError::not_found(format!("there is nothing at {}", uri.path()))
}

/// Answers a method that a path does not know.
async fn no_method(method: Method, uri: Uri) -> ApiError {
    let detail = format!("{} does not take {method}", uri.path());
    ApiError::new(Code::MethodNotAllowed, detail)
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
