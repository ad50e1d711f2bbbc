//! `footnote completions`: writes completions for a shell.

use clap::CommandFactory as _;
use clap_complete::Shell;

use footnote_core::Result;

use crate::cli::Cli;
use crate::exit::Outcome;
use crate::output::Output;

/// For which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Writes the completions to standard output.
pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "footnote", &mut script);
    Output::raw(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
