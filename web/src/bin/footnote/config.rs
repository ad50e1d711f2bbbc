//! `footnote config`: shows the configuration and where it comes from, and checks it.

mod check;
mod origin;

use serde::Serialize;
use std::path::PathBuf;

use footnote_core::config::Config;
use footnote_core::{Error, Result};

use crate::context::Context;
use crate::exit::Outcome;

/// What to do with the configuration.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Command {
    /// Show every value that is in force, as it would stand in footnote.toml, without secrets
    Show(Show),
    /// Check what no other command checks before it is too late: addresses, files that are named
    Check,
    /// Show the data directory, the folder of models and the files that were read
    Path,
}

/// How to show it.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Show {
    /// Show where each value comes from: a flag, the environment, a file, or the default
    #[arg(long)]
    origin: bool,
}

/// Where everything is.
#[derive(Serialize)]
struct Paths {
    data_dir: PathBuf,
    models_dir: PathBuf,
    files: Vec<PathBuf>,
}

/// Shows or checks what the command asks for.
pub(crate) fn run(command: Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Show(Show { origin: true }) => origin::show(context),
        Command::Show(Show { origin: false }) => show(context),
        Command::Check => check::run(context),
        Command::Path => paths(context),
    }
}

fn show(context: &Context) -> Result<Outcome> {
    let config = context.settings()?.config.redacted();
    let text = toml::to_string_pretty(&config)
        .map_err(|error| Error::internal("cannot write the configuration").because(error))?;
    context.output().one::<Config>(&config, |_| text)?;
    Ok(Outcome::Done)
}

fn paths(context: &Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let models_dir = settings.models_dir();
    let paths = Paths { data_dir: settings.data_dir, models_dir, files: settings.files };
    context.output().one(&paths, paths_text)?;
    Ok(Outcome::Done)
}

fn paths_text(paths: &Paths) -> String {
    let files: Vec<_> =
        paths.files.iter().map(|file| format!("file    {}\n", file.display())).collect();
    let (data, models) = (paths.data_dir.display(), paths.models_dir.display());
    format!("data    {data}\nmodels  {models}\n{}", files.concat())
}
