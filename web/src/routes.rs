//! Every route of the server on one page, and the layers that every request passes.

mod answers;
mod audit;
mod blocks;
mod collections;
mod content;
mod conversations;
mod datasets;
mod doctor;
mod document;
mod documents;
mod feedback;
mod grants;
mod groups;
mod happenings;
mod health;
mod jobs;
mod keys;
mod measured;
mod models;
mod oidc;
mod page;
mod passages;
mod people;
mod range;
mod reingest;
mod runs;
mod search;
mod session;
mod settings;
mod upload;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use footnote_core::access::KeyScope;

use crate::auth::{Need, admit, identify};
use crate::error::{self, ApiError, Code};
use crate::guard;
use crate::mcp;
use crate::metrics;
use crate::openai;
use crate::openapi;
use crate::state::AppState;
use crate::traces;

/// Returns the whole service.
pub fn router(state: AppState) -> Router {
    let max_json_bytes = state.app.settings.config.server.max_json_bytes;
    let (described, _document) = described(max_json_bytes).split_for_parts();
    // The last layer is the outermost: a request passes from the bottom of this list to the top.
    Router::new()
        .merge(page::routes())
        .merge(document::routes())
        .merge(described)
        .nest("/v1", openai::routes(max_json_bytes))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .with_state(state.clone())
        .merge(mcp::routes(&state))
        .layer(from_fn_with_state(state.clone(), identify))
        .layer(from_fn_with_state(state, guard::check_source))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(error::render))
        .layer(from_fn(guard::protect))
        .layer(from_fn(metrics::measure))
        .layer(from_fn(traces::follow))
        .layer(TraceLayer::new_for_http().on_failure(broke_off))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// Returns every route of the API, each entered together with its description and, by its group,
/// with what it asks of its caller.
pub(crate) fn described(max_json_bytes: usize) -> OpenApiRouter<AppState> {
    let limit = DefaultBodyLimit::max(max_json_bytes);
    let [read, ask, ingest, admin] =
        [KeyScope::Read, KeyScope::Ask, KeyScope::Ingest, KeyScope::Admin].map(Need::Credential);
    let api = entrance_routes()
        .merge(guarded(admin, own_routes()))
        .merge(guarded(admin, grant_routes()))
        .merge(guarded(Need::Admin, admin_routes()))
        .merge(guarded(Need::Admin, eval_routes()))
        .merge(guarded(read, reading_routes()))
        .merge(guarded(ask, asking_routes()))
        .merge(guarded(ingest, writing_routes()));
    OpenApiRouter::with_openapi(openapi::base())
        .merge(health_routes())
        .merge(guarded(Need::Overview, overview_routes()))
        .nest("/api/v1", api.layer(limit))
        .merge(guarded(ingest, upload_routes()))
}

/// Lets only those call some routes who have what these need.
fn guarded(need: Need, routes: OpenApiRouter<AppState>) -> OpenApiRouter<AppState> {
    routes.route_layer(from_fn(move |request, next| admit(need, request, next)))
}

/// What reads.
fn reading_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(collections::list))
        .routes(routes!(collections::show))
        .routes(routes!(documents::list))
        .routes(routes!(documents::duplicates))
        .routes(routes!(documents::show))
        .routes(routes!(documents::text))
        .routes(routes!(blocks::show))
        .routes(routes!(passages::show))
        .routes(routes!(documents::chunks))
        .routes(routes!(content::content))
        .routes(routes!(documents::versions))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::items))
        .routes(routes!(jobs::events))
        .routes(routes!(happenings::follow))
        .routes(routes!(models::list))
}

/// What makes the model work.
fn asking_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(answers::create))
        .routes(routes!(answers::show))
        .routes(routes!(answers::events))
        .routes(routes!(answers::cancel))
        .routes(routes!(feedback::show, feedback::put, feedback::remove))
        .routes(routes!(conversations::list, conversations::create))
        .routes(routes!(conversations::show, conversations::change, conversations::remove))
        .routes(routes!(conversations::turns))
}

/// What changes documents and collections.
fn writing_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(collections::create))
        .routes(routes!(collections::change, collections::remove))
        .routes(routes!(documents::remove))
        .routes(routes!(reingest::reingest))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::pause))
        .routes(routes!(jobs::resume))
        .routes(routes!(jobs::retry))
}

/// The one route whose body may be as large as a file; it counts while it reads.
fn upload_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upload::upload).layer(DefaultBodyLimit::disable()))
}

/// What signing in takes: nobody is known yet.
fn entrance_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(session::set_up))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
}

/// What belongs to whoever asks: their password, their sessions and keys.
fn own_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(session::change_password))
        .routes(routes!(session::list))
        .routes(routes!(session::end))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::end_one))
}

/// Who may see what; each handler makes sure that its caller may administer the thing.
fn grant_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(grants::of_collection))
        .routes(routes!(grants::grant_collection, grants::revoke_collection))
        .routes(routes!(grants::of_document))
        .routes(routes!(grants::grant_document, grants::revoke_document))
}

/// What only an admin of everything does.
fn admin_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::show, people::change))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::rename, groups::remove))
        .routes(routes!(groups::members))
        .routes(routes!(groups::add, groups::take_out))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(feedback::list))
        .routes(routes!(settings::show, settings::change))
        .routes(routes!(models::install, models::stop))
        .routes(routes!(models::speed))
        .routes(routes!(doctor::check))
}

/// How well questions are answered, which only an admin of everything asks.
fn eval_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(datasets::list, datasets::create))
        .routes(routes!(datasets::show, datasets::remove))
        .routes(routes!(datasets::questions, datasets::put_question))
        .routes(routes!(datasets::remove_question))
        .routes(routes!(runs::list, runs::start))
        .routes(routes!(runs::show, runs::remove))
        .routes(routes!(runs::results))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::compare))
}

/// What tells an orchestrator whether the server works.
fn health_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready))
}

/// What whoever runs the server looks at.
fn overview_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(measured::metrics))
}

/// Logs a response that broke off. Why a request failed is logged where it is told.
fn broke_off(failure: ServerErrorsFailureClass, _latency: Duration, _span: &Span) {
    if let ServerErrorsFailureClass::Error(error) = failure {
        tracing::warn!(error, "a response broke off");
    }
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
