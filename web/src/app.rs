//! The wiring: settings → models → store → answerer and ingestor. The one place that knows all.

use std::path::Path;
use std::sync::Arc;

use footnote_answer::{Answerer, AnswererParts, Prompts};
use footnote_core::access::Scope;
use footnote_core::clock::SystemClock;
use footnote_core::corpus::Corpus;
use footnote_core::id::CollectionId;
use footnote_core::model::{Embedder, Generator};
use footnote_core::{Error, Result};
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::Settings;
use footnote_ingest::{Ingestor, IngestorParts};
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_embedder, load_generator};
use footnote_store::{SpaceSpec, Store, StoreOptions};

use crate::auth;

/// The wired program.
pub struct App {
    /// The configuration and where it came from.
    pub settings: Settings,
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// What embeds.
    pub embedder: Arc<dyn Embedder>,
    /// What writes, if anything does.
    pub generator: Option<Arc<dyn Generator>>,
    /// What answers questions.
    pub answerer: Arc<Answerer>,
    /// What reads documents.
    pub ingestor: Arc<Ingestor>,
}

/// The models that a program runs with.
pub struct Loaded {
    /// What embeds.
    pub embedder: Arc<dyn Embedder>,
    /// What writes, if anything does.
    pub generator: Option<Arc<dyn Generator>>,
}

/// Which models a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// The one that embeds.
    Embedder,
    /// The one that embeds, and the one that writes if one is configured.
    Both,
}

/// How the program started.
#[derive(Debug, Clone)]
pub struct Start {
    /// What it does, for others that want the data directory.
    pub purpose: String,
    /// How parsers are started.
    pub parser: ParserCommand,
}

impl App {
    /// Opens the data directory and wires everything to it.
    ///
    /// # Errors
    /// `Conflict` when another process holds the data directory, `Invalid` when it was made with
    /// another embedding model, `Unavailable` when it cannot be used.
    pub async fn open(settings: Settings, models: Loaded, start: Start) -> Result<Self> {
        let Loaded { embedder, generator } = models;
        let space = SpaceSpec {
            fingerprint: embedder.fingerprint().clone(),
            dimension: embedder.dimension(),
        };
        let store = Arc::new(open_store(&settings, Some(space), &start.purpose).await?);
        let corpus: Arc<dyn Corpus> = Arc::<Store>::clone(&store);
        let answerer = Answerer::new(AnswererParts {
            corpus,
            embedder: Arc::clone(&embedder),
            generator: generator.clone(),
            analyzer: store.analyzer(),
            answer: settings.config.answer.clone(),
            search: settings.config.search.clone(),
            prompts: prompts(&settings.config.answer.prompts)?,
        })?;
        let ingestor = Ingestor::new(IngestorParts {
            store: Arc::clone(&store),
            embedder: Arc::clone(&embedder),
            config: settings.config.ingest.clone(),
            parser: start.parser,
        });
        let (answerer, ingestor) = (Arc::new(answerer), Arc::new(ingestor));
        Ok(Self { settings, store, embedder, generator, answerer, ingestor })
    }

    /// Returns the collection of a name or an id.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn collection(&self, name: &str) -> Result<CollectionId> {
        collection(&self.store, name).await
    }

    /// Returns the collections of names or ids.
    ///
    /// # Errors
    /// `NotFound` for the first that does not exist.
    pub async fn collections(&self, names: &[String]) -> Result<Vec<CollectionId>> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            found.push(self.collection(name).await?);
        }
        Ok(found)
    }

    /// Returns what whoever types at the command line may read of some collections.
    ///
    /// # Errors
    /// `NotFound` for a collection that does not exist.
    pub async fn scope(&self, names: &[String]) -> Result<Scope> {
        auth::scope(&auth::command_line(), &self.collections(names).await?)
    }

    /// Refuses a question that is empty or longer than allowed.
    ///
    /// # Errors
    /// `Invalid`, saying which.
    pub fn check_question(&self, question: &str) -> Result<()> {
        let max_chars = self.settings.config.answer.max_question_chars;
        if question.trim().is_empty() {
            return Err(Error::invalid("the question is empty"));
        }
        let n_chars = question.chars().count();
        if max_chars < n_chars {
            return Err(Error::invalid(format!(
                "the question has {n_chars} characters, {max_chars} are allowed"
            )));
        }
        Ok(())
    }

    /// Makes everything durable and lets go of the data directory.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be made durable. Nothing is lost even then.
    pub async fn close(&self) -> Result<()> {
        self.store.close().await
    }
}

