//! Jobs: what was asked to be ingested and what became of every item.

pub mod machine;
mod queue;

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::clock::Timestamp;
use crate::id::{CollectionId, DocumentId, JobId};

pub use queue::{
    ItemFilter, ItemLease, ItemOutcome, JobBrief, JobFilter, JobKind, JobLease, NewItem, NewJob,
    Orders, Place, Progress, QueueDepth, Retry, Settlement, Stage, Stall, TakenItem, TakenJob,
    WorkerId,
};

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker.
    Queued,
    /// Is worked on.
    Running,
    /// Every item ended, some perhaps failed.
    Completed,
    /// Could not be worked on at all.
    Failed,
    /// Was stopped; the next run of the same source goes on.
    Cancelled,
}

impl JobState {
    /// Tells whether nothing more happens to the job by itself.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Completed | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// The state of one item of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Waits.
    Queued,
    /// Its text is being read.
    Parsing,
    /// Its text is being cut.
    Chunking,
    /// Its chunks are being embedded.
    Embedding,
    /// Its vectors are being indexed.
    Indexing,
    /// Can be found.
    Ready,
    /// Was already there.
    Unchanged,
    /// Was removed, because the source no longer has it.
    Removed,
    /// Failed, with a reason.
    Failed,
    /// Had not ended when its job was cancelled.
    Cancelled,
}

/// A job with its counts.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Where documents go.
    pub collection: CollectionId,
    /// What was asked for, as the user wrote it.
    pub source: String,
    /// What is to be done.
    pub kind: JobKind,
    /// Jobs of a higher priority are served first.
    pub priority: i64,
    /// Its state.
    pub state: JobState,
    /// Since when nothing of it is taken, because somebody paused it.
    pub paused: Option<Timestamp>,
    /// Whether all of its items are known.
    pub is_listed: bool,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its counts.
    pub counts: JobCounts,
    /// Why it failed as a whole.
    pub detail: Option<String>,
}

/// How many items ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCounts {
    /// All.
    pub total: u64,
    /// New or changed, and now found.
    pub ready: u64,
    /// Already there.
    pub unchanged: u64,
    /// Removed, because the source no longer has them.
    pub removed: u64,
    /// Failed.
    pub failed: u64,
    /// Had not ended when the job was cancelled.
    pub cancelled: u64,
    /// Wait for their turn.
    pub waiting: u64,
    /// Are worked on.
    pub working: u64,
    /// Chunks written.
    pub chunks: u64,
}

/// One item of a job.
#[derive(Debug, Clone)]
pub struct JobItem {
    /// The source root.
    pub root: String,
    /// The path below the source root.
    pub uri: String,
    /// The document, once it is known.
    pub document: Option<DocumentId>,
    /// Its state.
    pub state: ItemState,
    /// Why it failed; of one that waits, why it is tried again.
    pub failure: Option<Failure>,
    /// Chunks written.
    pub chunks: u64,
    /// How many tries failed so far.
    pub n_failures: u32,
    /// Before when it is not tried again.
    pub not_before: Option<Timestamp>,
    /// Who works on it.
    pub worker: Option<WorkerId>,
    /// Where it stands still, when it makes no progress.
    pub stall: Option<Stall>,
}

/// Why one document could not be ingested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Failure {
    /// The reason as a program reads it.
    pub code: FailureCode,
    /// The reason as a person reads it, with what to do.
    pub detail: String,
}

impl Failure {
    /// Makes a failure.
    #[must_use]
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// The reasons for which a document can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// No bytes, or no text although the format is text.
    Empty,
    /// A format that Footnote does not read.
    Unsupported,
    /// Larger than the limit.
    TooLarge,
    /// Needs a password.
    Encrypted,
    /// Pages without text: a scan.
    NoTextLayer,
    /// Damaged beyond reading.
    Unreadable,
    /// Took longer than the limit.
    Timeout,
    /// Needed more memory than the limit.
    OutOfMemory,
    /// The parser ended abnormally.
    Crashed,
    /// No longer there when it was its turn.
    Gone,
    /// May not be read by this user of the system, or by this user of its server.
    PermissionDenied,
    /// May not be fetched: the configuration does not allow it, or its server asks programs not to.
    NotAllowed,
    /// Its server cannot be reached, or does not serve it now.
    Unreachable,
    /// The disk is full.
    DiskFull,
    /// A fault of ours.
    Internal,
}

impl FailureCode {
    /// Every code, for documentation and storage.
    pub const ALL: [Self; 15] = [
        Self::Empty,
        Self::Unsupported,
        Self::TooLarge,
        Self::Encrypted,
        Self::NoTextLayer,
        Self::Unreadable,
        Self::Timeout,
        Self::OutOfMemory,
        Self::Crashed,
        Self::Gone,
        Self::PermissionDenied,
        Self::NotAllowed,
        Self::Unreachable,
        Self::DiskFull,
        Self::Internal,
    ];

    /// Returns the code as it is written in JSON and in the catalog.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unsupported => "unsupported",
            Self::TooLarge => "too_large",
            Self::Encrypted => "encrypted",
            Self::NoTextLayer => "no_text_layer",
            Self::Unreadable => "unreadable",
            Self::Timeout => "timeout",
            Self::OutOfMemory => "out_of_memory",
            Self::Crashed => "crashed",
            Self::Gone => "gone",
            Self::PermissionDenied => "permission_denied",
            Self::NotAllowed => "not_allowed",
            Self::Unreachable => "unreachable",
            Self::DiskFull => "disk_full",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_in_json_as_it_is_stored() {
        for code in FailureCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }
}
