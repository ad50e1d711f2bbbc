//! `footnote config`: shows the configuration and where it comes from.

use serde::Serialize;
use std::path::PathBuf;

use footnote_core::config::Config;
use footnote_core::{Error, Result};

use crate::context::Context;
use crate::exit::Outcome;

/// What to show.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Command {
    /// Show every value that is in force, as it would stand in footnote.toml, without secrets
    Show,
    /// Show the data directory, the folder of models and the files that were read
    Path,
}

/// Where everything is.
#[derive(Serialize)]
struct Paths {
    data_dir: PathBuf,
    models_dir: PathBuf,
    files: Vec<PathBuf>,
}

/// Shows what the command asks for.
pub(crate) fn run(command: Command, context: &Context) -> Result<Outcome> {
    let settings = context.settings()?;
    match command {
        Command::Show => {
            let config = settings.config.redacted();
            let text = toml::to_string_pretty(&config).map_err(|error| {
                Error::internal("cannot write the configuration").because(error)
            })?;
            context.output().one::<Config>(&config, |_| text)?;
        }
        Command::Path => {
            let models_dir = settings.models_dir();
            let paths = Paths { data_dir: settings.data_dir, models_dir, files: settings.files };
            context.output().one(&paths, paths_text)?;
        }
    }
    Ok(Outcome::Done)
}

fn paths_text(paths: &Paths) -> String {
    let files: Vec<_> =
        paths.files.iter().map(|file| format!("file    {}\n", file.display())).collect();
    let (data, models) = (paths.data_dir.display(), paths.models_dir.display());
    format!("data    {data}\nmodels  {models}\n{}", files.concat())
}
