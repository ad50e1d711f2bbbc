//! The store: one data directory, opened by one process, shared by all its tasks.

mod engine;
mod jobs;
pub(crate) mod maintenance;
pub(crate) mod reading;
mod writing;

use footnote_core::access::Scope;
use footnote_core::clock::Clock;
use footnote_core::config::StoreConfig;
use footnote_core::id::CollectionId;
use footnote_core::index::Index;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::analyzer::FootnoteAnalyzer;
use crate::blob::Blobs;
use crate::catalog::collections::{CollectionSummary, check_name};
use crate::catalog::{Catalog, Place};
use crate::lock::DataLock;
use crate::space::{ServingSpace, SpaceSpec};
use engine::Engine;

/// The catalog's file in the data directory.
const CATALOG_FILE: &str = "catalog.db";

/// How many names a "not found" suggests.
const SUGGESTIONS: usize = 3;

/// What is needed to open a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// The folder that holds everything; made when it is missing.
    pub data_dir: PathBuf,
    /// The settings.
    pub config: StoreConfig,
    /// The space of the embedder in use. `None` takes the one that the data directory was made
    /// with; without one yet, nothing can be stored or found.
    pub space: Option<SpaceSpec>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// What the process does, for others that want the data directory, e.g. `footnote serve`.
    pub purpose: String,
}

/// Keeps documents, jobs and vectors, and keeps them in step.
///
/// * What a call that returned has stored survives a crash of the program and a power cut.
/// * A version is found with all of its chunks or not at all, and never twice; while a new one is
///   written, the one before serves.
/// * Every write may be repeated.
pub struct Store {
    data_dir: PathBuf,
    config: StoreConfig,
    lock: DataLock,
    catalog: Catalog,
    blobs: Blobs,
    analyzer: Arc<dyn Analyzer>,
    engine: Option<Engine>,
}

impl Store {
    /// Opens a data directory: takes its lock, brings the catalog up to date, opens the index,
    /// and applies to it what a crash may have lost.
    ///
    /// # Errors
    /// `Conflict` when another process holds the data directory, `Invalid` when it was made with
    /// another embedding model or by a newer release, `Unavailable` when it cannot be used.
    pub async fn open(options: StoreOptions) -> Result<Self> {
        let StoreOptions { data_dir, config, space, clock, purpose } = options;
        let lock = take_lock(&data_dir, &purpose).await?;
        let path = data_dir.join(CATALOG_FILE);
        let place = Place::File(&path);
        let catalog = Catalog::open(place, config.readers, clock).await?;
        let analyzer: Arc<dyn Analyzer> = Arc::new(FootnoteAnalyzer);
        let space = serving_space(&catalog, space.as_ref(), &*analyzer).await?;
        let engine = match space {
            Some(space) => Some(Engine::open(&catalog, &data_dir, space, &analyzer).await?),
            None => None,
        };
        let n_interrupted = catalog.cancel_interrupted_jobs().await?;
        if 0 < n_interrupted {
            tracing::info!(job.count = n_interrupted, "ended jobs that were interrupted");
        }
        let blobs = Blobs::new(&data_dir);
        Ok(Self { data_dir, config, lock, catalog, blobs, analyzer, engine })
    }

    /// Makes everything durable and closes the catalog. Other handles to the store are of no use
    /// afterwards; the lock is released when the last is dropped.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be made durable. Nothing is lost even then.
    pub async fn close(&self) -> Result<()> {
        let outcome = self.checkpoint().await;
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

    /// Returns the space that the store serves from, if it has one yet.
    #[must_use]
    pub fn space(&self) -> Option<&SpaceSpec> {
        self.engine.as_ref().map(|engine| &engine.space.spec)
    }

    /// Tells other processes where this one can be reached, see [`holder`](crate::holder).
    ///
    /// # Errors
    /// `Unavailable` when the lock file cannot be written.
    pub fn describe(&self, address: &str) -> Result<()> {
        self.lock.describe(address)
    }

    /// Makes a collection unless it exists.
    ///
    /// # Errors
    /// `Invalid` for a name that is not 1 to 64 letters, digits, `-`, `_` and `.`.
    pub async fn ensure_collection(&self, name: &str) -> Result<CollectionId> {
        check_name(name)?;
        self.catalog.ensure_collection(name).await
    }

    /// Returns the collection of a name.
    ///
    /// # Errors
    /// `NotFound`, with the nearest names as a hint.
    pub async fn collection_named(&self, name: &str) -> Result<CollectionId> {
        let id = CollectionId::named(name);
        if self.catalog.has_collection(id).await? {
            return Ok(id);
        }
        let error = Error::not_found(format!("there is no collection `{name}`"));
        let names = nearest(name, self.catalog.collection_names().await?);
        if names.is_empty() {
            return Err(error.hint("Ingest documents first: `footnote ingest <folder>`."));
        }
        Err(error.hint(format!("Did you mean {}?", names.join(" or "))))
    }

    /// Returns the collections in the scope with their counts, by name.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn collections(&self, scope: &Scope) -> Result<Vec<CollectionSummary>> {
        self.catalog.collections(scope).await
    }

    /// Removes a collection with its documents; they are gone when this returns.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Unavailable` when the catalog cannot be written.
    pub async fn remove_collection(&self, id: CollectionId) -> Result<()> {
        self.catalog.remove_collection(id).await?;
        self.settle_removals().await
    }

    /// Returns the index that serves now, if there is a space yet.
    pub(crate) fn index(&self) -> Option<Arc<dyn Index>> {
        self.engine.as_ref().map(Engine::index)
    }

    /// Returns the catalog.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns what keeps the index in step.
    ///
    /// # Errors
    /// `Invalid` when the store was opened without an embedder and has no space yet.
    fn engine(&self) -> Result<&Engine> {
        self.engine.as_ref().ok_or_else(|| {
            Error::invalid("the data directory is empty and was opened without an embedding model")
                .hint("Ingest documents first: `footnote ingest <folder>`.")
        })
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

async fn take_lock(data_dir: &Path, purpose: &str) -> Result<DataLock> {
    let (data_dir, purpose) = (data_dir.to_owned(), purpose.to_owned());
    tokio::task::spawn_blocking(move || DataLock::take(&data_dir, &purpose))
        .await
        .map_err(|error| Error::internal("cannot take the lock").because(error))?
}

/// Returns the space to serve from: the catalog's own, or the embedder's when it is the first.
async fn serving_space(
    catalog: &Catalog,
    wanted: Option<&SpaceSpec>,
    analyzer: &dyn Analyzer,
) -> Result<Option<ServingSpace>> {
    let serving = catalog.serving_space().await?;
    let Some(wanted) = wanted else { return Ok(serving) };
    if let Some(serving) = serving {
        serving.check(wanted)?;
        return Ok(Some(serving));
    }
    catalog.make_space(wanted, analyzer.version()).await?;
    catalog.serving_space().await
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
