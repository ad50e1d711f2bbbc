//! Leads a source to indexed chunks, and loses nothing on the way.
//!
//! What is asked for becomes a job in the catalog ([`intake`]); a worker lists it (`scan` finds
//! what is there, `plan` compares it with what is known, `listing` writes the items down) and works
//! on its items, many at once: `loading` (bytes) → `reading` (text and chunks, equal bytes once) →
//! `worker` (embed, store). [`sync`] does so again and again. Everything is idempotent, and the
//! catalog knows at every moment what is left to do: a crash anywhere costs at most a batch.

pub mod arguments;
mod audience;
pub mod connector;
mod connectors;
mod failing;
mod ingestor;
mod inside;
pub mod intake;
mod listing;
mod loading;
mod machine;
pub mod opening;
pub mod outbound;
pub mod plan;
pub mod preview;
pub mod progress;
mod reader;
mod reading;
pub mod reembed;
pub mod report;
pub mod request;
pub mod sandbox;
mod scan;
pub mod settings;
pub mod sync;
pub mod watch;
mod worker;

pub use ingestor::{Ingestor, IngestorParts};
pub use intake::Intake;
pub use plan::Plan;
pub use progress::{Event, Progress, Silent};
pub use reembed::Reembed;
pub use report::{FailedItem, Report};
pub use request::{Input, Request};
pub use scan::Unlisted;
pub use watch::{Changes, FolderWatch};