/// Opens the data directory alone. Without a space it is for looking and removing.
///
/// # Errors
/// As [`App::open`].
pub async fn open_store(
    settings: &Settings,
    space: Option<SpaceSpec>,
    purpose: &str,
) -> Result<Store> {
    Store::open(StoreOptions {
        data_dir: settings.data_dir.clone(),
        config: settings.config.store.clone(),
        space,
        clock: Arc::new(SystemClock),
        purpose: purpose.to_owned(),
    })
    .await
}

/// Returns the collection of a name or an id.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn collection(store: &Store, name: &str) -> Result<CollectionId> {
    let Some(id) = id_in(name) else { return store.collection_named(name).await };
    let scope = auth::scope(&auth::command_line(), &[id])?;
    if store.collections(&scope).await?.is_empty() {
        return Err(Error::not_found(format!("there is no collection {name}")));
    }
    Ok(id)
}

/// Reads an id, where a text is one; everything else is a name.
fn id_in(text: &str) -> Option<CollectionId> {
    text.strip_prefix(CollectionId::PREFIX)?.strip_prefix('_')?;
    text.parse().ok()
}

/// Returns the prompts, those of a folder in place of the built-in ones of the same name.
fn prompts(folder: &Path) -> Result<Prompts> {
    if folder.as_os_str().is_empty() {
        return Ok(Prompts::default());
    }
    let unreadable = |error: std::io::Error| {
        Error::unavailable(format!("cannot read the prompts in {}", folder.display()))
            .hint("Let `answer.prompts` name a folder of `.md` files, or leave it empty.")
            .because(error)
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_prompt = path.extension().is_some_and(|extension| extension == "md");
        let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        if let Some(name) = name.filter(|_| is_prompt) {
            files.push((name, std::fs::read_to_string(&path).map_err(unreadable)?));
        }
    }
    Prompts::with_overrides(files)
}

/// Opens the folder of models.
///
/// # Errors
/// `Invalid` or `Unavailable` when the catalog of further models cannot be read.
pub fn models(settings: &Settings) -> Result<Models> {
    let further = &settings.config.models.catalog;
    let catalog = if further.as_os_str().is_empty() {
        Catalog::builtin()?
    } else {
        Catalog::with_file(further)?
    };
    let network = Network::from_env(settings.environment.iter().cloned());
    Models::open(settings.models_dir(), catalog, network)
}

/// Loads the models that are configured.
///
/// # Errors
/// `NotFound` for one that is not installed, `Unavailable` and `Invalid` when it cannot be loaded.
pub async fn load(settings: &Settings, needs: Needs) -> Result<Loaded> {
    let settings = settings.clone();
    tokio::task::spawn_blocking(move || load_blocking(&settings, needs))
        .await
        .map_err(|error| Error::internal("loading the models failed").because(error))?
}

fn load_blocking(settings: &Settings, needs: Needs) -> Result<Loaded> {
    let (models, config) = (models(settings)?, &settings.config.models);
    let embedder = load_embedder(&models.get(&config.embedder)?, config)?;
    let generator = match needs {
        Needs::Both if !config.generator.is_empty() => {
            Some(load_generator(&models.get(&config.generator)?, config)?)
        }
        Needs::Both | Needs::Embedder => None,
    };
    Ok(Loaded { embedder, generator })
}
