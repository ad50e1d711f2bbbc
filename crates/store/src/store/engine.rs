//! The indexes that serve, and how they are opened, kept in step and exchanged.

mod building;
mod collections;
mod folders;
mod generations;
mod held;
mod open_spaces;
mod settling;

use footnote_core::config::StoreConfig;
use footnote_core::index::Index;
use footnote_core::model::Fingerprint;
use footnote_core::text::Analyzer;
use footnote_core::{Error, Result};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::catalog::locks::Right;
use crate::catalog::{Catalog, Database};
use crate::space::{Space, SpaceSpec, SpaceState};
pub(super) use collections::Collections;
pub(super) use folders::Folders;
pub(crate) use generations::Generations;
use open_spaces::marks;
pub(crate) use open_spaces::{OpenSpace, OpenSpaces};

/// How many outbox rows are applied one by one at most; beyond, rebuilding is faster.
const REPLAYED_ROWS: usize = 5_000;

/// How far a rebuild has come: documents done, documents known.
pub(super) type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// The indexes of the spaces that serve and served.
pub(super) struct Engine {
    catalog: Arc<Catalog>,
    analyzer: Arc<dyn Analyzer>,
    generations: Box<dyn Generations>,
    config: StoreConfig,
    /// Whoever changes the index that serves holds it, so that the index changes in the catalog's
    /// order. It is held over `.await` on purpose: the engine takes one write at a time anyway.
    backlog: Mutex<Backlog>,
    /// Whoever builds an index holds it, for as long as that takes.
    building: Mutex<()>,
    /// Whoever opens what another process has made holds it.
    opening: Mutex<()>,
    open: RwLock<OpenSpaces>,
    served: watch::Sender<Option<SpaceSpec>>,
    right: Mutex<Option<Right>>,
    is_lost: AtomicBool,
}

/// Whether an index that is not as the catalog says is put right when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mending {
    /// Yes: it is to serve.
    AtOnce,
    /// No: it is to be looked at.
    Never,
}

/// What was written since the index was last made durable and last rearranged.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// Versions since the last checkpoint.
    pub(super) n_versions: usize,
    /// Points since the last optimization.
    pub(super) n_points: usize,
}

impl Engine {
    /// Opens the indexes and brings them in step with the catalog; the one that serves is rebuilt
    /// when it is missing, damaged, or made by another analyzer.
    pub(super) async fn open(
        catalog: Arc<Catalog>,
        generations: Box<dyn Generations>,
        analyzer: Arc<dyn Analyzer>,
        config: StoreConfig,
        mending: Mending,
    ) -> Result<Self> {
        let engine = Self {
            catalog,
            analyzer,
            generations,
            config,
            backlog: Mutex::default(),
            building: Mutex::default(),
            opening: Mutex::default(),
            open: RwLock::default(),
            served: watch::Sender::new(None),
            right: Mutex::default(),
            is_lost: AtomicBool::new(false),
        };
        let spaces = engine.catalog.spaces().await?;
        let is_sound = engine.is_sound(&spaces).await?;
        if mending == Mending::Never {
            engine.open_again(&spaces).await?;
            engine.apply_what_is_owed().await?;
        } else if engine.is_shared() {
            engine.open_again(&spaces).await?;
            engine.rebuild_unless(is_sound).await?;
        } else {
            engine.remove_leftovers(&spaces).await?;
            engine.open_again(&spaces).await?;
            engine.bring_in_step(is_sound).await?;
        }
        if let Some(serving) = engine.spaces().serving {
            engine.announce(&serving.space).await;
        }
        Ok(engine)
    }

    /// Lets whoever looks at the indexes from outside see which one serves. This program does not
    /// look there, so a failure is no more than a warning.
    async fn announce(&self, serving: &Space) {
        if let Err(error) = self.generations.announce(serving.generation).await {
            tracing::warn!(
                error = error.chain(),
                "others may take an old index for the one that serves"
            );
        }
    }

    /// Applies what a process that ended has left to be applied: no fault of the index.
    async fn apply_what_is_owed(&self) -> Result<()> {
        let owes = !self.is_shared() && 0 < self.catalog.n_outbox_rows().await?;
        if owes && self.spaces().serving.is_some() { self.replay().await } else { Ok(()) }
    }

    /// Tells whether other processes work on the same indexes.
    pub(super) fn is_shared(&self) -> bool {
        self.generations.is_shared()
    }

