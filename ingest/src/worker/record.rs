//! Keeps the books of a run: every item ends in the catalog, in the report and in the progress.

use footnote_core::Result;
use footnote_core::id::{DocumentId, JobId};
use footnote_core::job::{Failure, ItemState, JobCounts, JobItem};
use footnote_store::Store;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::progress::{Event, Progress};
use crate::report::{FailedItem, Report};

/// The books of one run.
pub(super) struct Record<'a> {
    store: &'a Store,
    job: JobId,
    progress: &'a dyn Progress,
    tally: Mutex<Tally>,
}

/// What was counted so far.
#[derive(Default)]
struct Tally {
    counts: JobCounts,
    failed: Vec<FailedItem>,
}

impl<'a> Record<'a> {
    /// Opens the books.
    pub(super) fn new(store: &'a Store, job: JobId, progress: &'a dyn Progress) -> Self {
        Self { store, job, progress, tally: Mutex::default() }
    }

    /// Notes that an item is being read.
    pub(super) fn parsing(&self, uri: &str, size_bytes: u64) {
        self.progress.event(&Event::Item {
            uri: uri.to_owned(),
            state: ItemState::Parsing,
            size_bytes,
            n_chunks: 0,
            failure: None,
        });
    }

    /// Notes that an item can be found.
    pub(super) async fn ready(&self, uri: &str, size_bytes: u64, n_chunks: u64) -> Result<()> {
        self.count(|counts| {
            counts.ready += 1;
            counts.chunks += n_chunks;
        });
        self.end(item(uri, ItemState::Ready, n_chunks), size_bytes).await
    }

    /// Notes that an item was already there.
    pub(super) async fn unchanged(
        &self,
        uri: &str,
        size_bytes: u64,
        document: DocumentId,
    ) -> Result<()> {
        self.count(|counts| counts.unchanged += 1);
        let known = JobItem { document: Some(document), ..item(uri, ItemState::Unchanged, 0) };
        self.end(known, size_bytes).await
    }

    /// Notes that a document was removed.
    pub(super) async fn removed(&self, uri: &str, document: DocumentId) -> Result<()> {
        self.count(|counts| counts.removed += 1);
        let gone = JobItem { document: Some(document), ..item(uri, ItemState::Removed, 0) };
        self.end(gone, 0).await
    }

    /// Notes that an item failed.
    pub(super) async fn failed(&self, uri: &str, size_bytes: u64, failure: Failure) -> Result<()> {
        {
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            tally.counts.failed += 1;
            tally.counts.total += 1;
            tally.failed.push(FailedItem {
                source: uri.to_owned(),
                code: failure.code,
                detail: failure.detail.clone(),
            });
        }
        let failed = JobItem { failure: Some(failure), ..item(uri, ItemState::Failed, 0) };
        self.end(failed, size_bytes).await
    }

    /// Closes the books.
    pub(super) fn report(&self, job: JobId, cancelled: bool, took: Duration) -> Report {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failed = tally.failed.clone();
        failed.sort_by(|a, b| a.source.cmp(&b.source));
        Report { job, cancelled, counts: tally.counts, failed, seconds: took.as_secs_f64() }
    }

    /// Counts an item.
    fn count(&self, add: impl FnOnce(&mut JobCounts)) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.counts.total += 1;
        add(&mut tally.counts);
    }

    /// Writes down how an item ended and tells whoever listens.
    async fn end(&self, item: JobItem, size_bytes: u64) -> Result<()> {
        self.store.put_job_item(self.job, &item).await?;
        self.progress.event(&Event::Item {
            uri: item.uri,
            state: item.state,
            size_bytes,
            n_chunks: item.chunks,
            failure: item.failure,
        });
        Ok(())
    }
}

/// Makes an item without document and failure.
fn item(uri: &str, state: ItemState, n_chunks: u64) -> JobItem {
    JobItem { uri: uri.to_owned(), document: None, state, failure: None, chunks: n_chunks }
}
