//! Commands that a named server does: what lists, reads, removes, steers and sends. What works on a
//! data directory as a whole is done where that is.

mod collections;
mod docs;
mod ingest;
mod jobs;

use footnote_core::{Error, Result};

use crate::cli::Command;
use crate::client::Server;
use crate::context::Context;
use crate::exit::Outcome;

/// Lets a server do what a command says.
///
/// # Errors
/// `Invalid` for a command that no server does; otherwise what the server says.
pub(crate) async fn run(command: Command, server: Server, context: Context) -> Result<Outcome> {
    match command {
        Command::Collections(command) => collections::run(command, &server, &context).await,
        Command::Docs(command) => docs::run(command, &server, &context).await,
        Command::Jobs(command) => jobs::run(command, &server, &context).await,
        Command::Ingest(args) => ingest::run(args, &server, &context).await,
        _ => Err(Error::invalid("this command works on a data directory, not through a server")
            .hint("Leave --server and FOOTNOTE_SERVER out, and run it where the directory is.")),
    }
}
