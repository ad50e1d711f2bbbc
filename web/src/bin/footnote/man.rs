//! `footnote man`: writes manual pages.

use std::path::PathBuf;

use footnote_core::{Error, Result};

use crate::exit::Outcome;
use crate::output::Output;

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder that the pages are written to; it is made where it does not exist
    folder: PathBuf,
}

/// Writes a page for a command line and each of its commands.
pub(crate) fn run(args: &Args, commands: clap::Command) -> Result<Outcome> {
    let cannot = |error: std::io::Error| {
        Error::unavailable(format!("cannot write manual pages to {}", args.folder.display()))
            .because(error)
    };
    std::fs::create_dir_all(&args.folder).map_err(cannot)?;
    clap_mangen::generate_to(commands, &args.folder).map_err(cannot)?;
    let first = args.folder.join("footnote.1");
    Output::line(format!("Read the first of them with `man {}`", first.display()))?;
    Ok(Outcome::Done)
}
