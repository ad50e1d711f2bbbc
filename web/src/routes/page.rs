//! `/`: the page, compiled into the program, and the links that open a document on it.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use footnote_core::id::DocumentId;

use crate::assets::{ASSETS, Asset};
use crate::extract::Id;
use crate::state::AppState;

/// What the page may do: run its own scripts and styles, and talk to its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// Returns a route for every file of the page, and one for the links to documents.
pub(super) fn routes() -> Router<AppState> {
    let links = Router::new().route("/documents/{id}", get(open));
    ASSETS.iter().fold(links, |router, asset| {
        router.route(asset.path, get(move || async move { respond(asset) }))
    })
}

/// Sends a link from elsewhere to the page, which opens the document at the passage that it names.
async fn open(Id(id): Id<DocumentId>, uri: Uri) -> Response {
    let place = format!("../#documents/{id}?{}", uri.query().unwrap_or_default());
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

fn respond(asset: &'static Asset) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, asset.content).into_response()
}
