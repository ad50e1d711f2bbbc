//! `footnote torture-child`: the real store, ingestion and parsers under an embedder that needs no
//! model, in a process that is there to be killed.

mod copying;
mod look;
mod model;
mod naive;
mod work;

use clap::ValueEnum;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footnote_core::clock::{Clock, SystemClock, Timestamp};
use footnote_core::config::{IngestConfig, LogConfig, StoreConfig};
use footnote_core::model::Embedder;
use footnote_core::{Error, Result, telemetry};
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::{Ingestor, IngestorParts};
use footnote_model::fake::FakeEmbedder;
use footnote_store::{SpaceSpec, Store, StoreOptions};

use super::content::Content;
use crate::context::Context;
use crate::exit::Outcome;

/// The collection that everything goes to.
const COLLECTION: &str = "torture";

/// How many values an embedding of each of the two models has.
const DIMENSIONS: [usize; 2] = [64, 96];

/// Small, so that a short life sees many checkpoints and rearrangements.
const CHECKPOINT_DOCUMENTS: usize = 7;
const OPTIMIZE_CHUNKS: usize = 100;

/// What the child is told by whoever tortures it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to do
    #[arg(value_enum)]
    role: Role,
    /// The folder of documents
    #[arg(long, value_name = "DIR")]
    documents: PathBuf,
    /// What the contents are made from
    #[arg(long)]
    seed: u64,
    /// How far the clock is ahead of the machine's
    #[arg(long, value_name = "MILLISECONDS")]
    clock_ahead: i64,
    /// How many bytes must stay free on the disk
    #[arg(long)]
    min_free_bytes: u64,
    /// Be careless
    #[arg(long)]
    naive: bool,
}

/// What a child is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Take the steps that come on standard input.
    Work,
    /// Make a copy of everything.
    Copy,
    /// Say what is there.
    Look,
}

/// A clock that is ahead of the machine's, so that nobody has to wait for what is to come later.
struct ClockAhead {
    by_ms: i64,
}

impl Clock for ClockAhead {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0.saturating_add(self.by_ms))
    }
}

/// Everything that a child works with.
struct Program {
    store: Arc<Store>,
    ingestor: Ingestor,
    embedder: Arc<dyn Embedder>,
    documents: PathBuf,
    content: Content,
}

/// Does what the torture asks for.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let Some(data_dir) = context.data_dir() else {
        return Err(Error::invalid("a child of the torture needs --data-dir"));
    };
    telemetry::start(&LogConfig::default())?;
    let made_of = Content::new(args.seed);
    if args.naive {
        let writer = naive::Writer::open(data_dir, &args.documents, made_of)?;
        match args.role {
            Role::Work => writer.work(&orders::<Vec<_>>()?)?,
            Role::Copy => return Err(Error::invalid("the careless writer makes no copies")),
            Role::Look => writer.look()?,
        }
        return Ok(Outcome::Done);
    }
    // What is asked for is read before anything is opened, so that nothing waits for it.
    match args.role {
        Role::Work => {
            let steps: Vec<_> = orders()?;
            Program::open(data_dir, args).await?.work(&steps).await?;
        }
        Role::Copy => {
            let steps: Vec<_> = orders()?;
            copying::copy(data_dir, args, &steps).await?;
        }
        Role::Look => {
            let look = orders()?;
            Program::open(data_dir, args).await?.look(&look).await?;
        }
    }
    Ok(Outcome::Done)
}

impl Program {
    /// Opens the data directory as the program does, but for the embedder.
    async fn open(data_dir: &Path, args: Args) -> Result<Self> {
        let model = Store::serving_model(data_dir, &config(&args)).await?;
        let embedder = embedder(|dimension| model.as_deref() == Some(&*name(dimension)));
        let options = options(data_dir, &args, Some(space(&*embedder)));
        let store = Arc::new(Store::open(options).await?);
        let ingestor = ingestor(&store, &embedder)?;
        let (documents, content) = (args.documents, Content::new(args.seed));
        Ok(Self { store, ingestor, embedder, documents, content })
    }
}

/// Returns how a data directory is opened.
fn options(data_dir: &Path, args: &Args, space: Option<SpaceSpec>) -> StoreOptions {
    StoreOptions {
        data_dir: data_dir.to_owned(),
        config: config(args),
        space,
        clock: Arc::new(ClockAhead { by_ms: args.clock_ahead }),
        purpose: "footnote torture".to_owned(),
    }
}

fn config(args: &Args) -> StoreConfig {
    StoreConfig {
        checkpoint_documents: CHECKPOINT_DOCUMENTS,
        optimize_chunks: OPTIMIZE_CHUNKS,
        min_free_bytes: args.min_free_bytes,
        ..StoreConfig::default()
    }
}

/// Makes the first embedder that is wanted; where none is, the first of all.
fn embedder(is_wanted: impl Fn(usize) -> bool) -> Arc<dyn Embedder> {
    let wanted = DIMENSIONS.into_iter().find(|dimension| is_wanted(*dimension));
    Arc::new(FakeEmbedder::new(wanted.unwrap_or(DIMENSIONS[0])))
}

/// Names the model whose embeddings have so many values.
fn name(dimension: usize) -> String {
    format!("hashing-{dimension}")
}

fn space(embedder: &dyn Embedder) -> SpaceSpec {
    SpaceSpec::of(&name(embedder.dimension()), embedder)
}

fn ingestor(store: &Arc<Store>, embedder: &Arc<dyn Embedder>) -> Result<Ingestor> {
    Ok(Ingestor::new(IngestorParts {
        store: Arc::clone(store),
        embedder: Arc::clone(embedder),
        config: IngestConfig::default(),
        parser: ParserCommand::of_this_program()?,
    }))
}

/// Reads the orders from standard input.
fn orders<T: DeserializeOwned>() -> Result<T> {
    serde_json::from_reader(std::io::stdin().lock())
        .map_err(|error| Error::invalid("the orders cannot be read").because(error))
}
