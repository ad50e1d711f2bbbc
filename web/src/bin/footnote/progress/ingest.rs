//! How an ingestion advances: files, chunks, speed and time left.

use indicatif::ProgressBar;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use footnote_core::job::{ItemState, JobCounts};
use footnote_ingest::{Event, Progress};

use super::{BETWEEN_LINES, Style, bar, json, line};
use crate::output::bytes;

/// Shows how an ingestion advances.
pub(crate) struct IngestProgress {
    style: Style,
    bar: Option<ProgressBar>,
    tally: Mutex<Tally>,
}

/// What was done so far.
struct Tally {
    n_items: u64,
    n_done: u64,
    n_failed: u64,
    n_chunks: u64,
    size_bytes: u64,
    /// Whether sizes are known; those of what another process works on are not.
    knows_sizes: bool,
    started: Instant,
    last_line: Instant,
}

impl IngestProgress {
    /// Shows progress in a style.
    pub(crate) fn new(style: Style) -> Self {
        let bar = (style == Style::Bars)
            .then(|| bar("{spinner:.cyan} {bar:24.cyan/dim} {msg}  {eta:>3} left"));
        let now = Instant::now();
        let tally = Tally {
            n_items: 0,
            n_done: 0,
            n_failed: 0,
            n_chunks: 0,
            size_bytes: 0,
            knows_sizes: true,
            started: now,
            last_line: now,
        };
        Self { style, bar, tally: Mutex::new(tally) }
    }

    /// Takes the bar away; what comes next has the terminal to itself.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&self, tally: &mut Tally) {
        if let Some(bar) = &self.bar {
            bar.set_position(tally.size_bytes);
            bar.set_message(tally.describe());
        } else if self.style == Style::Plain && BETWEEN_LINES <= tally.last_line.elapsed() {
            tally.last_line = Instant::now();
            line(&tally.describe());
        }
    }
}

impl Progress for IngestProgress {
    fn event(&self, event: &Event) {
        if self.style == Style::Json {
            return json(&encode(event));
        }
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Planned { n_items, size_bytes } => {
                tally.n_items = *n_items;
                if let Some(bar) = &self.bar {
                    bar.set_length(*size_bytes);
                }
            }
            Event::Item { state, size_bytes, .. } if is_end(*state) => {
                tally.n_done += 1;
                tally.n_failed += u64::from(*state == ItemState::Failed);
                tally.size_bytes += size_bytes;
            }
            Event::Item { .. } => return,
            Event::Embedded { n_chunks } => tally.n_chunks += n_chunks,
            Event::Counted { counts } => tally.take(counts, self.bar.as_ref()),
        }
        self.show(&mut tally);
    }
}

impl Tally {
    /// Takes over what another process has counted, which knows no sizes.
    fn take(&mut self, counts: &JobCounts, bar: Option<&ProgressBar>) {
        self.n_items = counts.total;
        self.n_done = counts.total - counts.waiting - counts.working;
        self.n_failed = counts.failed;
        self.n_chunks = counts.chunks;
        self.size_bytes = self.n_done;
        self.knows_sizes = false;
        if let Some(bar) = bar {
            bar.set_length(counts.total);
        }
    }

    /// Says in a line what was done so far.
    fn describe(&self) -> String {
        let milliseconds = self.started.elapsed().as_millis().max(1);
        let speed = u128::from(self.size_bytes) * 1000 / milliseconds;
        let speed = match u64::try_from(speed) {
            Ok(speed) if self.knows_sizes => format!(" · {}/s", bytes(speed)),
            Ok(_) | Err(_) => String::new(),
        };
        let failed = match self.n_failed {
            0 => String::new(),
            n_failed => format!(" · {n_failed} failed"),
        };
        let (n_done, n_items, n_chunks) = (self.n_done, self.n_items, self.n_chunks);
        format!("{n_done}/{n_items} files · {n_chunks} chunks{speed}{failed}")
    }
}

/// Tells whether nothing comes after a state.
fn is_end(state: ItemState) -> bool {
    match state {
        ItemState::Ready | ItemState::Unchanged | ItemState::Failed => true,
        ItemState::Queued
        | ItemState::Parsing
        | ItemState::Chunking
        | ItemState::Embedding
        | ItemState::Indexing
        | ItemState::Removed
        | ItemState::Cancelled => false,
    }
}

/// Writes an event for programs.
fn encode(event: &Event) -> serde_json::Value {
    match event {
        Event::Planned { n_items, size_bytes } => {
            json!({"event": "planned", "items": n_items, "bytes": size_bytes})
        }
        Event::Item { uri, state, size_bytes, n_chunks, failure } => json!({
            "event": "item", "uri": uri, "state": state, "bytes": size_bytes, "chunks": n_chunks,
            "code": failure.as_ref().map(|failure| failure.code),
            "detail": failure.as_ref().map(|failure| &failure.detail),
        }),
        Event::Embedded { n_chunks } => json!({"event": "embedded", "chunks": n_chunks}),
        Event::Counted { counts } => json!({"event": "counted", "counts": counts}),
    }
}
