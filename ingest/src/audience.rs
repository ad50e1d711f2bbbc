//! Who hears what becomes of one job, while a worker works on whichever is next.

use footnote_core::id::JobId;
use footnote_core::job::{ItemState, TakenItem};
use std::sync::Arc;

use crate::progress::{Event, Progress};

/// Whoever listens, if anybody does.
#[derive(Clone, Default)]
pub(crate) struct Audience(Option<(JobId, Arc<dyn Progress>)>);

impl Audience {
    /// Makes an audience of one job.
    pub(crate) fn of(job: JobId, progress: Arc<dyn Progress>) -> Self {
        Self(Some((job, progress)))
    }

    /// Tells of something that happened to a job.
    pub(crate) fn tell(&self, job: JobId, event: &Event) {
        if let Some((wanted, progress)) = &self.0
            && *wanted == job
        {
            progress.event(event);
        }
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
