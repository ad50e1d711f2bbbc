//! `/`: the page, compiled into the program, and the links that open a document on it.

use axum::Router;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use footnote_core::id::DocumentId;

use crate::assets::{Asset, assets};
use crate::error::ApiError;
use crate::extract::Id;
use crate::state::AppState;

/// What the page may do: run its own scripts and styles, draw pages of documents in a worker of its
/// own, and talk to its own server. The one policy of trusted types is for the worker's address.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob: data:; connect-src 'self'; worker-src 'self'; \
                      font-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; \
                      trusted-types footnote-worker";

/// What the worker may do that reads PDFs: decode their pictures, and fetch its own data.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                             connect-src 'self'; font-src 'self'";

/// What the names of the worker's files begin with.
const WORKER: &str = "assets/pdf.worker";

/// The one page, at the addresses with which people begin.
const INDEX: [&str; 3] = ["/", "/setup", "/sign-in"];

/// Returns a route for every file of the page, and one for the links to documents.
pub(super) fn routes() -> Router<AppState> {
    let links = Router::new().route("/documents/{id}", get(open));
    assets().iter().fold(links, |router, (name, asset)| {
        paths(name).into_iter().fold(router, |router, path| {
            let show = async move |headers: HeaderMap| respond(name, asset, &headers);
            router.route(&path, get(show))
        })
    })
}

/// Returns where a file of the page is served.
fn paths(name: &str) -> Vec<String> {
    match name {
        "index.html" => INDEX.map(str::to_owned).to_vec(),
        "docs.html" => vec!["/api/docs".to_owned()],
        _ => vec![format!("/{name}")],
    }
}

/// Sends a link from elsewhere to the page, which opens the document at the passage that it names.
async fn open(Id(id): Id<DocumentId>, uri: Uri) -> Response {
    let place = format!("../#documents/{id}?{}", uri.query().unwrap_or_default());
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

fn respond(name: &str, asset: &'static Asset, asked: &HeaderMap) -> Result<Response, ApiError> {
    let policy = if name.starts_with(WORKER) { WORKER_POLICY } else { POLICY };
    // What has a hash in its name never changes; what pdf.js brings along changes with a release.
    let kept = match name.split('/').next() {
        Some("assets") => "public, max-age=31536000, immutable",
        Some("pdf") => "public, max-age=86400",
        _ => "no-cache",
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (CACHE_CONTROL, HeaderValue::from_static(kept)),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if asset.is_compressed && takes_brotli(asked) {
        return Ok((headers, [(CONTENT_ENCODING, "br")], asset.bytes.as_slice()).into_response());
    }
    Ok((headers, asset.plain()?.into_owned()).into_response())
}

/// Tells whether a client takes what Brotli has compressed.
fn takes_brotli(asked: &HeaderMap) -> bool {
    let encodings = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut encodings = encodings.flat_map(|value| value.split(',')).map(str::trim);
    encodings.any(|encoding| match encoding.split_once(';') {
        Some((name, weight)) => {
            name.trim_end() == "br" && weight.trim().trim_start_matches("q=").parse() != Ok(0.0)
        }
        None => encoding == "br",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_sent_to_those_who_take_it() {
        let takes = |value| takes_brotli(&HeaderMap::from_iter([(ACCEPT_ENCODING, value)]));
        for value in ["br", "gzip, deflate, br, zstd", "gzip;q=1.0, br;q=0.8", "br ; q=1"] {
            assert!(takes(HeaderValue::from_static(value)), "{value}");
        }
        for value in ["", "gzip", "identity", "br;q=0", "br; q=0.0", "brotli"] {
            assert!(!takes(HeaderValue::from_static(value)), "{value}");
        }
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
