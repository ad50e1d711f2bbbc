//! `footnote-ingest`: ingestion as a slim batch program, for installations that run it by schedule.

use clap::Parser;
use footnote_core::clock::SystemClock;
use footnote_ingest::sandbox::{ParserCommand, run_child};
use footnote_ingest::settings::{Overrides, Settings};
use footnote_ingest::{Event, Ingestor, IngestorParts, Input, Progress, Report, Request};
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_embedder};
use footnote_store::{SpaceSpec, Store, StoreOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Some items failed; the rest is ingested.
const SOME_FAILED: u8 = 8;

/// Stopped by ctrl-C; the next run goes on.
const INTERRUPTED: u8 = 130;

/// Ingests files and folders into a Footnote data directory.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    hidden: Option<Hidden>,
    /// Files, folders or glob patterns.
    paths: Vec<PathBuf>,
    /// The collection that documents go to.
    #[arg(short, long, default_value = "default")]
    collection: String,
    /// Where everything is kept.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// A configuration file, instead of the usual ones.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Only paths that match.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No path that matches.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
}

/// Commands that the program gives itself.
#[derive(clap::Subcommand)]
enum Hidden {
    /// Parses documents from standard input under limits.
    #[command(hide = true)]
    ParseWorker {
        /// The memory limit, in bytes.
        memory_bytes: u64,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Hidden::ParseWorker { memory_bytes }) = arguments.hidden {
        return run_child(memory_bytes);
    }
    let ingested = tokio::runtime::Runtime::new()
        .map_err(|error| footnote_core::Error::unavailable("cannot start threads").because(error))
        .and_then(|runtime| runtime.block_on(ingest(arguments)));
    match ingested {
        Ok(report) if report.cancelled => INTERRUPTED.into(),
        Ok(report) if report.failed.is_empty() => ExitCode::SUCCESS,
        Ok(_) => SOME_FAILED.into(),
        Err(error) => {
            say(&format!("error: {}", error.chain()));
            error.advice().into_iter().for_each(|hint| say(&format!("hint: {hint}")));
            ExitCode::FAILURE
        }
    }
}

/// Opens everything, ingests, and says what became of it.
async fn ingest(arguments: Arguments) -> footnote_core::Result<Report> {
    let overrides = Overrides { data_dir: arguments.data_dir, file: arguments.config };
    let settings = Settings::load(overrides)?;
    footnote_core::telemetry::start(&settings.config.log)?;
    let network = Network::from_env(settings.environment.iter().cloned());
    let models = Models::open(settings.models_dir(), Catalog::builtin()?, network)?;
    let model = models.get(&settings.config.models.embedder)?;
    let embedder = load_embedder(&model, &settings.config.models)?;
    let store = Store::open(StoreOptions {
        data_dir: settings.data_dir.clone(),
        config: settings.config.store.clone(),
        space: Some(SpaceSpec {
            fingerprint: embedder.fingerprint().clone(),
            dimension: embedder.dimension(),
        }),
        clock: Arc::new(SystemClock),
        purpose: "footnote-ingest".to_owned(),
    });
    let store = Arc::new(store.await?);
    let ingestor = Ingestor::new(IngestorParts {
        store: Arc::clone(&store),
        embedder,
        config: settings.config.ingest.clone(),
        parser: ParserCommand::of_this_program()?,
    });
    let request = Request {
        collection: arguments.collection,
        inputs: arguments.paths.into_iter().map(Input::Path).collect(),
        include: arguments.include,
        exclude: arguments.exclude,
    };
    let cancel = CancellationToken::new();
    tokio::spawn(stop_on_interrupt(cancel.clone()));
    let report = ingestor.run(request, Arc::new(Lines), cancel).await?;
    store.close().await?;
    say(&format!(
        "{} ready, {} unchanged, {} removed, {} failed in {:.1} s",
        report.counts.ready,
        report.counts.unchanged,
        report.counts.removed,
        report.counts.failed,
        report.seconds
    ));
    Ok(report)
}

/// Asks the run to stop at the first ctrl-C.
async fn stop_on_interrupt(cancel: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_ok() {
        cancel.cancel();
    }
}

/// Writes a line for every failure.
struct Lines;

impl Progress for Lines {
    fn event(&self, event: &Event) {
        if let Event::Item { uri, failure: Some(failure), .. } = event {
            say(&format!("failed: {uri}: {failure}"));
        }
    }
}

/// Writes a line to standard error; nobody reading it is no reason to stop.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}
