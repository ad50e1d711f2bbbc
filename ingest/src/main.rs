//! `footnote-ingest`: ingestion as a slim batch program, for installations that run it by schedule,
//! and as a worker that drains the queue of a cluster.

use clap::Parser;
use footnote_core::{Error, Result};
use footnote_ingest::arguments::RemoteArgs;
use footnote_ingest::opening::{Opened, open};
use footnote_ingest::sandbox::run_child;
use footnote_ingest::settings::{Overrides, Settings};
use footnote_ingest::{Event, Progress, Report, Request};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Some items failed; the rest is ingested.
const SOME_FAILED: u8 = 8;

/// Stopped by ctrl-C; the next run goes on.
const INTERRUPTED: u8 = 130;

/// Ingests files, folders and addresses into Footnote.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Files, folders, glob patterns or addresses.
    paths: Vec<PathBuf>,
    /// The collection that documents go to.
    #[arg(short, long, default_value = "default")]
    collection: String,
    /// Only paths that match.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No path that matches.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Read and compare also what its source says is unchanged.
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    remote: RemoteArgs,
    #[command(flatten)]
    place: Place,
}

/// Where everything is.
#[derive(clap::Args)]
struct Place {
    /// Where everything is kept.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// A configuration file, instead of the usual ones.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// What else the program does.
#[derive(clap::Subcommand)]
enum Command {
    /// Works on whatever is in the queue, until it is interrupted.
    Work {
        /// End when nothing is left to do.
        #[arg(long)]
        once: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Parses documents from standard input under limits.
    #[command(hide = true)]
    ParseWorker {
        /// The memory limit, in bytes.
        memory_bytes: u64,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Command::ParseWorker { memory_bytes }) = arguments.command {
        return run_child(memory_bytes);
    }
    let done = tokio::runtime::Runtime::new()
        .map_err(|error| Error::unavailable("cannot start threads").because(error))
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match done {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {}", error.chain()));
            error.advice().into_iter().for_each(|hint| say(&format!("hint: {hint}")));
            ExitCode::FAILURE
        }
    }
}

/// Does what is asked for.
async fn run(arguments: Arguments) -> Result<ExitCode> {
    let cancel = CancellationToken::new();
    tokio::spawn(stop_on_interrupt(cancel.clone()));
    match arguments.command {
        Some(Command::Work { once, place }) => {
            let opened = opened(place).await?;
            if once {
                opened.ingestor.drain(cancel).await?;
            } else {
                tokio::join!(opened.ingestor.serve(cancel.clone()), opened.store.tend(&cancel));
            }
            opened.store.close().await?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::ParseWorker { .. }) | None => ingest(arguments, cancel).await,
    }
}

/// Ingests what is named, and says what became of it.
async fn ingest(arguments: Arguments, cancel: CancellationToken) -> Result<ExitCode> {
    let Arguments { paths, collection, include, exclude, verify, remote, place, .. } = arguments;
    let inputs = remote.inputs(&paths)?;
    let request = Request { collection, inputs, include, exclude, verify, ..Request::default() };
    let opened = opened(place).await?;
    let report = opened.ingestor.run(request, Arc::new(Lines), cancel).await?;
    opened.store.close().await?;
    let counts = report.counts;
    say(&format!(
        "{} ready, {} unchanged, {} removed, {} failed in {:.1} s",
        counts.ready, counts.unchanged, counts.removed, counts.failed, report.seconds
    ));
    Ok(code_of(&report))
}

/// Reads the configuration and opens everything.
async fn opened(place: Place) -> Result<Opened> {
    let settings = Settings::load(Overrides { data_dir: place.data_dir, file: place.config })?;
    footnote_core::telemetry::start(&settings.config.log)?;
    open(&settings, "footnote-ingest").await
}

fn code_of(report: &Report) -> ExitCode {
    match report {
        Report { cancelled: true, .. } => INTERRUPTED.into(),
        Report { failed, .. } if failed.is_empty() => ExitCode::SUCCESS,
        Report { .. } => SOME_FAILED.into(),
    }
}

/// Asks the run to stop at the first ctrl-C, or when the system asks it to.
async fn stop_on_interrupt(cancel: CancellationToken) {
    let interrupted = tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        terminated = terminated() => terminated,
    };
    if interrupted.is_ok() {
        cancel.cancel();
    }
}

/// Waits until the system asks the program to end, as it does with a service or a container.
#[cfg(unix)]
async fn terminated() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}

/// Waits for ever: this system has no such signal.
#[cfg(not(unix))]
async fn terminated() -> std::io::Result<()> {
    std::future::pending().await
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
