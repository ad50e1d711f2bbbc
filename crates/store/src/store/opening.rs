//! Opening a store: by what is configured, alone or beside the process that holds the index.

use footnote_core::clock::{Clock, SystemClock};
use footnote_core::config::StoreConfig;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::task::spawn_blocking;

use super::engine::{Collections, Engine, Folders, Generations, Mending};
use super::jobs::Bell;
use super::{CATALOG_FILE, Store};
use crate::analyzer::FootnoteAnalyzer;
use crate::blob::Blobs;
use crate::catalog::locks::Keeping;
use crate::catalog::{Catalog, Place};
use crate::faults::{Faults, FaultyGenerations};
use crate::index::qdrant::{QdrantOptions, QdrantServer};
use crate::lock::DataLock;
use crate::room::Reserve;
use crate::space::SpaceSpec;
use crate::transfer::landing::check_finished;

/// What is needed to open a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// The folder that holds everything that no server does; made when it is missing.
    pub data_dir: PathBuf,
    /// The settings.
    pub config: StoreConfig,
    /// The space of the embedder in use. `None` takes the one that serves; without one yet,
    /// nothing can be stored or found.
    pub space: Option<SpaceSpec>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// What the process does, for others that want the data directory, e.g. `footnote serve`.
    pub purpose: String,
}

impl Store {
    /// Opens a store: brings the catalog up to date, opens the index, and applies to it what a
    /// crash may have lost.
    ///
    /// With a catalog in the data directory one process does so at a time and holds its lock; with
    /// PostgreSQL and a Qdrant server any number do.
    ///
    /// # Errors
    /// `Conflict` when another process holds the data directory, `Invalid` when the documents are
    /// embedded with another model or a newer release wrote the catalog, `Unavailable` when
    /// something cannot be reached.
    pub async fn open(options: StoreOptions) -> Result<Self> {
        Self::open_by(options, Mending::AtOnce, Faults::none()).await
    }

    /// Opens a store to look at it: as [`open`](Self::open), except that an index which is not as
    /// the catalog says stays as it is. See [`compare`](Self::compare).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_as_it_is(options: StoreOptions) -> Result<Self> {
        Self::open_by(options, Mending::Never, Faults::none()).await
    }

    /// As [`open`](Self::open), but some steps fail on purpose: for tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with_faults(options: StoreOptions, faults: Faults) -> Result<Self> {
        Self::open_by(options, Mending::AtOnce, faults).await
    }

    async fn open_by(options: StoreOptions, mending: Mending, faults: Faults) -> Result<Self> {
        // Whoever has the index on its own disk is alone with it.
        let keeping = keeping(&options.config);
        let lock = match keeping {
            Keeping::Alone => Some(take_lock(&options.data_dir, &options.purpose).await?),
            Keeping::Together => None,
        };
        check_finished(&options.data_dir)?;
        let place = place(&options.data_dir, &options.config);
        let clock = Arc::clone(&options.clock);
        let readers = options.config.readers;
        let catalog = Catalog::open(place.as_place(), readers, clock, &faults).await?;
        let catalog = Arc::new(catalog);
        let right = catalog.right_to_index(keeping).await?.ok_or_else(kept_elsewhere)?;
        let analyzer: Arc<dyn Analyzer> = Arc::new(FootnoteAnalyzer);
        if let Some(space) = &options.space {
            settle_space(&catalog, space, &*analyzer).await?;
        }
        let generations = generations(&catalog, &options, keeping).await?;
        let generations = FaultyGenerations::over(generations, &faults);
        let engine = Engine::open(
            Arc::clone(&catalog),
            generations,
            Arc::clone(&analyzer),
            options.config.clone(),
            mending,
        )
        .await?;
        if lock.is_some() {
            take_back_work(&catalog).await?;
        }
        let engine = engine.holding(right);
        let store = Self::of(options, lock, catalog, Some(engine)).with_faults(faults);
        if store.lock.is_some() {
            store.make_reserve().await;
        }
        store.sweep_unfinished().await;
        Ok(store)
    }

    /// Opens the catalog alone, beside the process that holds the index: to put jobs into the
    /// queue, to list and to remove. Changes no table and repairs nothing.
    ///
    /// # Errors
    /// `NotFound` when there is no catalog yet, `Conflict` when it is of another release,
    /// `Unavailable` when it cannot be read.
    pub async fn open_shared(options: StoreOptions) -> Result<Self> {
        check_finished(&options.data_dir)?;
        let place = place(&options.data_dir, &options.config);
        let clock = Arc::clone(&options.clock);
        let catalog = Catalog::open_shared(place.as_place(), options.config.readers, clock).await?;
        Ok(Self::of(options, None, Arc::new(catalog), None))
    }

    /// Returns the name of the model that the documents are embedded with, so that a program can
    /// load that one before it opens the store. `None` while there is none, or while its name is
    /// not known because an earlier release made it.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn serving_model(data_dir: &Path, config: &StoreConfig) -> Result<Option<String>> {
        let place = place(data_dir, config);
        let Some(catalog) = Catalog::peek(place.as_place(), Arc::new(SystemClock)).await? else {
            return Ok(None);
        };
        let serving = catalog.serving_space().await;
        catalog.close().await;
        Ok(serving?.map(|space| space.spec.model).filter(|model| !model.is_empty()))
    }

    fn of(
        options: StoreOptions,
        lock: Option<DataLock>,
        catalog: Arc<Catalog>,
        engine: Option<Engine>,
    ) -> Self {
        let StoreOptions { data_dir, config, .. } = options;
        let blobs = Blobs::beside(&catalog, &data_dir);
        let reserve = Reserve::new(&data_dir);
        let analyzer = Arc::new(FootnoteAnalyzer);
        let bell = Bell::default();
        let sketcher = OnceLock::new();
        Self { data_dir, config, lock, catalog, blobs, reserve, analyzer, engine, bell, sketcher }
    }
}

