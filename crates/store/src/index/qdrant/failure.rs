//! What a Qdrant server's refusals and silences mean to the user.

use footnote_core::Error;
use qdrant_client::QdrantError;
use std::error::Error as _;
use std::iter;
use tonic::{Code, Status, TimeoutExpired};

/// How the client begins to say that it found nobody; it gives that the code of an internal error.
const NOT_CONNECTED: &str = "Failed to connect";

/// Tells whether asking again may help.
pub(super) fn may_pass(error: &QdrantError) -> bool {
    status(error).is_some_and(|status| match status.code() {
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::Aborted
        | Code::ResourceExhausted
        | Code::Internal
        | Code::Unknown => true,
        Code::Ok
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss
        | Code::Unauthenticated => false,
    })
}

/// Says what an error of the server at an address means. Nothing of it is the fault of a document,
/// so it is always `Unavailable`.
pub(super) fn of(url: &str, what: &str, error: &QdrantError) -> Error {
    let failure = match status(error) {
        Some(status) if is_unreached(status) => is_unreachable(url),
        Some(status) if is_late(status) => is_silent(url),
        Some(status) => match status.code() {
            Code::Unauthenticated | Code::PermissionDenied => refuses_the_key(url),
            Code::NotFound => is_gone(url),
            _ => cannot(url, what),
        },
        None => cannot(url, what),
    };
    failure.because(cause(error))
}

/// Makes the error for a server that gives no answer in time.
pub(super) fn is_silent(url: &str) -> Error {
    Error::unavailable(format!("the Qdrant server at {url} does not answer in time"))
        .hint("It may be overloaded: look at its log and its memory, then try again.")
}

/// Makes the error for a write that the server has taken, but not finished in time.
pub(super) fn is_behind(url: &str) -> Error {
    Error::unavailable(format!("the Qdrant server at {url} is behind with its writes"))
        .hint("It goes on by itself; try again, and look at its log when it stays behind.")
}

/// Returns what the server said, without the headers that the client would add.
pub(super) fn cause(error: &QdrantError) -> String {
    status(error).map_or_else(|| error.to_string(), |status| status.message().to_owned())
}

fn status(error: &QdrantError) -> Option<&Status> {
    match error {
        QdrantError::ResponseError { status }
        | QdrantError::ResourceExhaustedError { status, .. } => Some(status),
        QdrantError::ConversionError(_)
        | QdrantError::InvalidUri(_)
        | QdrantError::NoSnapshotFound(_)
        | QdrantError::Io(_) => None,
    }
}

/// Tells whether the server was not reached: then the client itself made the status, which has a
/// cause of its own.
fn is_unreached(status: &Status) -> bool {
    status.message().starts_with(NOT_CONNECTED) || (status.source().is_some() && !is_late(status))
}

fn is_late(status: &Status) -> bool {
    let mut causes = iter::successors(status.source(), |&cause| cause.source());
    status.code() == Code::DeadlineExceeded
        || causes.any(<dyn std::error::Error>::is::<TimeoutExpired>)
}

fn is_unreachable(url: &str) -> Error {
    Error::unavailable(format!("cannot reach the Qdrant server at {url}")).hint(
        "Check that it runs, and that `store.index` names its gRPC port: 6334 unless it was changed.",
    )
}

fn refuses_the_key(url: &str) -> Error {
    Error::unavailable(format!("the Qdrant server at {url} refuses the key"))
        .hint("Set `store.index_key` to a key of that server that may write.")
}

fn is_gone(url: &str) -> Error {
    Error::unavailable(format!("the search index is no longer on the Qdrant server at {url}"))
        .hint("Start Footnote again, or build the index again with `footnote reindex`.")
}

fn cannot(url: &str, what: &str) -> Error {
    Error::unavailable(format!("the Qdrant server at {url} cannot {what} the search index"))
        .hint("Its log says more; it may have no space left.")
}
