//! From one embedding model to the other and back, step by step: each does what there is to be done
//! of it, wherever the child before was struck.

use std::sync::Arc;

use footnote_core::model::{Embedder, Purpose};
use footnote_core::{ErrorKind, Result};
use footnote_store::{Space, SpaceState};

use super::super::said::ModelStep;
use super::{Program, embedder, ingestor, space};

/// How many texts are embedded at once for another model: few, so that there is much to interrupt.
const TEXTS_AT_ONCE: usize = 16;

impl Program {
    /// Takes a step.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be used.
    pub(super) async fn take_model_step(&mut self, step: ModelStep) -> Result<()> {
        match step {
            ModelStep::Begin => self.begin_switch().await,
            ModelStep::Finish => self.finish_switch().await,
            ModelStep::Back => self.switch_back().await,
            ModelStep::Drop => self.drop_others().await,
        }
    }

    /// Embeds everything with the other model.
    async fn begin_switch(&self) -> Result<()> {
        let other = self.other();
        let fingerprint = other.fingerprint();
        self.store.begin_space(&space(&*other)).await?;
        let mut after = None;
        loop {
            let page = self.store.texts_to_embed(fingerprint, after, TEXTS_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.hash);
            let (hashes, texts): (Vec<_>, Vec<_>) =
                page.into_iter().map(|text| (text.hash, text.text)).unzip();
            let vectors = other.embed(texts, Purpose::Passage).await?;
            let embeddings: Vec<_> = hashes.into_iter().zip(vectors).collect();
            self.store.put_embeddings(fingerprint, &embeddings).await?;
        }
    }

    /// Lets the other model serve, if everything was begun to be embedded with it.
    async fn finish_switch(&mut self) -> Result<()> {
        if self.space_in(SpaceState::Building).await?.is_none() {
            return Ok(());
        }
        let other = self.other();
        self.store.finish_space(&*other, &|_, _| ()).await?;
        self.embed_with(other)
    }

    /// Goes back to the model before, if there is one and it lacks nothing.
    async fn switch_back(&mut self) -> Result<()> {
        if self.space_in(SpaceState::Retired).await?.is_none() {
            return Ok(());
        }
        match self.store.roll_back().await {
            Ok(_serving) => self.embed_with(self.other()),
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Drops every model that does not serve.
    async fn drop_others(&self) -> Result<()> {
        for other in self.store.spaces().await? {
            if other.state != SpaceState::Serving {
                self.store.drop_space(&other.spec.fingerprint).await?;
            }
        }
        Ok(())
    }

    async fn space_in(&self, state: SpaceState) -> Result<Option<Space>> {
        Ok(self.store.spaces().await?.into_iter().find(|space| space.state == state))
    }

    /// Returns the model that does not serve.
    fn other(&self) -> Arc<dyn Embedder> {
        embedder(|dimension| dimension != self.embedder.dimension())
    }

    fn embed_with(&mut self, embedder: Arc<dyn Embedder>) -> Result<()> {
        self.ingestor = ingestor(&self.store, &embedder)?;
        self.embedder = embedder;
        Ok(())
    }
}
