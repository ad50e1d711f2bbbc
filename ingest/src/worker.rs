//! A worker: jobs are listed and their documents worked on, many at once, stage after stage.
//!
//! ```text
//! list → take → read, compare, parse, cut (children) → embed (batches over documents) → store
//! ```
//! The stages are joined by bounded channels and run as one task; the heavy work happens in child
//! processes, in the model's threads and in the store's. Dropping the task anywhere loses nothing:
//! what it held is taken back when its leases expire, and embeddings are there by the batch.

mod contents;
mod embed;
mod flight;
mod keep;
mod pool;
mod read;
mod take;
mod waiting;

use footnote_core::job::WorkerId;
use footnote_store::{Seen, Store};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::audience::Audience;
use crate::ingestor::Ingestor;
use crate::machine;
use flight::Flights;

/// How many MiB of original bytes may be in work; one larger file is let through alone.
const MEMORY_MIB: u32 = 512;

/// How many items may wait to be read: enough that no parser is idle while more are taken.
const WAITING: usize = 32;

/// How many documents may wait to be embedded; more wait where they are embedded.
const READ_AHEAD: usize = 8;

/// How many documents may wait to be stored.
const EMBEDDED_AHEAD: usize = 64;

/// One worker at work.
pub(crate) struct Run<'a> {
    ingestor: &'a Ingestor,
    worker: WorkerId,
    audience: Audience,
    stop: CancellationToken,
    flights: Arc<Flights>,
    places: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    look: Notify,
    seen: Mutex<Vec<Seen>>,
    has_stored: AtomicBool,
}

impl<'a> Run<'a> {
    /// Makes a worker; what becomes of one job is told to an audience.
    pub(crate) fn new(ingestor: &'a Ingestor, audience: Audience, stop: CancellationToken) -> Self {
        Self {
            ingestor,
            worker: machine::worker(),
            audience,
            stop,
            flights: Arc::default(),
            places: Arc::new(Semaphore::new(WAITING)),
            memory: Arc::new(Semaphore::new(MEMORY_MIB as usize)),
            look: Notify::new(),
            seen: Mutex::default(),
            has_stored: AtomicBool::new(false),
        }
    }

    /// Works until it is to stop, then gives back what is not done.
    pub(crate) async fn work(&self) {
        let (to_read, taken) = mpsc::channel(WAITING);
        let (to_embed, read) = mpsc::channel(READ_AHEAD);
        let (to_store, embedded) = mpsc::channel(EMBEDDED_AHEAD);
        let ended = CancellationToken::new();
        let stages = async {
            tokio::join!(
                self.list_all(),
                self.take_all(to_read),
                self.read_all(taken, to_embed),
                self.embed_all(read, to_store),
                self.store_all(embedded),
            );
            ended.cancel();
        };
        tokio::join!(stages, self.beat(&ended), self.settle_when_idle(&ended));
        self.settle().await;
    }

    /// Notes that there is something to be made durable.
    fn note_stored(&self) {
        self.has_stored.store(true, Ordering::Relaxed);
    }

    /// Makes what was stored fast to search and its index durable. Nothing is lost if it fails.
    async fn settle(&self) {
        if !self.has_stored.swap(false, Ordering::Relaxed) {
            return;
        }
        let settled = async {
            self.store().optimize().await?;
            self.store().checkpoint().await
        };
        if let Err(error) = settled.await {
            tracing::warn!(error = error.chain(), "cannot rearrange the index");
        }
    }

    fn store(&self) -> &Store {
        &self.ingestor.store
    }
}
