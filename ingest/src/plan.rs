//! What changed: the source against what the catalog knows.

use footnote_core::id::{ContentHash, DocumentId};
use footnote_store::KnownDocument;
use std::collections::HashMap;
use std::path::Path;

use crate::source::Unlisted;

/// What is to be done with an item whose bytes were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The catalog does not know it.
    New,
    /// Its bytes, or how they are read, changed.
    Changed,
    /// The same bytes, read the same way, are there.
    Unchanged(DocumentId),
}

/// What a run would do; the outcome of a dry run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Paths that are not known.
    pub new: Vec<String>,
    /// Paths whose content changed.
    pub changed: Vec<String>,
    /// Paths whose content is there.
    pub unchanged: Vec<String>,
    /// Paths that are known and no longer exist.
    pub gone: Vec<String>,
    /// Paths that cannot be read.
    pub failed: Vec<Unlisted>,
}

/// What the catalog knows of the roots of a request.
#[derive(Debug, Default)]
pub struct Known {
    by_place: HashMap<(String, String), KnownDocument>,
}

impl Known {
    /// Adds the documents known below a root.
    pub fn add(&mut self, root: &str, documents: Vec<KnownDocument>) {
        for document in documents {
            self.by_place.insert((root.to_owned(), document.uri.clone()), document);
        }
    }

    /// Compares an item with what is known. `reading` names what would read it.
    #[must_use]
    pub fn change(&self, root: &str, uri: &str, content: &ContentHash, reading: &str) -> Change {
        let place = (root.to_owned(), uri.to_owned());
        match self.by_place.get(&place) {
            None => Change::New,
            Some(known) if known.content == *content && known.reading == reading => {
                Change::Unchanged(known.id)
            }
            Some(_) => Change::Changed,
        }
    }

    /// Returns the documents below a folder whose files no longer exist.
    #[must_use]
    pub fn gone(&self, root: &Path) -> Vec<&KnownDocument> {
        let name = root.to_string_lossy();
        let mut gone: Vec<_> = self
            .by_place
            .iter()
            .filter(|((known_root, uri), _)| *known_root == name && is_gone(root, uri))
            .map(|(_, document)| document)
            .collect();
        gone.sort_by(|a, b| a.uri.cmp(&b.uri));
        gone
    }
}

/// Tells whether the file of a uri surely no longer exists; a file that cannot be looked at stays.
fn is_gone(root: &Path, uri: &str) -> bool {
    matches!(root.join(uri).try_exists(), Ok(false))
}
