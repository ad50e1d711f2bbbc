//! What the torture and its children say to each other: one JSON document a line.

use serde::{Deserialize, Serialize};
use std::io::{self, Write as _};
use std::path::PathBuf;

use footnote_core::job::ItemState;
use footnote_core::{Error, Result};

use super::kind::Kind;

/// One thing that a child is told to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Step {
    /// Bring the folder of documents and the collection in step.
    Ingest,
    /// Take in one document as if somebody had sent it.
    Upload {
        /// Its name.
        uri: String,
        /// The number of its content.
        number: u64,
    },
    /// Remove a document.
    Remove {
        /// Its name.
        uri: String,
    },
    /// Remove a document for good: no byte of it may be left.
    Purge {
        /// Its name.
        uri: String,
    },
    /// Remove for good whatever was removed.
    Vacuum,
    /// Build the index anew.
    Reindex,
    /// Take a step on the way from one embedding model to the other, if it is there to be taken.
    Model(ModelStep),
    /// Copy everything, in a child that does nothing else.
    Copy(Copying),
    /// Search, which must succeed whatever else is wrong.
    Search,
    /// Work until nothing waits any more.
    Finish,
}

/// One step on the way from one embedding model to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(super) enum ModelStep {
    /// Embed everything with the other model.
    Begin,
    /// Let that one serve.
    Finish,
    /// Go back to the one before.
    Back,
    /// Drop the one that does not serve.
    Drop,
}

/// What is copied to where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "copy", rename_all = "snake_case")]
pub(super) enum Copying {
    /// The data directory into an archive.
    Backup {
        /// The archive.
        archive: PathBuf,
    },
    /// An archive into an empty data directory.
    Restore {
        /// The archive.
        archive: PathBuf,
        /// The directory.
        to: PathBuf,
    },
    /// The data directory into an empty one.
    Migrate {
        /// The other directory.
        to: PathBuf,
    },
}

impl Step {
    /// Returns what it is to be struck as; `None` for what is there to look on.
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Ingest => Kind::Ingest,
            Self::Upload { .. } => Kind::Upload,
            Self::Remove { .. } => Kind::Remove,
            Self::Purge { .. } => Kind::Purge,
            Self::Vacuum => Kind::Vacuum,
            Self::Reindex => Kind::Reindex,
            Self::Model(ModelStep::Begin) => Kind::SwitchBegin,
            Self::Model(ModelStep::Finish) => Kind::SwitchFinish,
            Self::Model(ModelStep::Back) => Kind::SwitchBack,
            Self::Model(ModelStep::Drop) => Kind::SwitchDrop,
            Self::Copy(Copying::Backup { .. }) => Kind::Backup,
            Self::Copy(Copying::Restore { .. }) => Kind::Restore,
            Self::Copy(Copying::Migrate { .. }) => Kind::Migrate,
            Self::Search | Self::Finish => return None,
        })
    }
}

/// What a look is to look for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Look {
    /// Words that nothing may be found by.
    pub(super) dead: Vec<String>,
    /// Whether the catalog's file is checked page by page.
    pub(super) checks_file: bool,
}

/// What a child says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub(super) enum Said {
    /// Everything is open; the first step comes next.
    Begun,
    /// A search was answered.
    Searched,
    /// A step begins.
    Trying {
        /// Which.
        step: usize,
    },
    /// A document reached the end of its way.
    Item {
        /// Its name.
        uri: String,
        /// What became of it.
        state: ItemState,
        /// Why it failed.
        why: Option<String>,
    },
    /// A step was done: the library has returned.
    Done {
        /// Which.
        step: usize,
    },
    /// A step failed.
    Failed {
        /// Which.
        step: usize,
        /// Why.
        why: String,
    },
    /// What a look has seen.
    Seen(Seen),
}

/// What is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The documents.
    pub(super) documents: Vec<SeenDocument>,
    /// How many jobs wait or run.
    pub(super) n_unfinished_jobs: u64,
    /// What is wrong with the whole.
    pub(super) faults: Vec<String>,
}

/// A document that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SeenDocument {
    /// Its name.
    pub(super) uri: String,
    /// The number of its content; `None` when it cannot be told.
    pub(super) number: Option<u64>,
    /// What is wrong with it.
    pub(super) faults: Vec<String>,
}

/// Says something to the parent, at once.
///
/// # Errors
/// `Unavailable` when the parent does not listen any more.
pub(super) fn say(said: &Said) -> Result<()> {
    let line = serde_json::to_string(said)
        .map_err(|error| Error::internal("cannot write what happened").because(error))?;
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| Error::unavailable("nobody listens any more").because(error))
}
