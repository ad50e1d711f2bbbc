//! Who hears what becomes of one job, while a worker works on whichever is next.

use footnote_core::ErrorKind;
use footnote_core::id::JobId;
use footnote_core::job::{ItemState, TakenItem};
use metrics::counter;
use std::sync::{Arc, OnceLock};

use crate::progress::{Event, Progress};

/// Whoever listens, if anybody does.
#[derive(Clone, Default)]
pub(crate) struct Audience(Option<Listener>);

/// Whoever listens to one job.
#[derive(Clone)]
struct Listener {
    job: JobId,
    progress: Arc<dyn Progress>,
    refusal: Arc<OnceLock<ErrorKind>>,
}

impl Audience {
    /// Makes an audience of one job.
    pub(crate) fn of(job: JobId, progress: Arc<dyn Progress>) -> Self {
        Self(Some(Listener { job, progress, refusal: Arc::default() }))
    }

    /// Tells of something that happened to a job.
    pub(crate) fn tell(&self, job: JobId, event: &Event) {
        count(event);
        if let Some(listener) = self.0.as_ref().filter(|listener| listener.job == job) {
            listener.progress.event(event);
        }
    }

    /// Tells that a job cannot be listed, and what can be done about it.
    pub(crate) fn refuse(&self, job: JobId, kind: ErrorKind) {
        if let Some(listener) = self.0.as_ref().filter(|listener| listener.job == job) {
            listener.refusal.get_or_init(|| kind);
        }
    }

    /// Returns what can be done about it that the job cannot be listed; `None` where that is not
    /// known here.
    pub(crate) fn refusal(&self) -> Option<ErrorKind> {
        self.0.as_ref()?.refusal.get().copied()
    }

    /// Tells of the state of an item.
    pub(crate) fn tell_state(&self, item: &TakenItem, state: ItemState, n_chunks: u64) {
        let event = Event::Item {
            uri: item.lease.uri.clone(),
            state,
            size_bytes: item.size_bytes,
            n_chunks,
            failure: None,
        };
        self.tell(item.lease.job, &event);
    }
}

/// Counts the documents whose ingestion ended, for whoever measures the process.
fn count(event: &Event) {
    let Event::Item { state, .. } = event else { return };
    let outcome = match state {
        ItemState::Ready => "ready",
        ItemState::Unchanged => "unchanged",
        ItemState::Removed => "removed",
        ItemState::Failed => "failed",
        ItemState::Cancelled => "cancelled",
        ItemState::Queued
        | ItemState::Parsing
        | ItemState::Chunking
        | ItemState::Embedding
        | ItemState::Indexing => return,
    };
    counter!("footnote_ingest_documents_total", "outcome" => outcome).increment(1);
}
