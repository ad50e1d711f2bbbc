//! The wiring that every program shares which ingests: settings → model → store → ingestor.

use async_trait::async_trait;
use footnote_core::clock::SystemClock;
use footnote_core::model::{Embedder, Switch};
use footnote_core::{Error, Result};
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_embedder};
use footnote_store::{SpaceSpec, Store, StoreOptions};
use std::sync::Arc;
use tokio::task::spawn_blocking;

use crate::connector::Connections;
use crate::ingestor::{Ingestor, IngestorParts};
use crate::reembed::{ModelChange, ModelLoader};
use crate::sandbox::ParserCommand;
use crate::settings::Settings;

/// The folder in the data directory of what connectors can fetch again.
const CACHE_FOLDER: &str = "cache";

/// What a program works with that ingests and does nothing else.
pub struct Opened {
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// What ingests.
    pub ingestor: Ingestor,
}

/// Opens everything that ingesting needs.
///
/// # Errors
/// `NotFound` for a model that is not installed, `Conflict` when another process holds the data
/// directory, `Unavailable` when something cannot be used.
pub async fn open(settings: &Settings, purpose: &str) -> Result<Opened> {
    let name = embedding_model(settings).await?;
    let embedder = Installed(settings.clone()).load(&name).await?;
    let space = SpaceSpec::of(&name, embedder.as_ref());
    let embedder = Arc::new(Switch::new(embedder));
    let store = Arc::new(Store::open(store_options(settings, Some(space), purpose)).await?);
    let parser = ParserCommand::of_this_program()?;
    let ingestor = ingestor(settings, Arc::clone(&store), embedder, parser)?;
    Ok(Opened { store, ingestor })
}

/// Returns the installed models.
///
/// # Errors
/// `Unavailable` when their folder cannot be used.
pub fn models(settings: &Settings) -> Result<Models> {
    let network = Network::from_env(settings.environment.iter().cloned());
    Models::open(settings.models_dir(), Catalog::builtin()?, network)
}

/// Returns what the store of a configuration is opened with.
#[must_use]
pub fn store_options(settings: &Settings, space: Option<SpaceSpec>, purpose: &str) -> StoreOptions {
    StoreOptions {
        data_dir: settings.data_dir.clone(),
        config: settings.config.store.clone(),
        space,
        clock: Arc::new(SystemClock),
        purpose: purpose.to_owned(),
    }
}

/// Returns the name of the model that is to embed: the one that the documents are embedded with,
/// or the configured one while there are none. That they differ is said, not changed: it would
/// take all documents to be embedded again.
///
/// # Errors
/// `Unavailable` when the catalog cannot be read.
pub async fn embedding_model(settings: &Settings) -> Result<String> {
    let configured = &settings.config.models.embedder;
    let serving = Store::serving_model(&settings.data_dir, &settings.config.store).await?;
    let Some(serving) = serving.filter(|serving| serving != configured) else {
        return Ok(configured.clone());
    };
    tracing::warn!(
        "the documents are embedded with `{serving}`, which is used; \
         `footnote reindex --embedder {configured}` embeds them again with the configured model"
    );
    Ok(serving)
}

/// Loads installed models by their names.
pub struct Installed(pub Settings);

#[async_trait]
impl ModelLoader for Installed {
    async fn load(&self, model: &str) -> Result<Arc<dyn Embedder>> {
        let (settings, model) = (self.0.clone(), model.to_owned());
        let load = move || load_embedder(&models(&settings)?.get(&model)?, &settings.config.models);
        spawn_blocking(load)
            .await
            .map_err(|error| Error::internal("loading the model failed").because(error))?
    }
}

/// Makes the ingestor of a configuration; it goes over to another model when one comes to serve.
///
/// # Errors
/// `Invalid` when what is said of other machines cannot be used.
pub fn ingestor(
    settings: &Settings,
    store: Arc<Store>,
    embedder: Arc<Switch<dyn Embedder>>,
    parser: ParserCommand,
) -> Result<Ingestor> {
    let cache = settings.data_dir.join(CACHE_FOLDER);
    let connections = Connections::open(&settings.config.outbound, &settings.environment, cache)?;
    let config = settings.config.ingest.clone();
    let change = ModelChange {
        store: Arc::clone(&store),
        loader: Arc::new(Installed(settings.clone())),
        embedder: Arc::clone(&embedder),
    };
    let parts = IngestorParts { store, embedder: embedder.get(), config, parser };
    Ok(Ingestor::new(parts)
        .with_switch(embedder)
        .with_connections(connections)
        .with_reembed(Arc::new(change)))
}
