//! Asks before something is destroyed.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use footnote_core::{Error, Result};

/// Whether to ask.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Confirm {
    /// Do it without asking
    #[arg(short, long)]
    yes: bool,
}

impl Confirm {
    /// Returns when the person agrees.
    ///
    /// # Errors
    /// [`Unconfirmed`] when nobody can be asked or the answer is no.
    pub(crate) fn ask(self, question: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if io::stdin().is_terminal() && answered_yes(question).unwrap_or(false) {
            return Ok(());
        }
        Err(Error::invalid("nothing was removed: it was not confirmed")
            .hint("Add --yes to do it without asking.")
            .because(Unconfirmed))
    }
}

/// Marks an error as the want of a confirmation.
#[derive(Debug)]
pub(crate) struct Unconfirmed;

impl std::fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no confirmation was given")
    }
}

impl std::error::Error for Unconfirmed {}

fn answered_yes(question: &str) -> io::Result<bool> {
    write!(io::stderr(), "{question} [y/N] ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "是"))
}