impl Store {
    /// Lets the steps that keep originals fail on purpose too.
    fn with_faults(mut self, faults: Faults) -> Self {
        self.blobs = self.blobs.with_faults(faults);
        self
    }
}

/// The place of a catalog with what it is made of.
pub(super) enum OwnedPlace {
    File(PathBuf),
    Server(String),
}

impl OwnedPlace {
    pub(super) fn as_place(&self) -> Place<'_> {
        match self {
            Self::File(path) => Place::File(path),
            Self::Server(url) => Place::Server(url),
        }
    }
}

pub(super) fn place(data_dir: &Path, config: &StoreConfig) -> OwnedPlace {
    if config.catalog.is_empty() {
        OwnedPlace::File(data_dir.join(CATALOG_FILE))
    } else {
        OwnedPlace::Server(config.catalog.clone())
    }
}

/// Tells who works on the index: with a catalog or an index on this machine, one process.
fn keeping(config: &StoreConfig) -> Keeping {
    if config.catalog.is_empty() || config.index.is_empty() {
        Keeping::Alone
    } else {
        Keeping::Together
    }
}

/// Refuses an index that one process keeps for itself when others work on the catalog: what one
/// of them writes would never reach the other's.
pub(super) fn kept_elsewhere() -> Error {
    Error::conflict("another process works with this catalog and keeps its index to itself")
        .hint("Stop it, or set `store.index` of every process to the address of one Qdrant server.")
}

pub(super) async fn take_lock(data_dir: &Path, purpose: &str) -> Result<DataLock> {
    let (data_dir, purpose) = (data_dir.to_owned(), purpose.to_owned());
    spawn_blocking(move || DataLock::take(&data_dir, &purpose))
        .await
        .map_err(|error| Error::internal("cannot take the lock").because(error))?
}

/// Makes the embedder's space the one that serves when there is none, and refuses an embedder
/// whose vectors cannot be compared with those stored.
async fn settle_space(
    catalog: &Catalog,
    wanted: &SpaceSpec,
    analyzer: &dyn Analyzer,
) -> Result<()> {
    if catalog.serving_space().await?.is_none() {
        catalog.make_first_space(wanted, analyzer.version()).await?;
    }
    let Some(serving) = catalog.serving_space().await? else {
        return Err(Error::internal("the space of vectors that was just made is gone"));
    };
    serving.check(wanted)?;
    if serving.spec.model.is_empty() && !wanted.model.is_empty() {
        catalog.name_model(serving.id, &wanted.model).await?;
    }
    Ok(())
}

/// Makes what was being worked on wait again: nobody else works on this data directory.
async fn take_back_work(catalog: &Catalog) -> Result<()> {
    let n_interrupted = catalog.take_back_all().await?;
    if 0 < n_interrupted {
        tracing::info!(item.count = n_interrupted, "took up again work that was interrupted");
    }
    Ok(())
}

/// Returns where the indexes are.
async fn generations(
    catalog: &Catalog,
    options: &StoreOptions,
    keeping: Keeping,
) -> Result<Box<dyn Generations>> {
    let config = &options.config;
    if config.index.is_empty() {
        return Ok(Box::new(Folders::new(&options.data_dir)));
    }
    let server = QdrantServer::new(QdrantOptions {
        url: config.index.clone(),
        key: config.index_key.clone(),
        installation: catalog.installation().await?.as_uuid().simple().to_string(),
        replicas: config.index_replicas,
        shards: config.index_shards,
    })?;
    Ok(Box::new(match keeping {
        Keeping::Alone => Collections::alone(server),
        Keeping::Together => Collections::shared(server),
    }))
}
