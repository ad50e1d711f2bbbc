//! OpenAI's API, so that the programs that people have answer from their documents, with citations.
//!
//! What is sent is ours alone, every field of it, so that nothing changes because a library does.
//! Who asks and what may be read are told as for every other route.

mod chat;
mod chunks;
mod completion;
mod embeddings;
mod markdown;
mod models;
mod request;
mod responses;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use footnote_core::access::KeyScope;

use crate::auth::{Need, admit};
use crate::state::AppState;

/// Returns the routes below `/v1`.
pub(crate) fn routes(max_json_bytes: usize) -> Router<AppState> {
    let reading =
        Router::new().route("/models", get(models::list)).route("/models/{*id}", get(models::show));
    let asking = Router::new()
        .route("/chat/completions", post(chat::complete))
        .route("/responses", post(responses::respond))
        .route("/embeddings", post(embeddings::embed));
    guarded(KeyScope::Read, reading)
        .merge(guarded(KeyScope::Ask, asking))
        .layer(DefaultBodyLimit::max(max_json_bytes))
}

/// Lets only those call some routes who show what is for a use.
fn guarded(scope: KeyScope, routes: Router<AppState>) -> Router<AppState> {
    let need = Need::Credential(scope);
    routes.route_layer(from_fn(move |request, next| admit(need, request, next)))
}
