//! Tending the store while a program runs: what other processes left to be done, and what must
//! not wait for the next document.

use footnote_core::Result;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use super::Store;
use super::duplicates::ToSketch;
use super::engine::Engine;

/// How often the catalog is asked what others have written.
const INTERVAL: Duration = Duration::from_secs(1);

/// What tending remembers from one time to the next.
struct Tending {
    checkpointed: Instant,
    was_unreachable: bool,
    to_sketch: ToSketch,
}

impl Store {
    /// Tends the store until it is told to stop: removes the points of what other processes
    /// removed, finishes what others began and left, makes the index durable every
    /// `store.checkpoint_seconds`, goes over to an index or a space that another process has made to
    /// serve, and sketches what an earlier release has stored without (see
    /// [`sketch_with`](Self::sketch_with)). Every process that holds the index and runs for long
    /// does so, once.
    ///
    /// A failure is logged, and tried again a second later.
    pub async fn tend(&self, stop: &CancellationToken) {
        let Some(engine) = &self.engine else { return };
        let mut tending = Tending {
            checkpointed: Instant::now(),
            was_unreachable: false,
            to_sketch: ToSketch::After(None),
        };
        let mut has_failed = false;
        while stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await.is_some() {
            let outcome = self.tend_once(engine, &mut tending).await;
            if let Err(error) = &outcome
                && !has_failed
            {
                tracing::warn!(error = error.chain(), "cannot tend the index; trying again");
            }
            has_failed = outcome.is_err();
        }
    }

    async fn tend_once(&self, engine: &Engine, tending: &mut Tending) -> Result<()> {
        engine.keep_right().await?;
        if engine.is_shared() {
            engine.refresh().await?;
        }
        self.watch_server(engine, tending).await?;
        while 0 < engine.settle_left_behind().await? {}
        let limit = Duration::from_secs(self.config.checkpoint_seconds.max(1));
        if limit <= tending.checkpointed.elapsed() {
            if 0 < self.catalog.n_outbox_rows().await? {
                engine.settle_down().await?;
            }
            tending.checkpointed = Instant::now();
        }
        tending.to_sketch = self.sketch_some(tending.to_sketch).await?;
        Ok(())
    }

    /// Applies again what was written lately to an index on a server that did not answer for a
    /// while: it may have been started again, without its last writes.
    async fn watch_server(&self, engine: &Engine, tending: &mut Tending) -> Result<()> {
        let Some(serving) = engine.spaces().serving else { return Ok(()) };
        if serving.index.durable_after().is_zero() || self.catalog.n_outbox_rows().await? == 0 {
            return Ok(());
        }
        let answered = serving.index.count().await;
        if answered.is_ok() && tending.was_unreachable {
            engine.replay_after_outage().await?;
        }
        tending.was_unreachable = answered.is_err();
        answered.map(drop)
    }
}
