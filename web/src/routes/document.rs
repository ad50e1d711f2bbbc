//! `/openapi.json`: what the API is, for programs; the page at `/api/docs` shows it to people.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;

use crate::openapi;
use crate::state::AppState;

/// Returns the route of the document, which is written out once.
pub(super) fn routes() -> Router<AppState> {
    let text = Bytes::from(serde_json::to_vec(&openapi::document()).unwrap_or_default());
    let show = move || {
        let text = text.clone();
        async move { ([(CONTENT_TYPE, "application/json")], text) }
    };
    Router::new().route("/openapi.json", get(show))
}
