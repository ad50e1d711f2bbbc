//! What can be typed: the commands and the options that all of them share.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory as _, Parser, Subcommand};

use footnote_core::{Error, Result};

use crate::context::Context;
use crate::exit::Outcome;
use crate::options::Shared;
use crate::{
    ask, backup, collections, completions, config, demo, docs, doctor, elsewhere, eval, export,
    import, ingest, jobs, keys, man, mcp, migrate, models, openapi, parse, parse_worker, reindex,
    restore, search, serve, sync, threads, torture, users, vacuum,
};

/// How help and errors of the command line are coloured.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// What stands below the help of the whole program.
const EXAMPLES: &str = "\
Examples:
  footnote demo                              Try it: models, sample documents, two answers, a page
  footnote models pull                       Download the models once
  footnote ingest ./docs -c handbook         Read a folder into a collection
  footnote parse ./docs/leave.pdf            Show what is read of a file, without keeping it
  footnote ask \"How many days of leave?\"     Answer with footnotes
  footnote search \"parental leave\" --explain Show the passages and how they were ranked
  footnote serve --open                      Serve the page and the API on this machine

Exit codes: 0 ok, 1 error, 2 usage, 3 not allowed, 4 not found, 5 locked, 6 busy, 7 network or disk,
            8 some failed, 9 no answer in the documents, 10 confirmation needed, 130 interrupted";

/// Answers questions over your own documents, on this machine, with a footnote for every sentence.
#[derive(Debug, Parser)]
#[command(name = "footnote", version, styles = STYLES, after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try Footnote: get the models, read the sample documents, answer two questions, serve the page
    Demo(demo::Args),
    /// Read files and folders into a collection
    Ingest(ingest::Args),
    /// Show what is read of a file, without keeping it
    Parse(parse::Args),
    /// Find passages
    Search(search::Args),
    /// Answer a question with footnotes
    Ask(ask::Args),
    /// Serve the page and the HTTP API
    Serve(serve::Args),
    /// Let an assistant find, read and ask: the Model Context Protocol on standard input and output
    Mcp(mcp::Args),
    /// Manage models
    #[command(subcommand)]
    Models(models::Command),
    /// Manage collections
    #[command(subcommand)]
    Collections(collections::Command),
    /// Say who signs in
    #[command(subcommand)]
    Users(users::Command),
    /// Make keys with which programs sign in
    #[command(subcommand)]
    Keys(keys::Command),
    /// Look at documents and remove them
    #[command(subcommand)]
    Docs(docs::Command),
    /// Look at what was ingested when, follow it, stop it, try it again
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Keep folders, sites, repositories and buckets in step
    Sync(sync::Args),
    /// Build the index anew, or embed everything with another model
    Reindex(reindex::Args),
    /// Remove for good what was removed, and old versions that are not to be kept
    Vacuum(vacuum::Args),
    /// Write everything into one file, while others go on working
    Backup(backup::Args),
    /// Make an installation of a backup
    Restore(restore::Args),
    /// Write some collections into a bundle for another installation
    Export(export::Args),
    /// Take the collections of a bundle over
    Import(import::Args),
    /// Copy everything to another kind of catalog
    Migrate(migrate::Args),
    /// Measure retrieval and answers on a set of questions
    Eval(eval::Args),
    /// Check the installation and say what to do
    Doctor(doctor::Args),
    /// Show the configuration and where it comes from, and check it
    #[command(subcommand)]
    Config(config::Command),
    /// Write the description of the HTTP API for programs, openapi.json
    Openapi,
    /// Write completions for a shell
    Completions(completions::Args),
    /// Write manual pages
    Man(man::Args),
    /// Kill the program again and again on this disk, and check that nothing is lost
    Torture(torture::Args),
    /// Works for the torture until it is killed
    #[command(hide = true)]
    TortureChild(torture::child::Args),
    /// Reads one document after the other for the ingestion, with limits
    #[command(hide = true)]
    ParseWorker(parse_worker::Args),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever kept the command from its result.
    pub(crate) fn run(self) -> Result<Outcome> {
        // The child that reads strangers' bytes starts no runtime and reads no configuration.
        if let Command::ParseWorker(args) = &self.command {
            return Ok(parse_worker::run(args));
        }
        let context = Context::new(self.shared);
        if let Ok(settings) = context.peek() {
            // What is wrong with the configuration is said by the command that needs it.
            threads::limit(&settings);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::internal("cannot start the runtime").because(error))?;
        let outcome = runtime.block_on(dispatch(self.command, context));
        // A thread that still reads standard input must not keep the program alive.
        runtime.shutdown_background();
        outcome
    }
}

/// Hands the command to the file that knows it.
async fn dispatch(command: Command, context: Context) -> Result<Outcome> {
    // What answers asks a server anyway, where there is one.
    let answers = matches!(command, Command::Search(_) | Command::Ask(_) | Command::Mcp(_));
    if let Some(server) = context.server()?.filter(|_| !answers) {
        return elsewhere::run(command, server, context).await;
    }
    match command {
        Command::Demo(args) => demo::run(args, context).await,
        Command::Ingest(args) => ingest::run(args, context).await,
        Command::Parse(args) => parse::run(args, context).await,
        Command::Search(args) => search::run(args, context).await,
        Command::Ask(args) => ask::run(args, context).await,
        Command::Serve(args) => serve::run(args, context).await,
        Command::Mcp(args) => mcp::run(args, context).await,
        Command::Models(command) => models::run(command, context).await,
        Command::Collections(command) => collections::run(command, context).await,
        Command::Users(command) => users::run(command, context).await,
        Command::Keys(command) => keys::run(command, context).await,
        Command::Docs(command) => docs::run(command, context).await,
        Command::Jobs(command) => jobs::run(command, context).await,
        Command::Sync(args) => sync::run(args, context).await,
        Command::Reindex(args) => reindex::run(args, context).await,
        Command::Vacuum(args) => vacuum::run(args, context).await,
        Command::Backup(args) => backup::run(args, context).await,
        Command::Restore(args) => restore::run(args, context).await,
        Command::Export(args) => export::run(args, context).await,
        Command::Import(args) => import::run(args, context).await,
        Command::Migrate(args) => migrate::run(args, context).await,
        Command::Eval(args) => eval::run(args, context).await,
        Command::Doctor(args) => doctor::run(args, context).await,
        Command::Config(command) => config::run(command, &context),
        Command::Openapi => openapi::run(),
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
        Command::Man(args) => man::run(&args, Cli::command()),
        Command::Torture(args) => torture::run(args, context).await,
        Command::TortureChild(args) => torture::child::run(args, context).await,
        Command::ParseWorker(args) => Ok(parse_worker::run(&args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }
}
