//! What goes wrong, as a client sees it: the one way from errors to problem documents (RFC 9457).
//! Which codes there are, and their statuses, is the table in `error/code.rs`.
//!
//! A handler returns an [`ApiError`]; [`render`] is the layer that turns it into a body, because
//! only there the request's id is known. The cause of a fault of ours is logged and never sent.

mod code;
mod envelope;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;
use tower_http::request_id::RequestId;
use utoipa::ToSchema;

use footnote_core::{Error, ErrorKind};

pub use code::Code;

/// A failed request: its code, and what to tell the client.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: Code,
    detail: String,
    hint: Option<Box<str>>,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u32>,
    cause: Option<String>,
}

/// What is wrong with one part of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it stands in the body, as a JSON pointer, or the name of a query parameter.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

/// The body of a failed request.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: Code,
    detail: &'a str,
    /// What to do about it, where `detail` ends with that.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldError>)]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u32>,
}

/// What a client is told when the fault is ours.
const OUR_FAULT: &str = "the server failed; its log tells why under this request's id";

/// What a client is told when something outside keeps the server from working.
const UNAVAILABLE: &str = "the server misses something it needs, such as a model or room on its \
                           disk; its log tells what under this request's id";

impl ApiError {
    /// Makes an error of a code.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            hint: None,
            errors: Vec::new(),
            retry_after_seconds: None,
            cause: None,
        }
    }

    /// A body or a parameter that cannot be used.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(Code::ValidationFailed, detail)
    }

    /// Something that does not exist or may not be known to exist.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// A request that comes from where none may come.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(Code::Forbidden, detail)
    }

    /// A request from nobody who is known.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::unauthenticated_because("sign in, or send a key as `Authorization: Bearer`")
    }

    /// A request that does not show who sends it.
    #[must_use]
    pub fn unauthenticated_because(detail: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, detail)
    }

    /// Too many requests in a short time.
    #[must_use]
    pub fn rate_limited(detail: impl Into<String>, wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX);
        Self { retry_after_seconds: Some(seconds), ..Self::new(Code::RateLimited, detail) }
    }

    /// More work than may wait.
    #[must_use]
    pub fn queue_full(detail: impl Into<String>) -> Self {
        let full = Self::new(Code::QueueFull, detail);
        Self { retry_after_seconds: Some(5), ..full }
    }

    /// A body that is larger than allowed.
    #[must_use]
    pub fn too_large(max_bytes: u64) -> Self {
        let detail = format!("the body is larger than {max_bytes} bytes");
        Self::new(Code::FileTooLarge, detail)
    }

    /// A fault of ours; the cause is logged.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        let fault = Self::new(Code::Internal, OUR_FAULT);
        Self { cause: Some(cause.into()), ..fault }
    }

    /// Adds what to do about it, which nobody is told of what may be hidden from them.
    fn advised(mut self, hint: Option<&str>) -> Self {
        if let Some(hint) = hint {
            self.detail = format!("{}. {hint}", self.detail);
            self.hint = Some(hint.into());
        }
        self
    }

    fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// Names the part of the request that is wrong.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let detail = self.detail.clone();
        self.errors.push(FieldError { pointer: pointer.into(), detail });
        self
    }

    /// Returns why it failed.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// Returns what is wrong, in the user's words.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Tells whether the client could do nothing about it.
    pub(crate) fn is_our_fault(&self) -> bool {
        self.status().is_server_error()
    }

    /// Tells whether what was asked for does not exist, or may not be known to exist.
    pub(crate) fn is_missing(&self) -> bool {
        self.status() == StatusCode::NOT_FOUND
    }

    /// Returns the problem document; `instance` is the request's id.
    #[must_use]
    pub fn problem<'a>(&'a self, instance: Option<&'a str>) -> Problem<'a> {
        Problem {
            kind: "about:blank",
            title: self.status().canonical_reason().unwrap_or("Error"),
            status: self.status().as_u16(),
            code: self.code,
            detail: &self.detail,
            hint: self.hint.as_deref(),
            instance,
            errors: &self.errors,
            retry_after: self.retry_after_seconds,
        }
    }

    /// Writes the cause to the log, where there is one.
    pub fn log(&self, request_id: Option<&str>) {
        if let Some(cause) = &self.cause {
            let (status, code) = (self.status().as_u16(), self.code.as_str());
            tracing::error!(request.id = request_id, status, code, %cause, "request failed");
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (message, hint) = (error.message(), error.advice());
        match error.kind() {
            ErrorKind::NotFound => Self::not_found(message),
            ErrorKind::Invalid => Self::invalid(message).advised(hint),
            ErrorKind::Conflict => Self::new(Code::Conflict, message).advised(hint),
            ErrorKind::Unavailable => {
                let missing = Self::new(Code::Unavailable, UNAVAILABLE);
                Self { cause: Some(error.chain()), ..missing }
            }
            ErrorKind::Cancelled => Self::new(Code::Cancelled, message).advised(hint),
            ErrorKind::Internal => Self::internal(error.chain()),
        }
    }
}

impl Serialize for ApiError {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.problem(None).serialize(serializer)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a failed request as its client expects it, and the cause to the log.
pub async fn render(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let speaks_openai = envelope::is_spoken_at(request.uri().path());
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>() else { return response };
    let id = id.as_ref().and_then(|id| id.header_value().to_str().ok());
    error.log(id);
    let (media_type, written) = if speaks_openai {
        *response.status_mut() = error.spoken_status();
        ("application/json", serde_json::to_vec(&error.envelope()))
    } else {
        ("application/problem+json", serde_json::to_vec(&error.problem(id)))
    };
    let Ok(body) = written else { return response };
    *response.body_mut() = body.into();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    if error.code == Code::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after_seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_a_fault_is_logged_and_not_sent() {
        let error =
            Error::internal("cannot read /home/me/secret").because(std::io::Error::other("x"));
        let sent = ApiError::from(error);
        let body = serde_json::to_string(&sent.problem(Some("r1"))).unwrap();
        assert!(!body.contains("secret"), "{body}");
        assert!(sent.cause.unwrap().contains("secret"));
    }

    #[test]
    fn advice_reaches_the_client_with_what_is_wrong() {
        let sent = ApiError::from(Error::invalid("the question is too long").hint("Shorten it."));
        assert_eq!(sent.detail, "the question is too long. Shorten it.");
        assert_eq!(sent.hint.as_deref(), Some("Shorten it."));
        assert_eq!(sent.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}
