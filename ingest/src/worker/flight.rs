//! What a worker has in work: how far each document is, and which it is to stop.

use footnote_core::job::{FailureCode, ItemLease, Progress, Stage, TakenItem};
use footnote_core::trace;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tracing::Span;

/// Everything that a worker has in work.
#[derive(Debug, Default)]
pub(super) struct Flights {
    held: Mutex<HashMap<ItemLease, Arc<Position>>>,
    landed: Notify,
}

/// How far a document is.
#[derive(Debug)]
struct Position {
    at: Mutex<(Stage, u64)>,
    stop: CancellationToken,
}

/// A document in work; dropping it ends that.
#[derive(Debug)]
pub(super) struct Flight {
    /// What is worked on.
    pub(super) item: TakenItem,
    position: Arc<Position>,
    flights: Arc<Flights>,
    place: Option<OwnedSemaphorePermit>,
    span: Span,
    /// Of the stage that it is in.
    stage: Mutex<Span>,
}

impl Flights {
    /// Begins to work on an item, which has a place among those that wait.
    pub(super) fn begin(self: &Arc<Self>, item: TakenItem, place: OwnedSemaphorePermit) -> Flight {
        let position = Arc::new(Position {
            at: Mutex::new((Stage::Parsing, 0)),
            stop: CancellationToken::new(),
        });
        self.held().insert(item.lease.clone(), Arc::clone(&position));
        let (flights, place) = (Arc::clone(self), Some(place));
        Flight {
            item,
            position,
            flights,
            place,
            span: Span::none(),
            stage: Mutex::new(Span::none()),
        }
    }

    /// Says how far everything is.
    pub(super) fn progress(&self) -> Vec<Progress> {
        let held = self.held();
        let progress = held.iter().map(|(lease, position)| {
            let (stage, progress) = *position.at();
            Progress { lease: lease.clone(), stage, progress }
        });
        progress.collect()
    }

    /// Stops the work on what is no longer the worker's.
    pub(super) fn stop(&self, lost: &[ItemLease]) {
        let held = self.held();
        for position in lost.iter().filter_map(|lease| held.get(lease)) {
            position.stop.cancel();
        }
    }

    /// Tells whether nothing is in work.
    pub(super) fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// Waits until one more document has landed.
    pub(super) async fn landing(&self) {
        self.landed.notified().await;
    }

    fn held(&self) -> MutexGuard<'_, HashMap<ItemLease, Arc<Position>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Position {
    fn at(&self) -> MutexGuard<'_, (Stage, u64)> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Gives up its place among those that wait, because its work begins.
    pub(super) fn leave_waiting(&mut self) {
        self.place = None;
        self.span = trace::ingest();
        self.trace(Stage::Parsing);
    }

    /// Notes the stage that the document has reached.
    pub(super) fn enter(&self, stage: Stage) {
        *self.position.at() = (stage, 0);
        self.trace(stage);
    }

    /// Notes why the work on the document failed.
    pub(super) fn failed(&self, code: FailureCode) {
        trace::ingest_failed(&self.span, code);
    }

    /// Ends the span of the stage before, and begins that of a stage.
    fn trace(&self, stage: Stage) {
        let span = trace::ingest_stage(&self.span, stage);
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = span;
    }

    /// Notes that more of the stage is done.
    pub(super) fn advance(&self, by: u64) {
        self.position.at().1 += by;
    }

    /// Tells whether the document is no longer this worker's.
    pub(super) fn is_stopped(&self) -> bool {
        self.position.stop.is_cancelled()
    }

    /// Waits until the document is no longer this worker's.
    pub(super) async fn stopped(&self) {
        self.position.stop.cancelled().await;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.held().remove(&self.item.lease);
        self.flights.landed.notify_one();
    }
}
