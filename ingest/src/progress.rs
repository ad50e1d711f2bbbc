//! What the worker reports while it runs.

use footnote_core::job::{Failure, ItemState, JobCounts};

/// Hears what happens.
pub trait Progress: Send + Sync {
    /// Is told of one event; must return quickly.
    fn event(&self, event: &Event);
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The source was listed.
    Planned {
        /// How many items it has.
        n_items: u64,
        /// Their size together.
        size_bytes: u64,
    },
    /// An item reached a state.
    Item {
        /// The path below the source root.
        uri: String,
        /// The state.
        state: ItemState,
        /// Its size.
        size_bytes: u64,
        /// Chunks written, once it is ready.
        n_chunks: u64,
        /// Why it failed.
        failure: Option<Failure>,
    },
    /// Chunks were embedded, of whichever items.
    Embedded {
        /// How many.
        n_chunks: u64,
    },
    /// Another process works on the job; so many items have ended how so far.
    Counted {
        /// The counts.
        counts: JobCounts,
    },
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _event: &Event) {}
}
