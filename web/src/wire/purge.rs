//! What was removed for good, on the wire.

use footnote_store::PurgeReport;
use serde::Serialize;

/// What was removed for good, and from where.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Purged {
    /// Documents, with uri and title.
    pub documents: u64,
    /// Versions, with their text and structure.
    pub versions: u64,
    /// Chunks, with their headings.
    pub chunks: u64,
    /// Vectors that no chunk used any more.
    pub embeddings: u64,
    /// Originals that no version owned any more.
    pub originals: u64,
    /// Answers in which their text stood.
    pub answers: u64,
    /// Items of jobs that named the documents.
    pub job_items: u64,
    /// Jobs that had no other item.
    pub jobs: u64,
    /// Collections that were removed and empty.
    pub collections: u64,
    /// Versions that are removed and go once the index has lost their points for good.
    pub waiting: u64,
    /// How much less the data directory takes.
    pub freed_bytes: u64,
}

impl From<PurgeReport> for Purged {
    fn from(report: PurgeReport) -> Self {
        Self {
            documents: report.n_documents,
            versions: report.n_versions,
            chunks: report.n_chunks,
            embeddings: report.n_embeddings,
            originals: report.n_originals,
            answers: report.n_answers,
            job_items: report.n_job_items,
            jobs: report.n_jobs,
            collections: report.n_collections,
            waiting: report.n_waiting,
            freed_bytes: report.freed_bytes,
        }
    }
}
