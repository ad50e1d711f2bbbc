//! Changing the embedding model: a space is filled beside the one that serves, then takes its
//! place, and the one before is kept for going back until it is dropped.
//!
//! ```text
//! begin_space → (texts_to_embed → put_embeddings)… → finish_space → [roll_back] → drop_space
//! ```
//! Documents that are ingested meanwhile go to the space that serves; `finish_space` embeds what
//! is missing of them before it switches. After the switch, questions that were embedded with the
//! model before are still answered: by meaning from the retired space, which holds what was there
//! at the switch, and by words from the one that serves.

use footnote_core::id::ContentHash;
use footnote_core::model::{Embedder, Fingerprint};
use footnote_core::{Error, Result};
use tokio::sync::watch;

use super::Store;
use super::maintenance::ReindexReport;
use crate::catalog::unembedded::{TextToEmbed, WANTED};
use crate::space::{Space, SpaceSpec, SpaceState};

impl Store {
    /// Returns the space that this process answers from, if there is one yet.
    #[must_use]
    pub fn space(&self) -> Option<SpaceSpec> {
        let serving = self.engine.as_ref()?.spaces().serving?;
        Some(serving.space.spec.clone())
    }

    /// Returns what changes when another space serves, in whichever process that was decided:
    /// then load its model, and embed with that one. A process learns of it while it
    /// [tends](Self::tend) its store. `None` in a process that works through the catalog alone.
    #[must_use]
    pub fn watch_space(&self) -> Option<watch::Receiver<Option<SpaceSpec>>> {
        self.engine.as_ref().map(super::engine::Engine::watch)
    }

    /// Returns every space: the one that serves first, then the newest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn spaces(&self) -> Result<Vec<Space>> {
        self.catalog.spaces().await
    }

    /// Begins to fill a space beside the one that serves, or goes on with it: what was embedded
    /// for it before is kept, also when it has served before.
    ///
    /// # Errors
    /// `Conflict` when the space serves already or another one is being filled, `Invalid` when
    /// there is none that serves, `Unavailable` when the catalog cannot be written.
    pub async fn begin_space(&self, spec: &SpaceSpec) -> Result<()> {
        let spaces = self.catalog.spaces().await?;
        let Some(serving) = spaces.iter().find(|space| space.state == SpaceState::Serving) else {
            return Err(Error::invalid("there are no documents to embed with another model")
                .hint("Set `models.embedder`, and ingest documents."));
        };
        if serving.spec.fingerprint == spec.fingerprint {
            return Err(Error::conflict(format!("`{}` serves already", serving.spec.name())));
        }
        let is_other = |space: &&Space| {
            space.state == SpaceState::Building && space.spec.fingerprint != spec.fingerprint
        };
        if let Some(other) = spaces.iter().find(is_other) {
            let name = other.spec.name();
            return Err(Error::conflict(format!("documents are being embedded with `{name}`"))
                .hint("Let that finish, or drop it first."));
        }
        if let Some(known) = spaces.iter().find(|space| space.spec.fingerprint == spec.fingerprint)
        {
            known.check(spec)?;
        }
        self.catalog.make_building_space(spec).await
    }

    /// Counts the different texts that a space lacks.
    ///
    /// # Errors
    /// `Conflict` when there is no such space, `Unavailable` when the catalog cannot be read.
    pub async fn n_texts_to_embed(&self, fingerprint: &Fingerprint) -> Result<u64> {
        let space = self.space_of(fingerprint).await?;
        self.catalog.n_texts_to_embed(space.id, WANTED).await
    }

    /// Returns a page of the texts that a space lacks, of live versions and of those that were
    /// superseded and are kept, each once, by hash; `after` is the last of the page before. Put
    /// their embeddings with [`put_embeddings`](Self::put_embeddings).
    ///
    /// # Errors
    /// `Conflict` when there is no such space, `Unavailable` when the catalog cannot be read.
    pub async fn texts_to_embed(
        &self,
        fingerprint: &Fingerprint,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<TextToEmbed>> {
        let space = self.space_of(fingerprint).await?;
        self.catalog.texts_to_embed(space.id, WANTED, after, limit).await
    }

    /// Lets the space of an embedder serve, which was begun and filled: builds its index, embeds
    /// what became live meanwhile, and switches in one transaction, between two questions. The
    /// space that served is kept as the retired one, one that was retired before is dropped.
    /// Progress is told in documents.
    ///
    /// # Errors
    /// `Conflict` when the space was not begun or another index is being built, `Unavailable` when
    /// the index or the catalog cannot be written. The space that served goes on then.
    pub async fn finish_space(
        &self,
        embedder: &dyn Embedder,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<ReindexReport> {
        let engine = self.engine()?;
        let space = self.space_of(embedder.fingerprint()).await?;
        if space.state != SpaceState::Building {
            return Err(Error::conflict(format!("`{}` is not being filled", space.spec.name())));
        }
        let n_points = engine.serve(&space, embedder, progress).await?;
        self.settle_removals().await?;
        self.checkpoint().await?;
        Ok(ReindexReport { n_points })
    }

    /// Lets the space that served before serve again, in one transaction; the one that serves is
    /// kept as the retired one. Returns the space that serves now.
    ///
    /// # Errors
    /// `NotFound` when none is kept, `Conflict` when it lacks documents that came since, with what
    /// to do; `Unavailable` when the index or the catalog cannot be written.
    pub async fn roll_back(&self) -> Result<SpaceSpec> {
        let engine = self.engine()?;
        engine.roll_back().await?;
        self.settle_removals().await?;
        self.checkpoint().await?;
        Ok(engine.serving()?.space.spec.clone())
    }

    /// Drops a space that does not serve, with its vectors and its index. The disk that its
    /// vectors took in the catalog is free for others at once, and given back by a vacuum.
    ///
    /// # Errors
    /// `Conflict` when it serves or there is none, `Unavailable` when something stays.
    pub async fn drop_space(&self, fingerprint: &Fingerprint) -> Result<()> {
        let engine = self.engine()?;
        let space = self.space_of(fingerprint).await?;
        if space.state == SpaceState::Serving {
            return Err(Error::conflict(format!("`{}` serves", space.spec.name()))
                .hint("Let another model serve first."));
        }
        engine.drop_space(&space).await
    }

    /// Returns the space of a fingerprint.
    ///
    /// # Errors
    /// `Conflict` when there is none.
    pub(super) async fn space_of(&self, fingerprint: &Fingerprint) -> Result<Space> {
        self.catalog.space_of(fingerprint).await?.ok_or_else(|| {
            Error::conflict(format!("no documents are embedded with the model `{fingerprint}`"))
                .hint("Open the data directory with the model that serves.")
        })
    }
}
