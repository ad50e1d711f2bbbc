//! What became of a request.

use footnote_core::id::JobId;
use footnote_core::job::{FailureCode, JobCounts};

/// What became of a request, item by item where it failed.
#[derive(Debug, Clone)]
pub struct Report {
    /// The job in the catalog.
    pub job: JobId,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
    /// How many items ended how.
    pub counts: JobCounts,
    /// The items that failed.
    pub failed: Vec<FailedItem>,
    /// How long it took.
    pub seconds: f64,
}

/// An item that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedItem {
    /// The path below the source root.
    pub source: String,
    /// The reason as a program reads it.
    pub code: FailureCode,
    /// The reason as a person reads it.
    pub detail: String,
}
