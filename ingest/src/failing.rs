//! What an error means for the document that it hit.

use footnote_core::Error;
use footnote_core::job::{Failure, FailureCode};

/// Says why a document could not be embedded or stored.
pub(crate) fn failure_from(error: &Error) -> Failure {
    let cause = error.chain();
    let full = cause.contains("disk is full") || cause.contains("No space left");
    let detail =
        error.advice().map_or_else(|| cause.clone(), |advice| format!("{cause}. {advice}"));
    Failure::new(if full { FailureCode::DiskFull } else { FailureCode::Internal }, detail)
}
