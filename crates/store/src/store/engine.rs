//! The index that serves, with its generation on disk and what was written to it lately.

use footnote_core::index::Index;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::catalog::Catalog;
use crate::index::edge::EdgeIndex;
use crate::outbox::{ReconcileReport, Settler};
use crate::space::ServingSpace;

/// The folder of the generations in the data directory.
const INDEX_FOLDER: &str = "index";

/// How many outbox rows are applied one by one at most; beyond, rebuilding is faster.
const REPLAYED_ROWS: usize = 5_000;

/// How far a rebuild has come: documents done, documents known.
pub(super) type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// The index of the serving space.
pub(super) struct Engine {
    /// The space.
    pub(super) space: ServingSpace,
    /// Whoever changes the index holds it, so that the index changes in the catalog's order. It
    /// is held over `.await` on purpose: the engine takes one write at a time anyway.
    pub(super) backlog: Mutex<Backlog>,
    folder: PathBuf,
    current: RwLock<Current>,
}

/// What was written since the index was last made durable and last rearranged.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// Versions since the last checkpoint.
    pub(super) n_versions: usize,
    /// Points since the last optimization.
    pub(super) n_points: usize,
}

struct Current {
    generation: i64,
    index: Arc<dyn Index>,
}

impl Engine {
    /// Opens the index of a space and brings it in step with the catalog, rebuilding it when it
    /// is missing, damaged, or made by another analyzer.
    pub(super) async fn open(
        catalog: &Catalog,
        data_dir: &Path,
        space: ServingSpace,
        analyzer: &Arc<dyn Analyzer>,
    ) -> Result<Self> {
        let folder = data_dir.join(INDEX_FOLDER);
        remove_other_generations(&folder, space.generation)?;
        let generation = space.generation;
        let (index, is_sound) = open_or_replace(catalog, &folder, &space, analyzer).await?;
        let current = RwLock::new(Current { generation, index });
        let engine = Self { space, backlog: Mutex::default(), folder, current };
        if is_sound && catalog.n_outbox_rows().await? <= REPLAYED_ROWS {
            engine.replay(catalog, analyzer).await?;
        } else {
            tracing::info!("rebuilding the search index from the catalog");
            engine.rebuild(catalog, analyzer, &|_, _| ()).await?;
            engine.replay(catalog, analyzer).await?;
        }
        if engine.index().count().await? != catalog.n_live_chunks().await? {
            let report = engine.reconcile(catalog, analyzer).await?;
            tracing::warn!(?report, "the search index had lost step and was repaired");
        }
        Ok(engine)
    }

    /// Compares the index with the catalog version by version and repairs what differs.
    pub(super) async fn reconcile(
        &self,
        catalog: &Catalog,
        analyzer: &Arc<dyn Analyzer>,
    ) -> Result<ReconcileReport> {
        let _backlog = self.backlog.lock().await;
        let index = self.index();
        self.settler(catalog, &*index, analyzer).reconcile().await
    }

    /// Returns the index that serves now.
    pub(super) fn index(&self) -> Arc<dyn Index> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).index)
    }

    /// Applies again whatever the index may have lost.
    async fn replay(&self, catalog: &Catalog, analyzer: &Arc<dyn Analyzer>) -> Result<()> {
        let index = self.index();
        let settler = self.settler(catalog, &*index, analyzer);
        let mut backlog = self.backlog.lock().await;
        let versions = catalog.reopen_outbox().await?;
        for version in &versions {
            backlog.n_points += settler.settle(*version).await?.n_points;
        }
        settler.settle_removals().await?;
        if !versions.is_empty() {
            tracing::info!(version.count = versions.len(), "applied the outbox to the index");
            settler.checkpoint().await?;
        }
        Ok(())
    }

    /// Builds a new generation from the catalog's vectors and lets it serve in place of this one.
    /// Returns how many points it has.
    pub(super) async fn rebuild(
        &self,
        catalog: &Catalog,
        analyzer: &Arc<dyn Analyzer>,
        progress: Progress<'_>,
    ) -> Result<usize> {
        let mut backlog = self.backlog.lock().await;
        let old = self.current.read().unwrap_or_else(PoisonError::into_inner).generation;
        let generation = old + 1;
        remove_folder(&self.generation_folder(generation))?;
        let index = open_index(&self.folder, generation, self.space.spec.dimension).await?;
        let settler = self.settler(catalog, &*index, analyzer);
        let versions = catalog.versions_to_index().await?;
        let mut n_points = 0;
        for (n_done, version) in versions.iter().enumerate() {
            progress(n_done, versions.len());
            let points = settler.points(version.version).await?;
            n_points += points.len();
            index.replace(version, points).await?;
        }
        index.optimize().await?;
        index.flush().await?;
        catalog.switch_generation(self.space.id, generation, analyzer.version()).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) =
            Current { generation, index };
        *backlog = Backlog::default();
        remove_folder(&self.generation_folder(old))?;
        progress(versions.len(), versions.len());
        Ok(n_points)
    }

    /// Returns what settles versions in an index of this space.
    pub(super) fn settler<'a>(
        &self,
        catalog: &'a Catalog,
        index: &'a dyn Index,
        analyzer: &'a Arc<dyn Analyzer>,
    ) -> Settler<'a> {
        Settler { catalog, index, analyzer, space: self.space.id }
    }

    fn generation_folder(&self, generation: i64) -> PathBuf {
        self.folder.join(generation.to_string())
    }
}

/// Opens the index of the space. One that cannot be used is replaced by an empty one, which is
/// not sound: it must be rebuilt.
async fn open_or_replace(
    catalog: &Catalog,
    folder: &Path,
    space: &ServingSpace,
    analyzer: &Arc<dyn Analyzer>,
) -> Result<(Arc<dyn Index>, bool)> {
    let generation = folder.join(space.generation.to_string());
    let is_missing = !generation.exists() && 0 < catalog.n_live_chunks().await?;
    let is_current = space.analyzer == analyzer.version();
    let is_sound = is_current && !is_missing && !EdgeIndex::is_doubtful(&generation);
    match open_index(folder, space.generation, space.spec.dimension).await {
        Ok(index) => Ok((index, is_sound)),
        Err(error) => {
            tracing::warn!(error = error.chain(), "the search index cannot be opened");
            remove_folder(&generation)?;
            Ok((open_index(folder, space.generation, space.spec.dimension).await?, false))
        }
    }
}

async fn open_index(folder: &Path, generation: i64, dimension: usize) -> Result<Arc<dyn Index>> {
    let folder = folder.join(generation.to_string());
    let opened = spawn_blocking(move || EdgeIndex::open(&folder, dimension)).await;
    let index = opened.map_err(|error| {
        Error::unavailable("the search index stopped while it was opened").because(error)
    })??;
    Ok(Arc::new(index))
}

/// Removes what an interrupted rebuild, or the generation before the last, has left.
fn remove_other_generations(folder: &Path, generation: i64) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let serving = generation.to_string();
    entries
        .flatten()
        .filter(|entry| entry.file_name() != serving.as_str())
        .try_for_each(|entry| remove_folder(&entry.path()))
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            Err(Error::unavailable(format!("cannot remove {}", folder.display())).because(error))
        }
    }
}
