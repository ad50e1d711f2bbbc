//! Third stage: documents become visible, one by one; and how every item's work ends.

use footnote_core::ErrorKind;
use footnote_core::job::machine::policy;
use footnote_core::job::{Failure, FailureCode, ItemOutcome, ItemState, Settlement, Stage};
use footnote_store::Seen;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::Run;
use super::flight::Flight;
use super::read::Prepared;
use crate::failing::failure_from;
use crate::progress::Event;

/// How long to wait before the end of an item is written again that could not be written.
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

impl Run<'_> {
    /// Stores what was embedded until nothing more comes.
    pub(super) async fn store_all(&self, mut embedded: mpsc::Receiver<Prepared>) {
        while let Some(document) = embedded.recv().await {
            if !document.flight.is_stopped() {
                self.store_one(document).await;
            }
        }
    }

    /// Makes one document visible; its item ends in the same transaction.
    async fn store_one(&self, document: Prepared) {
        match self.overtaken(&document).await {
            Ok(None) => {}
            Ok(Some(outcome)) => return self.end(document.flight, outcome).await,
            Err(failure) => {
                return self.end(document.flight, ItemOutcome::Failed(failure)).await;
            }
        }
        let lease = document.flight.item.lease.clone();
        let storing = self.store().put_version(document.version(), Some(&lease));
        match timeout(policy::patience(Stage::Indexing), storing).await {
            Ok(Ok(_version)) => {
                self.note_seen(document.seen());
                self.note_stored();
                let n_chunks = document.reading.chunks.len() as u64;
                self.audience.tell_state(&document.flight.item, ItemState::Ready, n_chunks);
            }
            Ok(Err(error)) => {
                let failure = failure_from(&error);
                self.end(document.flight, ItemOutcome::Failed(failure)).await;
            }
            Err(_elapsed) => {
                self.end(document.flight, ItemOutcome::Failed(too_slow())).await;
            }
        }
    }

    /// Ends the work on an item other than with a new version. While the catalog cannot be
    /// written, the item stays in work: nothing of it is lost.
    pub(super) async fn end(&self, flight: Flight, outcome: ItemOutcome) {
        if let ItemOutcome::Failed(failure) = &outcome {
            flight.failed(failure.code);
        }
        while !flight.is_stopped() {
            match self.store().end_item(&flight.item.lease, outcome.clone()).await {
                Ok(settlement) => return self.tell_end(&flight, &outcome, settlement),
                Err(error) if error.kind() == ErrorKind::Conflict => return,
                Err(error) => {
                    tracing::warn!(error = error.chain(), "cannot write down the end of an item");
                    if self.stop.is_cancelled() {
                        return;
                    }
                    sleep(BETWEEN_TRIES).await;
                }
            }
        }
    }

    /// Tells whoever listens how an item ended; one that is tried again has not.
    fn tell_end(&self, flight: &Flight, outcome: &ItemOutcome, settlement: Settlement) {
        let Settlement::Ended(state) = settlement else { return };
        let failure = match outcome {
            ItemOutcome::Failed(failure) => Some(failure.clone()),
            ItemOutcome::Done
            | ItemOutcome::Unchanged(_)
            | ItemOutcome::Opened { .. }
            | ItemOutcome::Removed(_)
            | ItemOutcome::Released => None,
        };
        let event = Event::Item {
            uri: flight.item.lease.uri.clone(),
            state,
            size_bytes: flight.item.size_bytes,
            n_chunks: 0,
            failure,
        };
        self.audience.tell(flight.item.lease.job, &event);
    }

    /// Keeps in mind what a source told, to be written with others.
    pub(super) fn note_seen(&self, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    /// Writes down what sources told. Losing it costs another reading, so a failure is no more
    /// than a warning.
    pub(super) async fn write_seen(&self) {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.is_empty() {
            return;
        }
        if let Err(error) = self.store().put_seen(&seen).await {
            tracing::warn!(error = error.chain(), "documents will be read again to compare them");
        }
    }
}

/// Says that storing took too long.
fn too_slow() -> Failure {
    let n_minutes = policy::patience(Stage::Indexing).as_secs() / 60;
    Failure::new(
        FailureCode::Timeout,
        format!("Writing it to the search index took longer than {n_minutes} minutes."),
    )
}
