//! The wiring: settings → models → store → answerer and ingestor. The one place that knows all.

use std::path::Path;
use std::sync::Arc;

use footnote_answer::{Answerer, AnswererParts, Prompts};
use footnote_core::access::{Principal, Scope};
use footnote_core::corpus::Corpus;
use footnote_core::id::CollectionId;
use footnote_core::model::{Embedder, Generator, Switch};
use footnote_core::{Error, Result};
use footnote_ingest::Ingestor;
use footnote_ingest::opening::{self, Installed};
use footnote_ingest::reembed::ModelLoader as _;
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::Settings;
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_embedder, load_generator};
use footnote_store::{SpaceSpec, Store};
use tokio_util::sync::CancellationToken;

use crate::auth;

/// The wired program.
pub struct App {
    /// The configuration and where it came from.
    pub settings: Settings,
    /// Where everything is kept.
    pub store: Arc<Store>,
    /// What embeds: the model of the space that serves, whichever that is.
    pub embedder: Arc<Switch<dyn Embedder>>,
    /// What writes, if anything does.
    pub generator: Option<Arc<dyn Generator>>,
    /// What answers questions, as it is set at the moment.
    pub answerer: Arc<Switch<Answerer>>,
    /// What reads documents.
    pub ingestor: Arc<Ingestor>,
    /// How parsers are started.
    pub parser: ParserCommand,
}

/// The models that a program runs with.
pub struct Loaded {
    /// The name of the model that embeds.
    pub model: String,
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
        let Loaded { model, embedder, generator } = models;
        let space = SpaceSpec::of(&model, embedder.as_ref());
        let store = Arc::new(open_store(&settings, Some(space), &start.purpose).await?);
        let corpus: Arc<dyn Corpus> = Arc::<Store>::clone(&store);
        let switch = Arc::new(Switch::new(embedder));
        let answerer = Answerer::new(AnswererParts {
            corpus,
            embedder: Arc::clone(&switch),
            generator: generator.clone(),
            analyzer: store.analyzer(),
            answer: settings.config.answer.clone(),
            search: settings.config.search.clone(),
            prompts: prompts(&settings.config.answer.prompts)?,
        })?;
        let embedder = Arc::clone(&switch);
        let parser = start.parser;
        let opened = Arc::clone(&store);
        let ingestor = opening::ingestor(&settings, opened, embedder, parser.clone())?;
        let answerer = Arc::new(Switch::new(Arc::new(answerer)));
        let ingestor = Arc::new(ingestor);
        Ok(Self { settings, store, embedder: switch, generator, answerer, ingestor, parser })
    }

    /// Returns the name of the model that embeds: that of the documents, or the configured one
    /// while there are none.
    #[must_use]
    pub fn embedding_model(&self) -> String {
        let serving = self.store.space().map(|space| space.model);
        serving.unwrap_or_else(|| self.settings.config.models.embedder.clone())
    }

    /// Returns the collections of names or ids in which somebody may read something.
    ///
    /// # Errors
    /// `NotFound` for the first that does not exist or is hidden from them.
    pub async fn collections(
        &self,
        who: &Principal,
        names: &[String],
    ) -> Result<Vec<CollectionId>> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            found.push(collection(&self.store, who, name).await?);
        }
        Ok(found)
    }

    /// Returns what whoever types at the command line may read of some collections.
    ///
    /// # Errors
    /// `NotFound` for a collection that does not exist.
    pub async fn scope(&self, names: &[String]) -> Result<Scope> {
        let owner = auth::command_line();
        auth::scope(&owner, &self.collections(&owner, names).await?)
    }

    /// Refuses a question that is empty or longer than allowed.
    ///
    /// # Errors
    /// `Invalid`, saying which.
    pub fn check_question(&self, question: &str) -> Result<()> {
        let max_chars = self.settings.config.answer.max_question_chars;
        if question.chars().all(|c| c.is_whitespace() || c.is_control()) {
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

    /// Tends the store, and goes over to another embedding model when one serves, until it is told
    /// to stop. A program that runs for long does so, once.
    pub async fn tend(&self, stop: &CancellationToken) {
        tokio::join!(self.store.tend(stop), self.follow_model(stop));
    }

    /// Loads the model of each space that comes to serve. Until it is loaded, questions are
    /// answered with the one before.
    async fn follow_model(&self, stop: &CancellationToken) {
        let Some(mut served) = self.store.watch_space() else { return };
        while let Some(Ok(())) = stop.run_until_cancelled(served.changed()).await {
            let Some(space) = served.borrow_and_update().clone() else { continue };
            if *self.embedder.get().fingerprint() == space.fingerprint {
                continue;
            }
            match Installed(self.settings.clone()).load(&space.model).await {
                Ok(embedder) => self.embedder.set(embedder),
                Err(error) => tracing::error!(
                    error = error.chain(),
                    model = space.model,
                    "cannot load the embedding model that serves now"
                ),
            }
        }
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
    Store::open(store_options(settings, space, purpose)).await
}

/// Opens the data directory to look at it, without putting the index right.
///
/// # Errors
/// As [`App::open`].
pub async fn open_store_as_it_is(settings: &Settings, purpose: &str) -> Result<Store> {
    Store::open_as_it_is(store_options(settings, None, purpose)).await
}

pub use footnote_ingest::opening::store_options;

/// Returns the collection of a name or an id in which somebody may read something.
///
/// # Errors
/// `NotFound` when there is none, or it is hidden from them: the same.
pub async fn collection(store: &Store, who: &Principal, name: &str) -> Result<CollectionId> {
    let Some(id) = id_in(name) else {
        return store.collection_named(&who.scope(&[])?, name).await;
    };
    if store.collections(&who.scope(&[id])?).await?.is_empty() {
        // In the words of `Principal::scope`: what is out of reach looks like what is removed.
        return Err(Error::not_found("no such collection"));
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

/// Loads the models that a program needs: the embedding model that the documents are embedded
/// with, or the configured one while there are none, and the configured writing model.
///
/// # Errors
/// `NotFound` for one that is not installed, `Unavailable` and `Invalid` when it cannot be loaded.
pub async fn load(settings: &Settings, needs: Needs) -> Result<Loaded> {
    let model = opening::embedding_model(settings).await?;
    let settings = settings.clone();
    tokio::task::spawn_blocking(move || load_blocking(&settings, model, needs))
        .await
        .map_err(|error| Error::internal("loading the models failed").because(error))?
}

fn load_blocking(settings: &Settings, model: String, needs: Needs) -> Result<Loaded> {
    let (models, config) = (models(settings)?, &settings.config.models);
    let embedder = load_embedder(&models.get(&model)?, config)?;
    let generator = match needs {
        Needs::Both if !config.generator.is_empty() => {
            Some(load_generator(&models.get(&config.generator)?, config)?)
        }
        Needs::Both | Needs::Embedder => None,
    };
    Ok(Loaded { model, embedder, generator })
}
