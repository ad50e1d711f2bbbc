//! `footnote completions`: writes completions for a shell.

use clap_complete::Shell;

use footnote_core::Result;

use crate::exit::Outcome;
use crate::output::Output;

/// For which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Writes the completions of a command line to standard output.
pub(crate) fn run(args: &Args, commands: &mut clap::Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, commands, "footnote", &mut script);
    Output::raw(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
