//! Leads a source to indexed chunks, resumably.
//!
//! Read four files in a row: [`source`] (what is there) → [`plan`] (what is already known) →
//! [`pipeline`] (one document: parse, chunk) → `worker` (many, overlapped: embed, store).
//! Everything is idempotent, so a crash anywhere is cured by running again.

mod embedding;
pub mod pipeline;
pub mod plan;
pub mod progress;
pub mod report;
pub mod sandbox;
pub mod settings;
pub mod source;
mod worker;

pub use plan::Plan;
pub use progress::{Event, Progress, Silent};
pub use report::{FailedItem, Report};
pub use source::{Input, Request};
pub use worker::{Ingestor, IngestorParts};
