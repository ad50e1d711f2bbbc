//! The queue: what is put into it, what a worker takes from it, and what it says of its work.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Failure, ItemState, JobState};
use crate::clock::Timestamp;
use crate::id::{CollectionId, ContentHash, DocumentId, JobId, fresh};

/// A worker: one process at work, named as `host:pid:random`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkerId(String);

impl WorkerId {
    /// Names a worker; no two calls return the same.
    #[must_use]
    pub fn generate(host: &str, pid: u32) -> Self {
        let random = fresh().simple().to_string();
        Self(format!("{host}:{pid}:{}", &random[24..]))
    }

    /// Wraps a name that was read from storage.
    #[must_use]
    pub fn from_name(name: String) -> Self {
        Self(name)
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is to be done in a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Documents are brought in step with their source.
    Ingest,
    /// Documents are embedded again, for another space.
    Reembed,
}

/// Where the bytes of an item are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// In a file of the machine that listed it.
    File {
        /// Its path.
        path: PathBuf,
    },
    /// Among the originals that the store keeps.
    Blob {
        /// The hash of the bytes.
        content: ContentHash,
    },
    /// Among the originals that the store keeps, taken out of the document that it lies in.
    Inside {
        /// The hash of the bytes.
        content: ContentHash,
        /// The document that it lies in: an archive, a mail.
        container: DocumentId,
        /// How deep it lies: 1 is in a file that was listed, 2 in a file in that.
        depth: u32,
    },
    /// Where the connector of the job's request finds it.
    Remote {
        /// What the connector calls it.
        locator: String,
    },
    /// Nowhere any more: the document is to be removed.
    Gone {
        /// The document.
        document: DocumentId,
    },
}

/// A job to be put into the queue.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Where documents go.
    pub collection: CollectionId,
    /// What was asked for, as the user wrote it.
    pub source: String,
    /// What is to be done.
    pub kind: JobKind,
    /// What was asked for, as JSON that whoever lists and works on it understands.
    pub request: String,
    /// Jobs of a higher priority are served first; 0 is usual.
    pub priority: i64,
}

/// An item that was found while a job was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// The source root.
    pub root: String,
    /// The path below it.
    pub uri: String,
    /// Where its bytes are.
    pub place: Place,
    /// How many there are, as far as the source tells; 0 when it does not.
    pub size_bytes: u64,
    /// When the source last changed it, as far as the source tells.
    pub modified: Option<Timestamp>,
    /// What the source calls this state of it (`ETag`, object id), as far as it does.
    pub tag: Option<String>,
}

/// The right to list a job until it expires. Every writing of its holder names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobLease {
    /// The job.
    pub job: JobId,
    /// Which taking of the job it is.
    pub epoch: u64,
    /// Who holds it.
    pub owner: WorkerId,
}

/// The right to work on an item until it expires. Every writing of its holder names it; once it
/// is lost, nothing that its holder writes is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ItemLease {
    /// The job.
    pub job: JobId,
    /// The source root.
    pub root: String,
    /// The path below it.
    pub uri: String,
    /// Which taking of the item it is.
    pub epoch: u64,
    /// Who holds it.
    pub owner: WorkerId,
}

/// What all items of a job share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobBrief {
    /// Its id.
    pub id: JobId,
    /// Where documents go.
    pub collection: CollectionId,
    /// What was asked for, as the user wrote it.
    pub source: String,
    /// What is to be done.
    pub kind: JobKind,
    /// What was asked for, as it was put into the queue.
    pub request: String,
}

/// A job that a worker took to list its items.
#[derive(Debug, Clone)]
pub struct TakenJob {
    /// The right to list it.
    pub lease: JobLease,
    /// What it is.
    pub brief: JobBrief,
}

/// An item that a worker took to work on.
#[derive(Debug, Clone)]
pub struct TakenItem {
    /// The right to work on it.
    pub lease: ItemLease,
    /// What it belongs to.
    pub job: Arc<JobBrief>,
    /// Where its bytes are.
    pub place: Place,
    /// How many there are, as far as the source told.
    pub size_bytes: u64,
    /// When the source last changed it, as far as the source told.
    pub modified: Option<Timestamp>,
    /// What the source called this state of it.
    pub tag: Option<String>,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// Whether nothing else may be in work beside it, because workers vanished with it before:
    /// what its worker was told to abandon must have stopped before it begins.
    pub is_alone: bool,
}

/// The stages of the work on one item, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its text is being read.
    Parsing,
    /// Its text is being cut.
    Chunking,
    /// Its chunks are being embedded.
    Embedding,
    /// Its vectors are being indexed.
    Indexing,
}

impl Stage {
    /// Returns the state of an item in this stage.
    #[must_use]
    pub fn state(self) -> ItemState {
        match self {
            Self::Parsing => ItemState::Parsing,
            Self::Chunking => ItemState::Chunking,
            Self::Embedding => ItemState::Embedding,
            Self::Indexing => ItemState::Indexing,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parsing => "parsing",
            Self::Chunking => "chunking",
            Self::Embedding => "embedding",
            Self::Indexing => "indexing",
        })
    }
}

/// How far a worker has come with an item.
#[derive(Debug, Clone)]
pub struct Progress {
    /// The right under which it works.
    pub lease: ItemLease,
    /// The stage.
    pub stage: Stage,
    /// What is done of the stage (bytes read, chunks embedded); it only grows.
    pub progress: u64,
}

/// What a worker is to do, as it learns when it says that it is alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders {
    /// Items on which it is to stop at once: they are no longer its own.
    pub lost: Vec<ItemLease>,
    /// The jobs among theirs that were cancelled.
    pub cancelled: Vec<JobId>,
    /// The jobs among theirs that were paused; their items are taken again later.
    pub paused: Vec<JobId>,
}

/// How the work on an item ended, other than with a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    /// What it asked for is done; it had no document of its own.
    Done,
    /// The document was already there.
    Unchanged(DocumentId),
    /// The document was already there; files that lie inside it were not, and join its job.
    Opened {
        /// The document.
        document: DocumentId,
        /// Every file that lies inside it.
        inside: Vec<NewItem>,
    },
    /// The document was removed.
    Removed(DocumentId),
    /// It went wrong.
    Failed(Failure),
    /// The worker gives it back and stops; this costs the item nothing.
    Released,
}

/// What became of an item after its worker told how the work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It has ended in this state.
    Ended(ItemState),
    /// It waits, and is tried again at this moment.
    Again(Timestamp),
}

/// An item that makes no progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    /// Where it stands still.
    pub stage: Stage,
    /// Since when.
    pub since: Timestamp,
    /// Who works on it.
    pub worker: WorkerId,
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no progress in {} by {}", self.stage, self.worker)
    }
}

/// Which ended items are to be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry<'a> {
    /// All that failed.
    Failed,
    /// The one with this root and uri, failed or cancelled.
    One {
        /// The source root.
        root: &'a str,
        /// The path below it.
        uri: &'a str,
    },
}

/// Which jobs are listed, newest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct JobFilter {
    /// Only those of this collection.
    pub collection: Option<CollectionId>,
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those older than this one: the last of the page before.
    pub before: Option<JobId>,
}

/// Which items are listed, by root and uri.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Only those in this state.
    pub state: Option<ItemState>,
    /// Only those after this root and uri: the last of the page before.
    pub after: Option<(String, String)>,
}

/// How much waits and how much is worked on, over all jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Jobs that have not ended.
    pub n_jobs: u64,
    /// Items that wait, those of paused jobs too.
    pub n_waiting: u64,
    /// Items that are worked on.
    pub n_working: u64,
}
