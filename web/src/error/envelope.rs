//! A failed request as clients of OpenAI's API expect it.

use axum::http::StatusCode;
use serde::Serialize;

use super::ApiError;

/// Where OpenAI's API is served.
const PREFIX: &str = "/v1/";

/// The body of a failed request, as OpenAI's clients read it.
#[derive(Debug, Serialize)]
pub(crate) struct Envelope<'a> {
    error: Failure<'a>,
}

#[derive(Debug, Serialize)]
struct Failure<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The field of the request that is wrong, where one is.
    param: Option<&'a str>,
    code: String,
}

/// Tells whether a path is one of OpenAI's API.
pub(super) fn is_spoken_at(path: &str) -> bool {
    path.starts_with(PREFIX)
}

impl ApiError {
    /// Returns the body for clients of OpenAI's API.
    pub(crate) fn envelope(&self) -> Envelope<'_> {
        let param = self.errors.first().map(|error| error.pointer.trim_start_matches('/'));
        let (message, code) = (self.detail.as_str(), self.code.as_str().replace('-', "_"));
        Envelope { error: Failure { message, kind: kind(self.status()), param, code } }
    }

    /// Returns the status that OpenAI's API has for it: what cannot be used is a bad request there.
    pub(super) fn spoken_status(&self) -> StatusCode {
        match self.status() {
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        }
    }
}

/// Returns the kind of a failure in OpenAI's words.
fn kind(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        _ if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_field_is_named_and_what_cannot_be_used_is_a_bad_request() {
        let error = ApiError::invalid("the question is empty").at("/messages");
        assert_eq!(error.spoken_status(), StatusCode::BAD_REQUEST);
        let body = serde_json::to_value(error.envelope()).unwrap();
        let expected = serde_json::json!({"error": {
            "message": "the question is empty", "type": "invalid_request_error",
            "param": "messages", "code": "validation_failed"}});
        assert_eq!(body, expected);
    }
}
