//! Jobs and what became of their items, on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, DocumentId, JobId};
use footnote_core::job::{self, FailureCode, ItemState, JobCounts, JobState};
use footnote_ingest::{FailedItem, Plan, Report};
use serde::Serialize;

/// A job, named.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct JobLink {
    /// Its id.
    pub id: JobId,
}

/// A job with its counts.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Where documents go.
    pub collection_id: CollectionId,
    /// What was asked for.
    pub source: String,
    /// Its state.
    pub state: JobState,
    /// When it was asked for, in milliseconds since 1970.
    pub created_ms: Timestamp,
    /// When it ended.
    pub ended_ms: Option<Timestamp>,
    /// Its counts.
    pub counts: JobCounts,
    /// Why it failed as a whole.
    pub detail: Option<String>,
}

impl From<job::Job> for Job {
    fn from(job: job::Job) -> Self {
        Self {
            id: job.id,
            collection_id: job.collection,
            source: job.source,
            state: job.state,
            created_ms: job.created,
            ended_ms: job.ended,
            counts: job.counts,
            detail: job.detail,
        }
    }
}

/// One item of a job.
#[derive(Debug, Clone, Serialize)]
pub struct JobItem {
    /// The path below the source root.
    pub uri: String,
    /// The document, once it is known.
    pub document_id: Option<DocumentId>,
    /// Its state.
    pub state: ItemState,
    /// Why it failed, as a program reads it.
    pub code: Option<FailureCode>,
    /// Why it failed, as a person reads it.
    pub detail: Option<String>,
    /// Chunks written.
    pub chunks: u64,
}

impl From<job::JobItem> for JobItem {
    fn from(item: job::JobItem) -> Self {
        let (code, detail) = item.failure.map(|failure| (failure.code, failure.detail)).unzip();
        Self {
            uri: item.uri,
            document_id: item.document,
            state: item.state,
            code,
            detail,
            chunks: item.chunks,
        }
    }
}

/// What became of `footnote ingest`.
#[derive(Debug, Clone, Serialize)]
pub struct IngestReport {
    /// The job.
    pub job: JobId,
    /// All items.
    pub total: u64,
    /// New or changed, and now found.
    pub ready: u64,
    /// Already there.
    pub unchanged: u64,
    /// Removed, because the source no longer has them.
    pub removed: u64,
    /// Failed, with the reason.
    pub failed: Vec<Failed>,
    /// Chunks written.
    pub chunks: u64,
    /// How long it took.
    pub seconds: f64,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
}

/// An item that failed.
#[derive(Debug, Clone, Serialize)]
pub struct Failed {
    /// The path below the source root.
    pub source: String,
    /// Why, as a program reads it.
    pub code: FailureCode,
    /// Why, as a person reads it.
    pub detail: String,
}

impl From<FailedItem> for Failed {
    fn from(item: FailedItem) -> Self {
        Self { source: item.source, code: item.code, detail: item.detail }
    }
}

impl From<Report> for IngestReport {
    fn from(report: Report) -> Self {
        Self {
            job: report.job,
            total: report.counts.total,
            ready: report.counts.ready,
            unchanged: report.counts.unchanged,
            removed: report.counts.removed,
            failed: report.failed.into_iter().map(Failed::from).collect(),
            chunks: report.counts.chunks,
            seconds: (report.seconds * 1000.0).round() / 1000.0,
            cancelled: report.cancelled,
        }
    }
}

/// What `footnote ingest --dry-run` would do.
#[derive(Debug, Clone, Serialize)]
pub struct IngestPlan {
    /// Paths that are not known.
    pub new: Vec<String>,
    /// Paths whose content changed.
    pub changed: Vec<String>,
    /// Paths whose content is there.
    pub unchanged: Vec<String>,
    /// Paths that are known and no longer exist.
    pub gone: Vec<String>,
    /// Paths that cannot be read.
    pub failed: Vec<Failed>,
}

impl From<Plan> for IngestPlan {
    fn from(plan: Plan) -> Self {
        let failed = plan.failed.into_iter().map(|item| Failed {
            source: item.uri,
            code: item.failure.code,
            detail: item.failure.detail,
        });
        Self {
            new: plan.new,
            changed: plan.changed,
            unchanged: plan.unchanged,
            gone: plan.gone,
            failed: failed.collect(),
        }
    }
}
