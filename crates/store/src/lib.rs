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
mod faults;
pub mod index;
pub mod lock;
mod outbox;
mod room;
mod search;
mod space;
pub mod sparse;
mod store;
mod transfer;

pub use blob::BlobReader;
pub use catalog::asked::{AskedFailure, AskedJob};
pub use catalog::collections::{CollectionChange, CollectionSummary};
pub use catalog::conversations::feedback::{
    Feedback, FeedbackEntry, FeedbackFilter, FeedbackReason, Rating,
};
pub use catalog::conversations::turns::{EndedTurn, NewTurn, Turn, TurnBody, TurnEnd, TurnOutcome};
pub use catalog::conversations::{Conversation, ConversationChange, ConversationFilter};
pub use catalog::documents::{DocumentState, DocumentSummary, KnownDocument};
pub use catalog::duplicates::DuplicateDocument;
pub use catalog::evals::runs::{NewRun, Run, RunEnd, RunOutcome, RunResult};
pub use catalog::evals::{Dataset, DatasetQuestion};
pub use catalog::history::{DocumentVersion, Life, VersionState};
pub use catalog::listing::{DocumentFilter, DocumentOrder, Page};
pub use catalog::people::audit::{AuditEntry, AuditFilter, NewAudit};
pub use catalog::people::groups::Group;
pub use catalog::people::identities::Identity;
pub use catalog::people::keys::{ApiKey, NewKey, UsedKey};
pub use catalog::people::sessions::{NewSession, Session, SignedIn};
pub use catalog::people::{Credentials, NewPerson, Person};
pub use catalog::purge::Which;
pub use catalog::readings::StoredReading;
pub use catalog::requests::{Claim, ClaimedRequest, RequestKey};
pub use catalog::seen::{KnownSource, LaterWork, Seen};
pub use catalog::sources::{NewSource, SourceSummary};
pub use catalog::texts::{DocumentText, Standing, VersionRef};
pub use catalog::unembedded::TextToEmbed;
pub use catalog::versions::{NewChunk, NewVersion, Original};
pub use faults::Faults;
pub use lock::{LockHolder, holder};
pub use outbox::ReconcileReport;
pub use space::{Space, SpaceSpec, SpaceState};
pub use store::bundle::{Export, Import, ImportReport};
pub use store::duplicates::{DuplicateGroup, DuplicateReport};
pub use store::maintenance::{IntegrityReport, ReindexReport};
pub use store::originals::{FaultyOriginal, OriginalCheck, OriginalFault, OriginalsReport};
pub use store::purge::PurgeReport;
pub use store::reading::{OriginalFile, ParsedVersion};
pub use store::transfer::{ArchiveFile, Migration};
pub use store::{Store, StoreOptions};
pub use transfer::{ArchiveKind, TransferReport, TransferStage, TransferStep, Watch};
