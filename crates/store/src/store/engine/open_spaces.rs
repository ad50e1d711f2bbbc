//! The spaces whose indexes are open: the one that serves, and the one that served before it.

use footnote_core::index::Index;
use footnote_core::model::Fingerprint;
use footnote_core::{Error, Result};
use std::sync::Arc;

use crate::space::{Space, SpaceState};

/// A space with its index.
#[derive(Clone)]
pub(crate) struct OpenSpace {
    /// The space, with the number of this index.
    pub(crate) space: Space,
    /// The index.
    pub(crate) index: Arc<dyn Index>,
}

/// What is open.
#[derive(Clone, Default)]
pub(crate) struct OpenSpaces {
    /// The one that serves; `None` until documents are ingested for the first time.
    pub(crate) serving: Option<Arc<OpenSpace>>,
    /// The one that served before, as long as it is kept.
    pub(crate) retired: Option<Arc<OpenSpace>>,
    /// What the catalog said when these were opened.
    pub(super) marks: Vec<(i64, i64, SpaceState)>,
}

impl OpenSpaces {
    /// Returns the space that serves.
    ///
    /// # Errors
    /// `Invalid` when there is none yet.
    pub(crate) fn serving(&self) -> Result<&Arc<OpenSpace>> {
        self.serving.as_ref().ok_or_else(|| {
            Error::invalid("the data directory is empty and was opened without an embedding model")
                .hint("Ingest documents first: `footnote ingest <folder>`.")
        })
    }

    /// Returns the space of a fingerprint, if it is open.
    pub(crate) fn of(&self, fingerprint: &Fingerprint) -> Option<&Arc<OpenSpace>> {
        let open = self.serving.iter().chain(&self.retired);
        open.into_iter().find(|open| open.space.spec.fingerprint == *fingerprint)
    }

    /// Returns the index of a number, if it is open.
    pub(super) fn generation(&self, generation: i64) -> Option<&Arc<OpenSpace>> {
        self.serving.iter().chain(&self.retired).find(|open| open.space.generation == generation)
    }

    /// Returns the index of the space that served before, if it is kept.
    pub(crate) fn retired_index(&self) -> Option<&dyn Index> {
        self.retired.as_ref().map(|retired| &*retired.index)
    }
}

/// Returns what tells whether spaces have changed.
pub(super) fn marks(spaces: &[Space]) -> Vec<(i64, i64, SpaceState)> {
    let kept = spaces.iter().filter(|space| space.state != SpaceState::Building);
    kept.map(|space| (space.id, space.generation, space.state)).collect()
}
