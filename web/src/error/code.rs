//! The codes of failed requests: the one table of which there are, with which status, and why.

use axum::http::StatusCode;
use serde::{Serialize, Serializer};

/// Why a request failed, as a program reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// Something in the request is wrong.
    ValidationFailed,
    /// A field asks for what is not done.
    UnsupportedParameter,
    /// Nobody is known to ask.
    Unauthenticated,
    /// The request comes from where none may come, or asks for what its sender may not do.
    Forbidden,
    /// Nobody can sign in yet.
    SetupRequired,
    /// What is asked for does not exist.
    NotFound,
    /// There is no model of that name.
    ModelNotFound,
    /// The path does not take the method.
    MethodNotAllowed,
    /// The body came too slowly.
    Timeout,
    /// Somebody else holds what is needed.
    Conflict,
    /// The answer is still being made.
    NotFinished,
    /// The caller went away or asked to stop.
    Cancelled,
    /// What is to be changed was changed meanwhile.
    PreconditionFailed,
    /// The body is too large.
    FileTooLarge,
    /// The body is of a wrong type.
    UnsupportedMediaType,
    /// The part that is asked for is not there.
    RangeNotSatisfiable,
    /// The key of a request was used for another one.
    IdempotencyKeyReused,
    /// A fault of ours.
    Internal,
    /// Too many requests in a short time.
    RateLimited,
    /// Something outside is missing.
    Unavailable,
    /// Too much waits already.
    QueueFull,
}

impl Code {
    /// Every code, by status.
    pub const ALL: [Self; 21] = [
        Self::UnsupportedParameter,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::SetupRequired,
        Self::NotFound,
        Self::ModelNotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::Conflict,
        Self::NotFinished,
        Self::Cancelled,
        Self::PreconditionFailed,
        Self::FileTooLarge,
        Self::UnsupportedMediaType,
        Self::RangeNotSatisfiable,
        Self::ValidationFailed,
        Self::IdempotencyKeyReused,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
        Self::QueueFull,
    ];

    /// Returns the code as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnsupportedParameter => "unsupported-parameter",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::SetupRequired => "setup-required",
            Self::RateLimited => "rate-limited",
            Self::NotFound => "not-found",
            Self::ModelNotFound => "model-not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::NotFinished => "not-finished",
            Self::Cancelled => "cancelled",
            Self::PreconditionFailed => "precondition-failed",
            Self::FileTooLarge => "file-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::RangeNotSatisfiable => "range-not-satisfiable",
            Self::ValidationFailed => "validation-failed",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::QueueFull => "queue-full",
        }
    }

    /// Returns the status that a response with the code has.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::UnsupportedParameter => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::SetupRequired => StatusCode::FORBIDDEN,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound | Self::ModelNotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict | Self::NotFinished | Self::Cancelled => StatusCode::CONFLICT,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationFailed | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns what the code means to whoever sent the request.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::UnsupportedParameter => "a field of the request asks for what is not done",
            Self::Unauthenticated => {
                "sign in, or send a key as `Authorization: Bearer`; or what was sent counts no longer"
            }
            Self::Forbidden => {
                "the caller may not do this, or the request comes from another site or host"
            }
            Self::SetupRequired => "nobody can sign in before the first admin is made",
            Self::RateLimited => "too many requests; come back after `Retry-After` seconds",
            Self::NotFound => "it does not exist, or the caller may not know that it does",
            Self::ModelNotFound => {
                "there is no model of that name, or the caller may not know that there is"
            }
            Self::MethodNotAllowed => "the path does not take the method",
            Self::Timeout => "the body came too slowly",
            Self::Conflict => "somebody else holds what is needed; try again when it is free",
            Self::NotFinished => "the answer is still being made; follow its events",
            Self::Cancelled => "the caller went away or asked to stop",
            Self::PreconditionFailed => {
                "it was changed since it was read; read it again and repeat the change"
            }
            Self::FileTooLarge => "the body is larger than the configuration allows",
            Self::UnsupportedMediaType => {
                "the body is not of the type that its `Content-Type` must name"
            }
            Self::RangeNotSatisfiable => "the original ends before the part that is asked for",
            Self::ValidationFailed => "the request is wrong; repeating it unchanged is useless",
            Self::IdempotencyKeyReused => "the `Idempotency-Key` came with another request before",
            Self::Internal => "a fault of ours; the log tells more under the request's id",
            Self::Unavailable => "something outside is missing or busy; it may pass",
            Self::QueueFull => "too much waits already; come back after `Retry-After` seconds",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_listed_once_by_status() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.is_sorted_by_key(|code| code.status()));
    }
}
