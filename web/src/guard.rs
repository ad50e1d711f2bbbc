//! What every request must pass and every response must carry.
//!
//! Without accounts, whoever reaches the server is its owner. So a page of another site must not
//! reach it through the owner's browser: the `Host` must be a loopback name (against DNS
//! rebinding), and what changes something must come from our own page (against request forgery).

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

use crate::error::ApiError;

/// Headers that every response carries unless the handler said otherwise.
const DEFAULT_HEADERS: [(HeaderName, &str); 7] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets a request through when its `Host` is loopback and, if it changes anything, its `Origin`
/// is ours.
pub(crate) async fn check_source(request: Request, next: Next) -> Response {
    match source(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Adds the headers that protect whoever looks at a response in a browser.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in DEFAULT_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Checks where a request was sent and where it comes from.
fn source(request: &Request) -> Result<(), ApiError> {
    let Some(host) = host(request) else {
        return Err(ApiError::forbidden("the request has no usable Host header"));
    };
    if !is_loopback(host) {
        return Err(ApiError::forbidden(format!(
            "this server answers on loopback names such as localhost, not as {host}"
        )));
    }
    if request.method().is_safe() || is_own_origin(request.headers(), host) {
        return Ok(());
    }
    Err(ApiError::forbidden("pages of other sites may not change anything here"))
}

/// Returns the host and port that the client named.
fn host(request: &Request) -> Option<&str> {
    match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(HOST)?.to_str().ok(),
    }
}

/// Tells whether a host, with or without a port, is a name of this machine for itself.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bare = name.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(name);
    bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Tells whether a request names no origin, as programs do, or the very host it was sent to.
fn is_own_origin(headers: &HeaderMap, host: &str) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn allowed(method: &str, host: &str, origin: Option<&str>) -> bool {
        let mut request = Request::builder().method(method).uri("/").header(HOST, host);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        source(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn only_loopback_names_are_answered() {
        for host in ["localhost", "localhost:8620", "127.0.0.1:1", "[::1]:8620", "127.8.8.8"] {
            assert!(allowed("GET", host, None), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8620", "10.0.0.1", "127.0.0.1.nip.io"]
        {
            assert!(!allowed("GET", host, None), "{host}");
        }
    }

    #[test]
    fn other_sites_may_not_change_anything() {
        assert!(allowed("POST", "localhost:8620", None));
        assert!(allowed("POST", "localhost:8620", Some("http://localhost:8620")));
        assert!(allowed("GET", "localhost:8620", Some("https://evil.example")));
        for origin in
            ["https://evil.example", "null", "http://localhost:9", "http://127.0.0.1:8620"]
        {
            assert!(!allowed("POST", "localhost:8620", Some(origin)), "{origin}");
        }
    }
}
