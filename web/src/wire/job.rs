//! Jobs and what became of their items, on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, DocumentId, JobId};
use footnote_core::job::{self, FailureCode, ItemState, JobCounts, JobKind, JobState};
use footnote_ingest::{FailedItem, Plan, Report};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::openapi::domain;

/// A job, named.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct JobLink {
    /// Its id.
    #[schema(value_type = domain::JobId)]
    pub id: JobId,
}

/// A job with its counts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Its id.
    #[schema(value_type = domain::JobId)]
    pub id: JobId,
    /// Where documents go.
    #[schema(value_type = domain::CollectionId)]
    pub collection_id: CollectionId,
    /// What was asked for.
    pub source: String,
    /// What is done: `ingest` or `reembed`.
    #[schema(value_type = domain::JobKind)]
    pub kind: JobKind,
    /// Jobs of a higher priority are served first; 0 is usual.
    pub priority: i64,
    /// Its state.
    #[schema(value_type = domain::JobState)]
    pub state: JobState,
    /// Since when nothing of it is taken, because somebody paused it.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub paused_ms: Option<Timestamp>,
    /// Whether all of its items are known; until then `counts.total` grows.
    pub listed: bool,
    /// When it was asked for, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub ended_ms: Option<Timestamp>,
    /// Its counts.
    #[schema(value_type = domain::JobCounts)]
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
            kind: job.kind,
            priority: job.priority,
            state: job.state,
            paused_ms: job.paused,
            listed: job.is_listed,
            created_ms: job.created,
            ended_ms: job.ended,
            counts: job.counts,
            detail: job.detail,
        }
    }
}

/// One item of a job.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobItem {
    /// The path below the source root.
    pub uri: String,
    /// The source root.
    pub source: String,
    /// The document, once it is known.
    #[schema(value_type = Option<domain::DocumentId>)]
    pub document_id: Option<DocumentId>,
    /// Its state.
    #[schema(value_type = domain::ItemState)]
    pub state: ItemState,
    /// Why it failed, or is tried again, as a program reads it.
    #[schema(value_type = Option<domain::FailureCode>)]
    pub code: Option<FailureCode>,
    /// Why, as a person reads it.
    pub detail: Option<String>,
    /// Chunks written.
    pub chunks: u64,
    /// How many tries failed so far.
    pub failures: u32,
    /// Before when it is not tried again.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub not_before_ms: Option<Timestamp>,
    /// Who works on it.
    pub worker: Option<String>,
    /// Where it stands still, when it makes no progress.
    pub stalled: Option<Stalled>,
}

/// Where an item stands still.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Stalled {
    /// What a person reads.
    pub reason: String,
    /// Since when.
    #[schema(value_type = domain::Timestamp)]
    pub since_ms: Timestamp,
}

impl From<job::JobItem> for JobItem {
    fn from(item: job::JobItem) -> Self {
        let (code, detail) = item.failure.map(|failure| (failure.code, failure.detail)).unzip();
        let stalled =
            item.stall.map(|stall| Stalled { reason: stall.to_string(), since_ms: stall.since });
        Self {
            uri: item.uri,
            source: item.root,
            document_id: item.document,
            state: item.state,
            code,
            detail,
            chunks: item.chunks,
            failures: item.n_failures,
            not_before_ms: item.not_before,
            worker: item.worker.map(|worker| worker.to_string()),
            stalled,
        }
    }
}

/// What a list of jobs may be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobParams {
    /// Only jobs of this collection, by name or id.
    pub collection: Option<String>,
    /// Only jobs in this state.
    #[param(value_type = Option<domain::JobState>)]
    pub state: Option<JobState>,
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// Where the page before ended.
    #[param(value_type = Option<domain::JobId>)]
    pub cursor: Option<JobId>,
}

/// What a list of items may be narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemParams {
    /// Only items in this state.
    #[param(value_type = Option<domain::ItemState>)]
    pub state: Option<ItemState>,
    /// How many at most.
    #[serde(default, deserialize_with = "super::limit")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// Where the page before ended.
    #[param(pattern = "^\\[\"[^\"\\\\\\x00-\\x1f]*\",\"[^\"\\\\\\x00-\\x1f]*\"\\]$")]
    pub cursor: Option<String>,
}

/// Which items to try again: one, or all that failed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// The source root of the one.
    pub source: Option<String>,
    /// The path below it.
    pub uri: Option<String>,
}

/// How many items are tried again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Retried {
    /// The items.
    pub items: u64,
}

/// A job as its followers see it, whenever it changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobProgress {
    /// The job with its counts.
    pub job: Job,
    /// What is worked on now; what stands still comes first.
    pub working: Vec<JobItem>,
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
