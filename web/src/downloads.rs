//! Who downloaded what lately: a reader that fetches an original in many parts is written into the
//! audit log once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use footnote_core::id::{ContentHash, DocumentId, PersonId};

/// For how long the parts of an original count as one download.
const LATELY: Duration = Duration::from_mins(10);

/// How many downloads are remembered; beyond, some are written down once more.
const REMEMBERED: usize = 10_000;

/// Downloads that are written down.
#[derive(Debug, Default)]
pub(crate) struct Downloads(Mutex<HashMap<Download, Instant>>);

/// An original that somebody has fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Download {
    /// By whom; `None` is the owner of the data directory.
    pub(crate) person: Option<PersonId>,
    /// Of which document.
    pub(crate) id: DocumentId,
    /// Which bytes.
    pub(crate) content: ContentHash,
}

impl Downloads {
    /// Tells whether a download was noted lately.
    pub(crate) fn is_noted(&self, download: &Download) -> bool {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(download).is_some_and(|at| at.elapsed() < LATELY)
    }

    /// Notes a download.
    pub(crate) fn note(&self, download: Download) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED <= noted.len() {
            noted.retain(|_, at| at.elapsed() < LATELY);
        }
        if REMEMBERED <= noted.len() {
            noted.clear();
        }
        noted.insert(download, Instant::now());
    }
}
