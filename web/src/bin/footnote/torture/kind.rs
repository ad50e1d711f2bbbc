//! What children are struck down in: each kind has its turn, however short it is.

use serde::Serialize;
use std::fmt;

/// What a child is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Opens the data directory, and puts right what the last blow has left.
    Start,
    /// Brings the folder and the collection in step.
    Ingest,
    /// Takes in what somebody has sent.
    Upload,
    /// Removes a document.
    Remove,
    /// Removes a document for good.
    Purge,
    /// Removes for good whatever was removed.
    Vacuum,
    /// Builds the index anew.
    Reindex,
    /// Embeds everything with the other model.
    SwitchBegin,
    /// Lets the other model serve.
    SwitchFinish,
    /// Goes back to the model before.
    SwitchBack,
    /// Drops the model that does not serve.
    SwitchDrop,
    /// Writes everything into an archive.
    Backup,
    /// Makes another installation of an archive.
    Restore,
    /// Copies everything to another data directory.
    Migrate,
}

impl Kind {
    /// Tells whether it makes a copy of everything, which is a round of its own.
    pub(super) fn is_copying(self) -> bool {
        matches!(self, Self::Backup | Self::Restore | Self::Migrate)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::Ingest => "ingest",
            Self::Upload => "upload",
            Self::Remove => "remove",
            Self::Purge => "purge",
            Self::Vacuum => "vacuum",
            Self::Reindex => "reindex",
            Self::SwitchBegin => "switch: begin",
            Self::SwitchFinish => "switch: finish",
            Self::SwitchBack => "switch: back",
            Self::SwitchDrop => "switch: drop",
            Self::Backup => "backup",
            Self::Restore => "restore",
            Self::Migrate => "migrate",
        })
    }
}
