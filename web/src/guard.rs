//! What every request must pass and every response must carry.
//!
//! Without accounts, whoever reaches the server is its owner. So a page of another site must not
//! reach it through the owner's browser: the `Host` must be a name of ours (against DNS
//! rebinding), and what changes something must come from our own page (against request forgery).

mod client;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, ORIGIN,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::net::IpAddr;

use crate::error::ApiError;
use crate::state::AppState;

pub(crate) use client::{Client, Peer, Proxies};

/// What our page sends with everything that changes something: a page of another site cannot,
/// without being asked for leave first, which is never given.
const FROM_OUR_PAGE: HeaderName = HeaderName::from_static("x-footnote-request");

/// What browsers say of where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

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

/// For how long a browser that came encrypted once comes only like that: a year.
const ENCRYPTED_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Lets a request through when its `Host` is a name of ours and, if it changes anything, it comes
/// from our page or from a program.
pub(crate) async fn check_source(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let hosts = match state.access.is_required().await {
        Ok(is_required) => Hosts { named: &state.app.settings.config.server.hosts, is_required },
        Err(error) => return ApiError::from(error).into_response(),
    };
    if let Err(error) = source(&request, &hosts) {
        return error.into_response();
    }
    let is_required = Required(hosts.is_required);
    request.extensions_mut().insert(is_required);
    let client = Client::behind(&state.proxies, &request);
    request.extensions_mut().insert(client);
    let is_encrypted = client.is_encrypted;
    let mut response = next.run(request).await;
    if is_encrypted {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, ENCRYPTED_ONLY);
    }
    response
}

/// Adds the headers that protect whoever looks at a response in a browser.
pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in DEFAULT_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether people signed in when a request came, so that it is looked up once for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Required(pub(crate) bool);

/// The names under which the server is reached.
struct Hosts<'a> {
    named: &'a [String],
    /// Whether people sign in: then a name that leads here by a trick opens nothing.
    is_required: bool,
}

impl Hosts<'_> {
    /// Tells whether a host, with or without a port, is one of them.
    fn allow(&self, host: &str) -> bool {
        let name = without_port(host);
        if is_loopback(name) || self.named.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return true;
        }
        self.is_required && self.named.is_empty()
    }
}

/// Checks where a request was sent and where it comes from.
fn source(request: &Request, hosts: &Hosts<'_>) -> Result<(), ApiError> {
    let Some(host) = host(request.uri(), request.headers()) else {
        return Err(ApiError::forbidden("the request has no usable Host header"));
    };
    if !hosts.allow(host) {
        return Err(ApiError::forbidden(format!(
            "this server does not answer as {host}, only as localhost and as `server.hosts` says"
        )));
    }
    let headers = request.headers();
    if request.method().is_safe() {
        return Ok(());
    }
    if !is_own_origin(headers, host) {
        return Err(ApiError::forbidden("pages of other sites may not change anything here"));
    }
    if is_from_browser(headers) && !headers.contains_key(FROM_OUR_PAGE) {
        return Err(ApiError::forbidden(format!(
            "a page must send the header `{FROM_OUR_PAGE}` with whatever changes something"
        )));
    }
    Ok(())
}

/// Returns the host and port that the client named.
pub(crate) fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST)?.to_str().ok(),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

/// Tells whether a name is one of this machine for itself.
fn is_loopback(name: &str) -> bool {
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

/// Tells whether a browser may have sent a request without being asked for leave: it says from
/// where, or shows a cookie. What shows a key, no page of another site can send.
fn is_from_browser(headers: &HeaderMap) -> bool {
    if headers.contains_key(AUTHORIZATION) {
        return false;
    }
    [ORIGIN, FETCH_SITE, COOKIE].iter().any(|name| headers.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const OPEN: Hosts<'static> = Hosts { named: &[], is_required: false };

    fn request(method: &str, headers: &[(&HeaderName, &str)]) -> Request {
        let built =
            headers.iter().fold(Request::builder().method(method), |built, (name, value)| {
                built.header(*name, *value)
            });
        built.uri("/").body(Body::empty()).unwrap()
    }

    fn allows(hosts: &Hosts<'_>, host: &str) -> bool {
        source(&request("GET", &[(&HOST, host)]), hosts).is_ok()
    }

    #[test]
    fn only_loopback_names_are_answered_without_accounts() {
        for host in ["localhost", "localhost:8620", "127.0.0.1:1", "[::1]:8620", "127.8.8.8"] {
            assert!(allows(&OPEN, host), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:8620", "10.0.0.1", "127.0.0.1.nip.io"]
        {
            assert!(!allows(&OPEN, host), "{host}");
        }
    }

    #[test]
    fn with_accounts_the_names_of_the_configuration_are_answered_or_any() {
        let named = ["footnote.example.org".to_owned()];
        let hosts = Hosts { named: &named, is_required: true };
        assert!(allows(&hosts, "Footnote.example.org:443") && allows(&hosts, "localhost:8620"));
        assert!(!allows(&hosts, "evil.example"));
        assert!(allows(&Hosts { named: &[], is_required: true }, "any.example"));
    }

    #[test]
    fn other_sites_may_not_change_anything() {
        let host = (&HOST, "localhost:8620");
        let post = |headers: &[(&HeaderName, &str)]| {
            let headers = [&[host], headers].concat();
            source(&request("POST", &headers), &OPEN).is_ok()
        };
        let ours = (&FROM_OUR_PAGE, "1");
        assert!(post(&[]), "a program");
        assert!(post(&[(&ORIGIN, "http://localhost:8620"), ours]));
        assert!(!post(&[(&ORIGIN, "http://localhost:8620")]), "a form on our own page");
        assert!(!post(&[(&FETCH_SITE, "same-origin")]));
        assert!(!post(&[(&COOKIE, "a=b")]));
        assert!(post(&[(&COOKIE, "a=b"), (&AUTHORIZATION, "Bearer x")]), "a program with a key");
        for origin in
            ["https://evil.example", "null", "http://localhost:9", "http://127.0.0.1:8620"]
        {
            assert!(!post(&[(&ORIGIN, origin), ours]), "{origin}");
        }
        let foreign = request("GET", &[host, (&ORIGIN, "https://evil.example")]);
        assert!(source(&foreign, &OPEN).is_ok());
    }
}
