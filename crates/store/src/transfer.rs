//! Moving everything: to an archive and back, from one catalog to another, from one installation
//! to another.
//!
//! One mechanism for all of it: the rows of a catalog, read in one snapshot, and the originals pass
//! as *parcels* through a bounded channel from a source to a sink. Sources are a [snapshot] and an
//! [archive]; sinks are an [archive] and a [loader] that fills an empty catalog. What passes is
//! counted and hashed on the way, and memory stays flat whatever there is to move.

pub(crate) mod archive;
pub(crate) mod landing;
pub(crate) mod loader;
pub(crate) mod rows;
pub(crate) mod snapshot;
pub(crate) mod tables;
pub(crate) mod unpacked;

use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};
use std::future::Future;
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use rows::{Row, Shape};

/// How many parcels wait between a source and a sink.
const PARCELS_WAITING: usize = 16;

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferStep {
    /// What is being done.
    pub stage: TransferStage,
    /// How much of it is done.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
}

/// What a transfer does at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStage {
    /// Rows of the catalog are read, counted in rows.
    Rows,
    /// Originals are read, counted in bytes.
    Originals,
    /// An archive is read, counted in bytes of the file.
    Archive,
    /// Both ends are compared, counted in tables.
    Comparing,
    /// Documents are taken over, counted in documents.
    Documents,
    /// The index is built, counted in documents.
    Index,
}

/// How a transfer is watched and stopped.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Is told how far it has come.
    pub progress: &'a (dyn Fn(TransferStep) + Send + Sync),
    /// Stops it: what was begun is taken back.
    pub cancel: &'a CancellationToken,
}

impl Watch<'_> {
    pub(crate) fn tell(&self, stage: TransferStage, done: u64, total: u64) {
        (self.progress)(TransferStep { stage, done, total });
    }

    /// # Errors
    /// `Cancelled` when somebody asked to stop.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() {
            return Err(Error::cancelled("stopped; nothing was changed"));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("cancel", self.cancel).finish_non_exhaustive()
    }
}

/// What an archive is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveKind {
    /// A whole installation, to be restored.
    Backup,
    /// Some collections, to be imported.
    Bundle,
}

/// What comes: the first thing that passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct About {
    /// The version of the archive's format.
    pub(crate) format: u32,
    /// What it is there for.
    pub(crate) kind: ArchiveKind,
    /// The release that wrote it.
    pub(crate) program: String,
    /// The moment of the snapshot.
    pub(crate) created: Timestamp,
    /// The number of the newest migration of the catalog that it comes from.
    pub(crate) schema: i64,
    /// The spaces of its vectors, the one that serves first.
    pub(crate) spaces: Vec<SpaceBrief>,
    /// Whether originals come too.
    pub(crate) has_originals: bool,
    /// The tables whose rows come, in this order.
    pub(crate) tables: Vec<Shape>,
}

/// A space of vectors as an archive names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpaceBrief {
    pub(crate) model: String,
    pub(crate) fingerprint: String,
    pub(crate) dimension: usize,
}

/// What passes from a source to a sink: [`About`](Self::About) first, then rows table by table,
/// then originals one by one, then the end.
#[derive(Debug)]
pub(crate) enum Parcel {
    About(About),
    /// Rows of the table with a number.
    Rows(usize, Vec<Row>),
    /// An original begins; pieces follow until it has all of its bytes.
    Original(ContentHash, u64),
    /// A piece of the original that began last.
    Piece(Vec<u8>),
    /// An original that the catalog names and that is not there, or damaged.
    Missing(ContentHash),
    /// All has passed and was found to be right.
    End,
}

/// What a transfer moved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransferReport {
    /// When the snapshot was taken.
    pub created: Option<Timestamp>,
    /// Collections.
    pub n_collections: u64,
    /// Documents, removed ones included.
    pub n_documents: u64,
    /// Versions of them.
    pub n_versions: u64,
    /// Chunks.
    pub n_chunks: u64,
    /// Vectors.
    pub n_embeddings: u64,
    /// Rows of all tables.
    pub n_rows: u64,
    /// Originals.
    pub n_originals: u64,
    /// How many bytes they have.
    pub originals_bytes: u64,
    /// Originals that should be there and are not, or are damaged.
    pub missing: Vec<ContentHash>,
    /// How many bytes the archive has; `None` where there is none.
    pub archive_bytes: Option<u64>,
}

/// Makes the channel between a source and a sink.
pub(crate) fn channel() -> (mpsc::Sender<Parcel>, mpsc::Receiver<Parcel>) {
    mpsc::channel(PARCELS_WAITING)
}

/// Lets a source and a sink work side by side. Each returns `None` when the other one ended too
/// early, and then it is for that one to say why.
pub(crate) async fn side_by_side<S, T>(
    source: impl Future<Output = Result<Option<S>>>,
    sink: impl Future<Output = Result<Option<T>>>,
) -> Result<(S, T)> {
    let (source, sink) = tokio::join!(source, sink);
    match (source, sink) {
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(Some(source)), Ok(Some(sink))) => Ok((source, sink)),
        (Ok(_), Ok(_)) => Err(Error::internal("a transfer ended before its end")),
    }
}

/// Says that a thread of a transfer ended abnormally.
pub(crate) fn lost_thread(error: JoinError) -> Error {
    Error::internal("a transfer was interrupted").because(error)
}
