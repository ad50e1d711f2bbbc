//! What a status of HTTP means for a listing and for a document.

use footnote_core::job::{Failure, FailureCode};
use footnote_core::{Error, ErrorKind};

/// Says why a source cannot be listed.
pub(super) fn error(status: u16, place: &str) -> Error {
    let (kind, hint) = match status {
        401 | 403 => (
            ErrorKind::Invalid,
            "Write a user or a token for this host into the file that `outbound.credentials` names.",
        ),
        404 | 410 => (ErrorKind::NotFound, "Check the address."),
        _ => (ErrorKind::Unavailable, "Try again later."),
    };
    Error::new(kind, format!("{place} answers {}", described(status))).hint(hint)
}

/// Says why a document cannot be had.
pub(super) fn failure(status: u16) -> Failure {
    let advice = match status {
        401 | 403 => {
            "Write a user or a token for this host into the file that `outbound.credentials` names."
        }
        404 | 410 => "Ingest again if it came back.",
        408 | 425 | 429 | 500.. => "Ingest again later.",
        _ => "Open the address in a browser to see why.",
    };
    Failure::new(code(status), format!("The server answers {}. {advice}", described(status)))
}

/// Returns what a status means for a document.
pub(super) fn code(status: u16) -> FailureCode {
    match status {
        401 | 403 => FailureCode::PermissionDenied,
        404 | 410 => FailureCode::Gone,
        408 | 425 | 429 | 500.. => FailureCode::Unreachable,
        _ => FailureCode::Unreadable,
    }
}

/// Returns a status with its name.
fn described(status: u16) -> String {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_come_back() {
        assert_eq!(failure(404).code, FailureCode::Gone);
        assert_eq!(failure(403).code, FailureCode::PermissionDenied);
        assert_eq!(failure(503).code, FailureCode::Unreachable);
        assert!(failure(503).detail.starts_with("The server answers 503 Service Unavailable."));
        assert_eq!(error(404, "https://a/").kind(), ErrorKind::NotFound);
    }
}
