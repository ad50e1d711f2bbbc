//! Puts a server under load as a company would, and worse: people search and ask while documents are
//! ingested, and clients vanish, never read, or never finish what they send.
//!
//! `scripts/load` builds what it needs and runs it. It starts the program on a data directory of
//! its own, prints a table, and fails on errors, on answers that go on for nobody and on connections
//! that are left open.

#![expect(clippy::print_stdout, reason = "a program that measures prints what it measured")]

#[path = "../../src/bin/footnote/torture/dice.rs"]
mod dice;
mod http;
mod papers;
mod people;
mod rogues;
mod tally;
mod watch;
mod world;

use clap::Parser as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

use footnote_core::{Error, Result};

use tally::Tally;
use watch::Watch;
use world::World;

/// How long the server may take to come to rest once everybody has gone.
const REST: Duration = Duration::from_secs(15);

/// How many connections more than before may be open after everybody has gone.
const SPARE_SOCKETS: usize = 2;

/// How much load.
#[derive(Debug, Clone, clap::Parser)]
struct Load {
    /// The program `footnote`
    program: PathBuf,
    /// How long, in seconds
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// How many people search and ask
    #[arg(long, default_value_t = 50)]
    people: u64,
    /// How many documents are uploaded meanwhile
    #[arg(long, default_value_t = 1000)]
    documents: u64,
    /// How many connections are opened that never finish their headers
    #[arg(long, default_value_t = 500)]
    half_open: usize,
    /// What everything that is chosen by chance depends on
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Fail when signing in or searching takes longer, in milliseconds, in one of a hundred cases
    #[arg(long)]
    max_p99: Option<u64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Load::parse()).await {
        Ok(failures) if failures.is_empty() => {
            println!("\nwell");
            ExitCode::SUCCESS
        }
        Ok(failures) => {
            println!("\nFAILED\n  {}", failures.join("\n  "));
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("FAILED: {}", error.chain());
            ExitCode::FAILURE
        }
    }
}

/// Makes a world, puts it under load, and returns what went wrong.
async fn run(load: &Load) -> Result<Vec<String>> {
    let world = Arc::new(World::start(load).await?);
    println!("{} people, {} documents, {} s", load.people, load.documents, load.seconds);
    let tally = Tally::default();
    let before = watch::look(world.pid)?;
    let watch = Watch::start(world.pid);
    let until = Instant::now() + Duration::from_secs(load.seconds);
    let mut tasks = JoinSet::new();
    people::come(&mut tasks, &world, &tally, until);
    papers::come(&mut tasks, &world, &tally, (load.documents, until));
    rogues::come(&mut tasks, &world, &tally, (load.half_open, until));
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| Error::internal("a task of the load failed").because(error))?;
    }
    let samples = watch.stop().await;
    let left = world.at_rest(REST).await?;
    let after = watch::look(world.pid)?;
    let mut failures = tally.print(load.max_p99.map(Duration::from_millis));
    watch::print(&samples, (&before, &after));
    println!("documents ingested {:>9}", left.n_ingested);
    if 0 < left.n_answering || 0 < left.n_waiting {
        let n = left.n_answering + left.n_waiting;
        failures.push(format!("{n} answers go on though nobody listens"));
    }
    if before.n_sockets + SPARE_SOCKETS < after.n_sockets {
        let (before, after) = (before.n_sockets, after.n_sockets);
        failures.push(format!("{after} sockets are open, {before} were"));
    }
    if let Err(error) = world.stop().await {
        failures.push(error.to_string());
    }
    Ok(failures)
}
