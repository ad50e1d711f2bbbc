//! Another embedding model: every stored text is embedded with it beside the one that serves, then
//! it serves.
//!
//! It is a job of one item. Texts are embedded in batches that are kept as they come, so whatever
//! cuts it off costs a batch, and questions and ingestions go on meanwhile.

use async_trait::async_trait;
use footnote_core::access::Scope;
use footnote_core::id::{ContentHash, JobId};
use footnote_core::job::{ItemOutcome, JobKind, NewItem, NewJob, Place, TakenItem, TakenJob};
use footnote_core::model::{Embedder, Purpose, Switch};
use footnote_core::{Error, Result};
use footnote_store::{SpaceSpec, Store};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::Reembed;

/// How many texts are embedded and stored as one: what an interruption costs at most.
const TEXTS_PER_BATCH: usize = 128;

/// What stands for the source root of the item.
const ROOT: &str = "model";

/// Loads the embedding model of a name.
#[async_trait]
pub trait ModelLoader: Send + Sync {
    /// Loads it.
    ///
    /// # Errors
    /// `NotFound` when it is not installed, `Invalid` and `Unavailable` when it cannot be loaded.
    async fn load(&self, model: &str) -> Result<Arc<dyn Embedder>>;
}

/// Embeds everything with another model and lets it serve.
pub struct ModelChange {
    /// Where texts and vectors are.
    pub store: Arc<Store>,
    /// What loads models.
    pub loader: Arc<dyn ModelLoader>,
    /// The model in use, which the new one replaces once it serves.
    pub embedder: Arc<Switch<dyn Embedder>>,
}

/// What such a job asks for.
#[derive(Debug, Serialize, Deserialize)]
struct Wanted {
    /// The name of the model.
    model: String,
}

/// Puts the change to a model into the queue.
///
/// # Errors
/// `Invalid` when there is nothing that could be embedded again, `Unavailable` when the catalog
/// cannot be written.
pub async fn enqueue(store: &Store, scope: &Scope, model: &str) -> Result<JobId> {
    // A job belongs to a collection; this one concerns them all.
    let collections = store.collections(scope).await?;
    let collection = collections.first().map(|collection| collection.id).ok_or_else(|| {
        Error::invalid("there are no documents to embed with another model")
            .hint("Set `models.embedder`, and ingest documents.")
    })?;
    let request = serde_json::to_string(&Wanted { model: model.to_owned() })
        .map_err(|error| Error::internal("cannot write down the job").because(error))?;
    let source = format!("embedding everything with {model}");
    store
        .create_job(NewJob { collection, source, kind: JobKind::Reembed, request, priority: 0 })
        .await
}

#[async_trait]
impl Reembed for ModelChange {
    async fn list(&self, job: &TakenJob) -> Result<()> {
        let wanted: Wanted = serde_json::from_str(&job.brief.request).map_err(|error| {
            Error::invalid("the job asks for something that this release does not know")
                .because(error)
        })?;
        // A model that cannot be had ends the job here, with the reason.
        self.loader.load(&wanted.model).await?;
        let item = NewItem {
            root: ROOT.to_owned(),
            uri: wanted.model.clone(),
            place: Place::Remote { locator: wanted.model },
            size_bytes: 0,
            modified: None,
            tag: None,
        };
        self.store.add_items(&job.lease, vec![item]).await?;
        self.store.end_listing(&job.lease).await
    }

    async fn item(
        &self,
        item: &TakenItem,
        advance: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<ItemOutcome> {
        let Place::Remote { locator: model } = &item.place else {
            return Err(Error::internal("an item of a model change names no model"));
        };
        let embedder = self.loader.load(model).await?;
        let spec = SpaceSpec::of(model, embedder.as_ref());
        if self.store.space().is_some_and(|serving| serving.fingerprint == spec.fingerprint) {
            self.embedder.set(embedder);
            return Ok(ItemOutcome::Done);
        }
        self.store.begin_space(&spec).await?;
        self.embed_all(embedder.as_ref(), advance).await?;
        self.store.finish_space(embedder.as_ref(), &|_, _| advance(1)).await?;
        self.embedder.set(embedder);
        Ok(ItemOutcome::Done)
    }
}

impl ModelChange {
    /// Embeds every text that the model's space lacks, batch by batch.
    async fn embed_all(
        &self,
        embedder: &dyn Embedder,
        advance: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<()> {
        let mut after: Option<ContentHash> = None;
        loop {
            self.store.check_room()?;
            let fingerprint = embedder.fingerprint();
            let page = self.store.texts_to_embed(fingerprint, after, TEXTS_PER_BATCH).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.hash);
            let (hashes, texts): (Vec<_>, Vec<_>) =
                page.into_iter().map(|text| (text.hash, text.text)).unzip();
            let vectors = embedder.embed(texts, Purpose::Passage).await?;
            let embeddings: Vec<_> = hashes.into_iter().zip(vectors).collect();
            self.store.put_embeddings(fingerprint, &embeddings).await?;
            advance(embeddings.len() as u64);
        }
    }
}
