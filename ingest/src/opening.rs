//! The wiring that every program shares which ingests: settings → model → store → ingestor.

use footnote_core::Result;
use footnote_core::clock::SystemClock;
use footnote_core::model::Embedder;
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_embedder};
use footnote_store::{SpaceSpec, Store, StoreOptions};
use std::sync::Arc;

use crate::connector::Connections;
use crate::ingestor::{Ingestor, IngestorParts};
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
    let name = &settings.config.models.embedder;
    let model = models(settings)?.get(name)?;
    let embedder = load_embedder(&model, &settings.config.models)?;
    let space = SpaceSpec::of(name, embedder.as_ref());
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

/// Makes the ingestor of a configuration; it embeds nothing again.
///
/// # Errors
/// `Invalid` when what is said of other machines cannot be used.
pub fn ingestor(
    settings: &Settings,
    store: Arc<Store>,
    embedder: Arc<dyn Embedder>,
    parser: ParserCommand,
) -> Result<Ingestor> {
    let cache = settings.data_dir.join(CACHE_FOLDER);
    let connections = Connections::open(&settings.config.outbound, &settings.environment, cache)?;
    let config = settings.config.ingest.clone();
    let parts = IngestorParts { store, embedder, config, parser };
    Ok(Ingestor::new(parts).with_connections(connections))
}
