//! The shard behind its lock: the one place where the engine's panics end.

use footnote_core::{Error, Result};
use qdrant_edge::{
    CountRequest, EdgeShard, FacetRequest, FacetResponse, QueryRequest, ScoredPoint,
    UpdateOperation,
};
use std::any::Any;
use std::convert::Infallible;
use std::fmt::Display;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::config;

/// The file in the shard's folder that says that a flush of it failed.
pub(super) const DOUBT_MARKER: &str = "in-doubt";

/// The file by which the engine recognises a shard of its own.
const ENGINE_MARKER: &str = "edge_config.json";

/// An open shard. Dropping it flushes it, as far as that is possible.
pub(super) struct Shard {
    /// `None` only while it is dropped.
    engine: Option<EdgeShard>,
    folder: PathBuf,
    /// Whoever writes, flushes or optimizes holds it: the engine panics when these meet.
    writing: Mutex<()>,
}

impl Shard {
    /// Opens the shard in a folder, or makes it there with its payload indexes.
    pub(super) fn open(folder: &Path, dimension: usize) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|error| cannot("make its folder", error))?;
        let exists = folder.join(ENGINE_MARKER).exists();
        let config = config::shard(dimension);
        let opened = guarded("open", || {
            let opened = if exists {
                EdgeShard::load(folder, Some(config))
            } else {
                EdgeShard::new(folder, config)
            };
            opened.map_err(|error| cannot("open", error))
        })?;
        let shard =
            Self { engine: Some(opened), folder: folder.to_owned(), writing: Mutex::new(()) };
        shard.make_payload_indexes()?;
        Ok(shard)
    }

    /// Applies a change.
    pub(super) fn update(&self, operation: UpdateOperation) -> Result<()> {
        let _writing = self.lock();
        self.run("write", |engine| engine.update(operation))
    }

    /// Makes what was written durable. A failure leaves the marker of doubt behind.
    pub(super) fn flush(&self) -> Result<()> {
        let _writing = self.lock();
        let outcome = self.run("flush", |engine| {
            engine.flush();
            Ok::<(), Infallible>(())
        });
        if outcome.is_err()
            && let Err(error) = fs::write(self.folder.join(DOUBT_MARKER), "")
        {
            tracing::warn!(%error, "cannot mark the index as doubtful");
        }
        outcome
    }

    /// Builds the graphs of what was written lately and merges small segments.
    pub(super) fn optimize(&self) -> Result<()> {
        let _writing = self.lock();
        self.run("rearrange", |engine| engine.optimize().map(drop))?;
        self.make_payload_indexes_unlocked()
    }

    /// Finds points.
    pub(super) fn query(&self, request: QueryRequest) -> Result<Vec<ScoredPoint>> {
        self.run("search", |engine| engine.query(request))
    }

    /// Counts points.
    pub(super) fn count(&self, request: CountRequest) -> Result<usize> {
        self.run("count", |engine| engine.count(request))
    }

    /// Counts points by a field.
    pub(super) fn facet(&self, request: FacetRequest) -> Result<FacetResponse> {
        self.run("count", |engine| engine.facet(request))
    }

    /// Returns about how many points there are, without looking at them.
    pub(super) fn n_points(&self) -> usize {
        self.engine.as_ref().map_or(0, |engine| engine.info().points_count)
    }

    /// Makes the payload indexes; segments that have them stay as they are.
    fn make_payload_indexes(&self) -> Result<()> {
        let _writing = self.lock();
        self.make_payload_indexes_unlocked()
    }

    fn make_payload_indexes_unlocked(&self) -> Result<()> {
        config::payload_indexes()?
            .into_iter()
            .try_for_each(|operation| self.run("write", |engine| engine.update(operation)))
    }

    /// Runs something of the engine and turns its errors and panics into ours.
    fn run<T, E: Display>(
        &self,
        what: &'static str,
        work: impl FnOnce(&EdgeShard) -> std::result::Result<T, E>,
    ) -> Result<T> {
        let engine = self.engine.as_ref().ok_or_else(|| cannot(what, "it is closed"))?;
        guarded(what, || work(engine).map_err(|error| cannot(what, error)))
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shard {
    fn drop(&mut self) {
        let engine = self.engine.take();
        // The engine flushes when it is dropped, and panics when it cannot.
        if let Err(error) = guarded("close", || {
            drop(engine);
            Ok(())
        }) {
            tracing::warn!(error = error.chain(), "the index was not closed cleanly");
        }
    }
}

/// Ends a panic of the engine here, as an error.
fn guarded<T>(what: &'static str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(cannot(what, panic_text(panic.as_ref()))))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}

/// Makes the error for something that the engine could not do.
pub(super) fn cannot(what: &'static str, why: impl Display) -> Error {
    metrics::counter!("footnote_store_errors_total", "store" => "index").increment(1);
    Error::unavailable(format!("the search index cannot {what}"))
        .hint("Check the free space of the data directory; `footnote reindex` rebuilds the index.")
        .because(why.to_string())
}
