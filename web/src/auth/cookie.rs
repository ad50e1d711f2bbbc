//! The cookies of a session, and of somebody who is on the way to the provider.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use cookie::{Cookie, SameSite};
use footnote_core::{Error, Result};
use std::time::Duration;

use super::oidc::ATTEMPT_LASTS;

/// The name of the cookie where the connection is not encrypted.
const PLAIN: &str = "footnote_session";

/// The name where it is: browsers take one of this name from this very host alone.
const SECURE: &str = "__Host-footnote_session";

/// The names of the cookie of whoever is on the way to the provider, in the same two cases.
const ATTEMPT: [&str; 2] = ["footnote_attempt", "__Host-footnote_attempt"];

/// Returns the header that lets a browser come back from the provider.
///
/// # Errors
/// `Internal` when it cannot be written.
pub(crate) fn attempt(token: &str, is_secure: bool) -> Result<HeaderValue> {
    let lasts = i64::try_from(ATTEMPT_LASTS.as_secs()).unwrap_or(i64::MAX);
    let cookie = Cookie::build((ATTEMPT[usize::from(is_secure)], token.to_owned()));
    written(&cookie.max_age(cookie::time::Duration::seconds(lasts)), is_secure)
}

/// Returns the header that takes that away.
///
/// # Errors
/// `Internal` when it cannot be written.
pub(crate) fn cleared_attempt(is_secure: bool) -> Result<HeaderValue> {
    let gone = Cookie::build((ATTEMPT[usize::from(is_secure)], ""));
    written(&gone.max_age(cookie::time::Duration::ZERO), is_secure)
}

/// Returns what a request shows when it comes back from the provider.
pub(crate) fn shown_attempt(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    found(headers, ATTEMPT[usize::from(is_secure)])
}

/// Returns the header that gives a browser its session.
///
/// # Errors
/// `Internal` when it cannot be written.
pub(crate) fn session(token: &str, lasts: Duration, is_secure: bool) -> Result<HeaderValue> {
    let lasts = cookie::time::Duration::seconds(i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX));
    written(&Cookie::build((name(is_secure), token.to_owned())).max_age(lasts), is_secure)
}

/// Returns the header that takes it away.
///
/// # Errors
/// `Internal` when it cannot be written.
pub(crate) fn cleared(is_secure: bool) -> Result<HeaderValue> {
    let gone = Cookie::build((name(is_secure), "")).max_age(cookie::time::Duration::ZERO);
    written(&gone, is_secure)
}

/// Returns what a request shows as its session.
pub(super) fn shown(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    found(headers, name(is_secure))
}

fn found(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(Cookie::split_parse).filter_map(std::result::Result::ok);
    let found = cookies.find(|cookie| cookie.name() == name)?;
    Some(found.value().to_owned())
}

fn name(is_secure: bool) -> &'static str {
    if is_secure { SECURE } else { PLAIN }
}

fn written(cookie: &cookie::CookieBuilder<'_>, is_secure: bool) -> Result<HeaderValue> {
    let cookie =
        cookie.clone().http_only(true).same_site(SameSite::Lax).path("/").secure(is_secure);
    HeaderValue::from_str(&cookie.build().to_string())
        .map_err(|error| Error::internal("cannot write the cookie").because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_hidden_from_scripts_and_from_other_sites() {
        let plain = session("abc", Duration::from_mins(1), false).unwrap();
        let plain = plain.to_str().unwrap();
        assert_eq!(plain, "footnote_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        let secure = session("abc", Duration::from_mins(1), true).unwrap();
        let secure = secure.to_str().unwrap();
        assert!(secure.starts_with("__Host-footnote_session=abc;"), "{secure}");
        assert!(secure.contains("; Secure") && !secure.contains("Domain"), "{secure}");
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; footnote_session=xyz; c"));
        assert_eq!(shown(&headers, false).as_deref(), Some("xyz"));
        assert_eq!(shown(&headers, true), None, "a cookie from before encryption does not count");
    }
}
