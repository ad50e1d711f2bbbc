//! What is next: jobs are listed, items are taken as fast as they are worked on, and the catalog
//! hears that the worker is alive.

use footnote_core::job::machine::policy;
use footnote_core::job::{ItemOutcome, TakenItem};
use footnote_core::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::flight::Flight;
use super::{MEMORY_MIB, Run};
use crate::failing::failure_from;
use crate::listing::{Listed, Lister};

/// How many items are taken at once at most.
const TAKEN_AT_ONCE: usize = 16;

/// How long to wait when there is nothing to do, or the catalog cannot be used.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the disk is looked at while it is full.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(2);

/// How often what vanished workers hold is taken back.
const REAP_EVERY: Duration = Duration::from_secs(10);

impl Run<'_> {
    /// Lists jobs, one after the other, until it is to stop.
    pub(super) async fn list_all(&self) {
        let lister = Lister {
            store: self.store(),
            connections: self.ingestor.connections.as_ref(),
            max_file_bytes: self.ingestor.config.max_file_bytes,
            reembed: self.ingestor.reembed.as_deref(),
            readings: &self.ingestor.readings,
            audience: &self.audience,
            stop: &self.stop,
        };
        while !self.stop.is_cancelled() {
            self.list_waiting(&lister).await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.look.notified() => {}
                () = sleep(PAUSE) => {}
            }
        }
    }

    /// Lists the jobs that wait. Those of other machines are held until the others are listed, so
    /// that they do not come again and again.
    async fn list_waiting(&self, lister: &Lister<'_>) {
        let mut elsewhere = Vec::new();
        while !self.stop.is_cancelled() {
            let job = match self.store().take_listing(&self.worker).await {
                Ok(Some(job)) => job,
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(error = error.chain(), "cannot look for jobs");
                    break;
                }
            };
            match lister.list(&job).await {
                Ok(Listed::Here) => {}
                Ok(Listed::Elsewhere) => elsewhere.push(job.lease),
                // Whoever cancelled it, or asked to stop, knows.
                Err(error) if is_order(&error) => {}
                Err(error) => {
                    let id = job.lease.job;
                    tracing::warn!(job.id = %id, error = error.chain(), "cannot list a job");
                }
            }
        }
        for lease in elsewhere {
            if let Err(error) = self.store().release_listing(&lease).await {
                tracing::debug!(error = error.chain(), "a job of another machine was taken back");
            }
        }
    }

    /// Takes items until it is to stop.
    pub(super) async fn take_all(&self, to_read: mpsc::Sender<Flight>) {
        loop {
            let places = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                places = self.places() => places,
            };
            let Some(places) = places else { return };
            let n_taken = match self.store().check_room() {
                Ok(()) => self.take(places, &to_read).await,
                Err(full) => {
                    self.wait_for_room(places, &full).await;
                    continue;
                }
            };
            if n_taken == 0 {
                self.look.notify_one();
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = self.store().wait_for_work(PAUSE) => {}
                }
                self.look.notify_one();
            }
        }
    }

    /// Waits for places among the items that wait to be read.
    async fn places(&self) -> Option<OwnedSemaphorePermit> {
        let n_free = self.places.available_permits().clamp(1, TAKEN_AT_ONCE);
        let n_places = u32::try_from(n_free).unwrap_or(1);
        Arc::clone(&self.places).acquire_many_owned(n_places).await.ok()
    }

    /// Takes as many items as there are places, and returns how many those were.
    async fn take(
        &self,
        mut places: OwnedSemaphorePermit,
        to_read: &mpsc::Sender<Flight>,
    ) -> usize {
        let taken = self.take_from_queue(places.num_permits()).await;
        let n_taken = taken.len();
        for item in taken {
            if let Some(place) = places.split(1) {
                // There are never more items than fit.
                to_read.send(self.flights.begin(item, place)).await.ok();
            }
        }
        n_taken
    }

    async fn take_from_queue(&self, limit: usize) -> Vec<TakenItem> {
        let max_bytes = u64::from(MEMORY_MIB) << 20;
        match self.store().take_items(&self.worker, limit, max_bytes).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(error = error.chain(), "cannot take work of the queue");
                sleep(PAUSE).await;
                Vec::new()
            }
        }
    }

    /// Pauses while the disk is full. One item after the other says why: it goes back with the
    /// reason, which costs it nothing.
    async fn wait_for_room(&self, mut places: OwnedSemaphorePermit, full: &Error) {
        for item in self.take_from_queue(1).await {
            tracing::warn!(error = full.chain(), "ingestion pauses");
            if let Some(place) = places.split(1) {
                let flight = self.flights.begin(item, place);
                self.end(flight, ItemOutcome::Failed(failure_from(full))).await;
            }
        }
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = sleep(LOOK_FOR_ROOM) => {}
        }
    }

    /// Says that the worker is alive and does what it is told, until everything has ended.
    pub(super) async fn beat(&self, ended: &CancellationToken) {
        let mut orders = self.store().order_changes();
        let mut last_reaped = Instant::now();
        loop {
            tokio::select! {
                () = ended.cancelled() => break,
                changed = orders.changed() => drop(changed),
                () = sleep(policy::HEARTBEAT_EVERY) => {}
            }
            self.say_alive().await;
            self.write_seen().await;
            if REAP_EVERY <= last_reaped.elapsed() {
                last_reaped = Instant::now();
                self.reap().await;
            }
        }
        self.write_seen().await;
    }

    async fn say_alive(&self) {
        let progress = self.flights.progress();
        if progress.is_empty() {
            return;
        }
        match self.store().heartbeat(&self.worker, &progress).await {
            Ok(orders) => self.flights.stop(&orders.lost),
            Err(error) => tracing::warn!(error = error.chain(), "cannot say that work goes on"),
        }
    }

    async fn reap(&self) {
        match self.store().reap_expired().await {
            Ok(0) => {}
            Ok(n_items) => tracing::warn!(item.count = n_items, "took back what workers left"),
            Err(error) => tracing::warn!(error = error.chain(), "cannot look for lost work"),
        }
    }

    /// Makes what was stored durable and fast to search whenever there is nothing else to do.
    pub(super) async fn settle_when_idle(&self, ended: &CancellationToken) {
        loop {
            tokio::select! {
                () = ended.cancelled() => return,
                () = self.flights.landing() => {}
            }
            tokio::select! {
                () = ended.cancelled() => return,
                () = sleep(PAUSE) => {}
            }
            if self.flights.is_empty() {
                self.settle().await;
            }
        }
    }
}

/// Tells whether an error says that somebody asked for it.
fn is_order(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Cancelled)
}
