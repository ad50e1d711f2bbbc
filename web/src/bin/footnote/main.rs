//! The program `footnote`: answers questions over documents, with a footnote for every sentence.

mod as_of;
mod ask;
mod backup;
mod blocks;
mod cli;
mod client;
mod collections;
mod completions;
mod config;
mod confirm;
mod context;
mod demo;
mod docs;
mod doctor;
mod elsewhere;
mod eval;
mod exit;
mod export;
mod hands;
mod import;
mod ingest;
mod interrupt;
mod jobs;
mod keys;
mod man;
mod mcp;
mod migrate;
mod models;
mod moving;
mod openapi;
mod options;
mod output;
mod parse;
mod parse_worker;
mod progress;
mod reindex;
mod restore;
mod search;
mod serve;
mod stdin;
mod sync;
mod text;
mod threads;
mod torture;
mod users;
mod vacuum;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let outcome = cli.run();
    exit::report(outcome)
}
