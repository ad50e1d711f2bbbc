//! The store: one data directory, opened by one process, shared by all its tasks.

mod ancestors;
mod asked;
mod blobs;
pub(crate) mod bundle;
mod conversations;
pub(crate) mod duplicates;
pub(crate) mod engine;
mod evals;
mod history;
mod jobs;
pub(crate) mod maintenance;
mod opening;
pub(crate) mod originals;
mod people;
pub(crate) mod purge;
pub(crate) mod reading;
mod requests;
mod sources;
pub(crate) mod spaces;
mod tending;
pub(crate) mod transfer;
mod writing;

use footnote_core::access::Scope;
use footnote_core::config::StoreConfig;
use footnote_core::id::CollectionId;
use footnote_core::model::Fingerprint;
use footnote_core::sketch::Sketcher;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::blob::Blobs;
use crate::catalog::Catalog;
use crate::catalog::collections::{CollectionChange, CollectionSummary, check_name};
use crate::lock::{DataLock, holder};
use crate::room::Reserve;
pub(crate) use engine::OpenSpace;
use engine::{Engine, OpenSpaces};
use jobs::Bell;
pub use opening::StoreOptions;

/// The catalog's file in the data directory.
pub(crate) const CATALOG_FILE: &str = "catalog.db";

/// The longest description of a collection, in characters.
const MAX_DESCRIPTION_CHARS: usize = 2_000;

/// How many names a "not found" suggests.
const SUGGESTIONS: usize = 3;

/// Keeps documents, jobs and vectors, and keeps them in step.
///
/// * What a call that returned has stored survives a crash of the program and a power cut.
/// * A version is found with all of its chunks or not at all, and never twice; while a new one is
///   written, the one before serves.
/// * Every write may be repeated.
pub struct Store {
    data_dir: PathBuf,
    config: StoreConfig,
    /// Held by the one process that works on the index of a data directory.
    lock: Option<DataLock>,
    catalog: Arc<Catalog>,
    blobs: Blobs,
    reserve: Reserve,
    analyzer: Arc<dyn Analyzer>,
    /// The index; `None` in a process that works through the catalog alone.
    engine: Option<Engine>,
    bell: Bell,
    /// What sketches a text, once somebody has said it.
    sketcher: OnceLock<Sketcher>,
}

impl Store {
    /// Makes everything durable and closes the catalog. Other handles to the store are of no use
    /// afterwards; the lock is released when the last is dropped.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be made durable. Nothing is lost even then.
    pub async fn close(&self) -> Result<()> {
        let outcome = self.checkpoint().await;
        if let Some(engine) = &self.engine {
            engine.let_go().await?;
        }
        self.catalog.close().await;
        outcome
    }

    /// Returns the analyzer that index, questions and highlighting share.
    #[must_use]
    pub fn analyzer(&self) -> Arc<dyn Analyzer> {
        Arc::clone(&self.analyzer)
    }

    /// Returns the folder that holds everything.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Tells whether this process works through the catalog alone: it can put jobs into the queue,
    /// list and remove, and another process that holds the index does the rest.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.engine.is_none()
    }

    /// Tells other processes where this one can be reached, see [`holder`](crate::holder).
    ///
    /// # Errors
    /// `Unavailable` when the lock file cannot be written.
    pub fn describe(&self, address: &str) -> Result<()> {
        match &self.lock {
            Some(lock) => lock.describe(address),
            None => Ok(()),
        }
    }

    /// Makes a collection unless it exists.
    ///
    /// # Errors
    /// `Invalid` for a name that is not 1 to 64 letters, digits, `-`, `_` and `.`.
    pub async fn ensure_collection(&self, name: &str) -> Result<CollectionId> {
        check_name(name)?;
        self.catalog.ensure_collection(name).await
    }

    /// Returns the collection of a name in which something may be read.
    ///
    /// # Errors
    /// `NotFound` when there is none, or none that may be read; with the nearest names of those that
    /// may as a hint.
    pub async fn collection_named(&self, scope: &Scope, name: &str) -> Result<CollectionId> {
        let names = self.catalog.collection_names(scope).await?;
        if names.iter().any(|known| known == name) {
            return Ok(CollectionId::named(name));
        }
        let error = Error::not_found(format!("there is no collection `{name}`"));
        let names = nearest(name, names);
        if names.is_empty() {
            return Err(error.hint("Ingest documents first: `footnote ingest <folder>`."));
        }
        Err(error.hint(format!("Did you mean {}?", names.join(" or "))))
    }

    /// Returns the collections in which something may be read, by name, with counts of that.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn collections(&self, scope: &Scope) -> Result<Vec<CollectionSummary>> {
        self.catalog.collections(scope).await
    }

    /// Changes a collection, and returns its new revision.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Conflict` when it is of another revision than expected,
    /// `Invalid` for a description that is too long.
    pub async fn change_collection(
        &self,
        id: CollectionId,
        expected_revision: Option<u64>,
        change: &CollectionChange,
    ) -> Result<u64> {
        let n_chars = change.description.as_ref().map_or(0, |text| text.chars().count());
        if MAX_DESCRIPTION_CHARS < n_chars {
            return Err(Error::invalid(format!(
                "a description has at most {MAX_DESCRIPTION_CHARS} characters"
            )));
        }
        self.catalog.change_collection(id, expected_revision, change).await
    }

    /// Removes a collection with its documents; they are gone when this returns.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn remove_collection(&self, id: CollectionId) -> Result<()> {
        self.with_reserve(|| self.catalog.remove_collection(id)).await?;
        self.settle_removals().await
    }

    /// Returns the spaces that are open, the one of a fingerprint among them.
    ///
    /// # Errors
    /// `Conflict` when that one does not serve and is not kept, or another process holds the index.
    pub(crate) async fn open_spaces(
        &self,
        fingerprint: Option<&Fingerprint>,
    ) -> Result<OpenSpaces> {
        let engine = self.engine()?;
        match fingerprint {
            Some(fingerprint) => engine.spaces_with(fingerprint).await,
            None => Ok(engine.spaces()),
        }
    }

    /// Goes over to the index that another process has made to serve. Returns whether there may be
    /// such a process.
    pub(crate) async fn refresh_spaces(&self) -> Result<bool> {
        let engine = self.engine()?;
        if !engine.is_shared() {
            return Ok(false);
        }
        engine.refresh().await.map(|()| true)
    }

    /// Returns the catalog.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns what keeps the index in step.
    ///
    /// # Errors
    /// `Conflict` when another process holds it, `Unavailable` when the right to it was lost.
    fn engine(&self) -> Result<&Engine> {
        let engine = self.engine.as_ref().ok_or_else(|| {
            let error = Error::conflict("the index is held by another process");
            match holder(&self.data_dir).and_then(|holder| holder.address) {
                Some(address) => error.hint(format!("Ask the server at {address}.")),
                None => error.hint("Wait until that process has finished."),
            }
        })?;
        engine.check_held().map(|()| engine)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

/// Returns the names most like a name, best first, quoted.
fn nearest(name: &str, mut names: Vec<String>) -> Vec<String> {
    names.sort_by_cached_key(|other| edits(name, other));
    names.truncate(SUGGESTIONS);
    names.into_iter().map(|name| format!("`{name}`")).collect()
}

/// Counts the insertions, deletions and replacements that turn one name into another.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.to_lowercase().chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let names = ["reports", "handbook", "manual"].map(str::to_owned).to_vec();
        assert_eq!(nearest("Handbok", names)[0], "`handbook`");
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
