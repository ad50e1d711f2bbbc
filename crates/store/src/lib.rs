//! Keeps documents, jobs and vectors, and keeps them in step.
//!
//! The **catalog** (SQLite) is the truth, text and vectors included. The **index** (Qdrant in this
//! process) is a cache of it that can be thrown away and rebuilt without parsing or embedding
//! again. An **outbox** in the catalog keeps the two in step: whatever the index may have lost in
//! a crash is applied again when the store is opened.
//!
//! [`Store`] is all that the crates above use; it is also the
//! [`Corpus`](footnote_core::corpus::Corpus) that answers are drawn from.

pub mod analyzer;
mod blob;
mod catalog;
pub mod index;
pub mod lock;
mod outbox;
mod room;
mod search;
mod space;
pub mod sparse;
mod store;

pub use catalog::collections::CollectionSummary;
pub use catalog::documents::{DocumentFilter, DocumentState, DocumentSummary, KnownDocument, Page};
pub use catalog::texts::{DocumentText, VersionRef};
pub use catalog::versions::{NewChunk, NewVersion, Original};
pub use lock::{LockHolder, holder};
pub use outbox::ReconcileReport;
pub use space::SpaceSpec;
pub use store::maintenance::{IntegrityReport, ReindexReport};
pub use store::reading::OriginalFile;
pub use store::{Store, StoreOptions};
