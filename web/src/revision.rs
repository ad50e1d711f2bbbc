//! Which revision of a thing a client has seen: `ETag` and `If-Match` (RFC 9110, 8.8.3 and 13.1.1).

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use footnote_core::{Error, ErrorKind};

use crate::error::{ApiError, Code};

/// What is said of a revision that is not the latest.
const CHANGED: &str = "it was changed since you read it; read it again and repeat the change";

/// The revision that a client has seen and wants to change; `None` is whichever there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Some(shown) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        match shown.to_str().map(str::trim) {
            Ok("*") => Ok(Self(None)),
            Ok(tag) => read(tag).map(|revision| Self(Some(revision))).ok_or_else(is_older),
            Err(_unreadable) => Err(is_older()),
        }
    }
}

/// Reads a tag of ours; another one is of no revision that there is.
fn read(tag: &str) -> Option<u64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// Returns the `ETag` of a revision.
pub(crate) fn tag(revision: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{revision}\"")).unwrap_or(HeaderValue::from_static("*"))
}

/// Says of a conflict of revisions what it is.
pub(crate) fn conflict(error: Error) -> ApiError {
    if error.kind() == ErrorKind::Conflict { is_older() } else { error.into() }
}

fn is_older() -> ApiError {
    ApiError::new(Code::PreconditionFailed, CHANGED)
}

#[cfg(test)]
mod tests {
    use super::{read, tag};

    #[test]
    fn a_tag_is_read_as_it_was_written_and_others_match_nothing() {
        assert_eq!(read(tag(7).to_str().unwrap()), Some(7));
        for other in ["7", "W/\"7\"", "\"x\"", "\"7\", \"8\"", ""] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
