//! `footnote parse-worker`: the child that reads strangers' bytes; started by the ingestion alone.

use crate::exit::Outcome;

/// How the child is limited.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much memory the process may use, in bytes
    memory_bytes: u64,
}

/// Serves the parent until it closes the pipe.
pub(crate) fn run(args: &Args) -> Outcome {
    Outcome::Child(footnote_ingest::sandbox::run_child(args.memory_bytes))
}