    /// Returns what is open now.
    pub(super) fn spaces(&self) -> OpenSpaces {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the space that serves now.
    ///
    /// # Errors
    /// `Invalid` when there is none yet.
    pub(super) fn serving(&self) -> Result<Arc<OpenSpace>> {
        self.spaces().serving().cloned()
    }

    /// Returns what is open, with the space of a fingerprint in it.
    ///
    /// # Errors
    /// `Conflict` when that space does not serve and is not kept.
    pub(super) async fn spaces_with(&self, fingerprint: &Fingerprint) -> Result<OpenSpaces> {
        if self.spaces().of(fingerprint).is_none() {
            self.refresh().await?;
        }
        let spaces = self.spaces();
        if spaces.of(fingerprint).is_some() || spaces.serving.is_none() {
            return Ok(spaces);
        }
        Err(Error::conflict("the question was embedded with a model that serves no more")
            .hint("Ask again; a program that has run since before the model changed is to be started again."))
    }

    /// Returns what changes when another space serves, in whichever process that was decided.
    pub(super) fn watch(&self) -> watch::Receiver<Option<SpaceSpec>> {
        self.served.subscribe()
    }

    /// Holds the index still: nothing is written to it by this process meanwhile.
    pub(super) async fn hold(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().await
    }

    /// Goes over to what another process has made to serve.
    pub(super) async fn refresh(&self) -> Result<()> {
        let _opening = self.opening.lock().await;
        let spaces = self.catalog.spaces().await?;
        if self.spaces().marks == marks(&spaces) {
            return Ok(());
        }
        self.open_again(&spaces).await
    }

    /// Opens the indexes of spaces, those that are open already excepted.
    async fn open_again(&self, spaces: &[Space]) -> Result<()> {
        let open = self.spaces();
        let in_state = |state| spaces.iter().find(move |space| space.state == state);
        let serving = match in_state(SpaceState::Serving) {
            Some(space) => Some(self.open_space(&open, space).await?),
            None => None,
        };
        let retired = match in_state(SpaceState::Retired) {
            Some(space) if self.generations.is_sound(space.generation).await? => {
                Some(self.open_space(&open, space).await?)
            }
            Some(_) | None => None,
        };
        self.put(OpenSpaces { serving, retired, marks: marks(spaces) });
        Ok(())
    }

    async fn open_space(&self, open: &OpenSpaces, space: &Space) -> Result<Arc<OpenSpace>> {
        if let Some(known) = open.generation(space.generation) {
            let index = Arc::clone(&known.index);
            return Ok(Arc::new(OpenSpace { space: space.clone(), index }));
        }
        let index = match self.open_index(space).await {
            Ok(index) => index,
            // Whether an index of this process alone is sound was asked before; what cannot be
            // read of it is not worth keeping.
            Err(error) if !self.is_shared() => {
                tracing::warn!(error = error.chain(), "the search index cannot be opened");
                self.generations.remove(space.generation).await?;
                self.open_index(space).await?
            }
            Err(error) => return Err(error),
        };
        Ok(Arc::new(OpenSpace { space: space.clone(), index }))
    }

    async fn open_index(&self, space: &Space) -> Result<Arc<dyn Index>> {
        self.generations.open(space.generation, space.spec.dimension).await
    }

    /// Puts spaces in the place of those that are open.
    fn put(&self, spaces: OpenSpaces) {
        let served = spaces.serving.as_ref().map(|serving| serving.space.spec.clone());
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = spaces;
        self.served.send_if_modified(|before| {
            let is_other = *before != served;
            *before = served;
            is_other
        });
    }

    /// Tells whether the index of the space that serves is there, can be trusted and was made by
    /// this analyzer. An index of nothing is always fine.
    async fn is_sound(&self, spaces: &[Space]) -> Result<bool> {
        let Some(serving) = spaces.iter().find(|space| space.state == SpaceState::Serving) else {
            return Ok(true);
        };
        if serving.analyzer != self.analyzer.version() {
            return Ok(false);
        }
        Ok(self.generations.is_sound(serving.generation).await?
            || self.catalog.n_live_chunks().await? == 0)
    }

    /// Removes what an interrupted building, or a generation that served before, has left.
    async fn remove_leftovers(&self, spaces: &[Space]) -> Result<()> {
        let kept = marks(spaces);
        for generation in self.generations.list().await? {
            if kept.iter().all(|(_, kept, _)| *kept != generation) {
                self.generations.remove(generation).await?;
            }
        }
        Ok(())
    }

    /// Applies what the index may have lost in a crash, or rebuilds it when that is faster.
    async fn bring_in_step(&self, is_sound: bool) -> Result<()> {
        if self.spaces().serving.is_none() {
            return Ok(());
        }
        let is_sound = is_sound && self.catalog.n_outbox_rows().await? <= REPLAYED_ROWS;
        if !is_sound || !self.is_replayed().await {
            self.rebuild_unless(false).await?;
            self.replay().await?;
        }
        let n_points = self.serving()?.index.count().await?;
        let n_chunks = self.catalog.n_live_chunks().await?;
        self.rebuild_unless(n_points != 0 || n_chunks == 0).await?;
        // Another machine may have worked with the same catalog and an index of its own.
        let is_doubtful = self.catalog.database() == Database::Postgres;
        if is_doubtful || n_points != n_chunks {
            let report = self.reconcile().await?;
            if 0 < report.n_mended + report.n_orphans {
                tracing::warn!(?report, "the search index had lost step and was repaired");
            }
        }
        Ok(())
    }

    /// Applies what the index may have lost. After a power cut an index can open and fail as soon as
    /// it is written to: then it is not worth keeping.
    async fn is_replayed(&self) -> bool {
        let replayed = self.replay().await;
        if let Err(error) = &replayed {
            tracing::warn!(error = error.chain(), "the search index is damaged");
        }
        replayed.is_ok()
    }

    async fn rebuild_unless(&self, is_sound: bool) -> Result<()> {
        if !is_sound {
            tracing::info!("rebuilding the search index from the catalog");
            self.rebuild(&|_, _| ()).await?;
        }
        Ok(())
    }
}
