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

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// Returns the routes below `/v1`.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/models", get(models::list))
        .route("/models/{*id}", get(models::show))
        .route("/chat/completions", post(chat::complete))
        .route("/embeddings", post(embeddings::embed))
}
