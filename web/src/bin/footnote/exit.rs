//! How the program ends: the one table of exit codes, and how an error is printed.

use console::style;
use std::error::Error as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use footnote_core::{Error, ErrorKind, Result};

use crate::client::Refusal;
use crate::confirm::Unconfirmed;

/// How a command ended that did not fail as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// It did what was asked.
    Done,
    /// Some items failed, or a measured value is below its bar.
    SomeFailed,
    /// The documents do not answer the question.
    NoAnswer,
    /// It was stopped and left everything in order.
    Interrupted,
    /// A child that parses ended.
    Child(ExitCode),
}

/// What was typed makes no sense, or a value is wrong.
const USAGE: u8 = 2;
/// The server does not know who asks, or does not let them.
const REFUSED: u8 = 3;
/// What was asked for does not exist.
const NOT_FOUND: u8 = 4;
/// Somebody else holds what is needed.
const CONFLICT: u8 = 5;
/// The server has too much to do.
const BUSY: u8 = 6;
/// Something outside is missing: the network, a disk, a model.
const UNAVAILABLE: u8 = 7;
/// Some items failed, or an evaluation missed its bar.
const SOME_FAILED: u8 = 8;
/// The documents do not answer the question.
const NO_ANSWER: u8 = 9;
/// Something would be destroyed and nobody agreed.
const UNCONFIRMED: u8 = 10;
/// Stopped by a signal.
pub(crate) const INTERRUPTED: u8 = 130;

/// Prints the error, if there is one, and returns the exit code.
pub(crate) fn report(outcome: Result<Outcome>) -> ExitCode {
    match outcome {
        Ok(outcome) => code_of(outcome),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code tells all the same.
            print(&error).ok();
            code_of_error(&error)
        }
    }
}

/// Returns the exit code of a command that did not fail as a whole.
fn code_of(outcome: Outcome) -> ExitCode {
    match outcome {
        Outcome::Done => ExitCode::SUCCESS,
        Outcome::SomeFailed => SOME_FAILED.into(),
        Outcome::NoAnswer => NO_ANSWER.into(),
        Outcome::Interrupted => INTERRUPTED.into(),
        Outcome::Child(code) => code,
    }
}

/// Returns the exit code of a failure.
fn code_of_error(error: &Error) -> ExitCode {
    if error.source().is_some_and(<dyn std::error::Error>::is::<Unconfirmed>) {
        return UNCONFIRMED.into();
    }
    match error.source().and_then(|source| source.downcast_ref()) {
        Some(Refusal::Caller) => return REFUSED.into(),
        Some(Refusal::Busy) => return BUSY.into(),
        None => {}
    }
    match error.kind() {
        ErrorKind::NotFound => NOT_FOUND.into(),
        ErrorKind::Invalid => USAGE.into(),
        ErrorKind::Conflict => CONFLICT.into(),
        ErrorKind::Unavailable => UNAVAILABLE.into(),
        ErrorKind::Cancelled => INTERRUPTED.into(),
        ErrorKind::Internal => ExitCode::FAILURE,
    }
}

/// Tells whether whoever reads the output has read enough, as `head` does.
fn is_broken_pipe(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(source) = cause {
        if let Some(io) = source.downcast_ref::<io::Error>() {
            return io.kind() == io::ErrorKind::BrokenPipe;
        }
        cause = source.source();
    }
    false
}

/// Prints what failed, why, and what to do.
fn print(error: &Error) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    let label = style("error:").for_stderr().red().bold();
    writeln!(stderr, "{label} {}", error.message())?;
    let (mut said, mut cause) = (error.message().to_owned(), error.source());
    while let Some(source) = cause {
        let why = source.to_string();
        // Many libraries say the cause of an error in the error itself.
        if !said.ends_with(&why) {
            writeln!(stderr, "  because {why}")?;
            said = why;
        }
        cause = source.source();
    }
    if let Some(hint) = advice(error) {
        let label = style("hint:").for_stderr().cyan().bold();
        writeln!(stderr, "{label} {hint}")?;
    }
    Ok(())
}

/// Returns the first advice in the chain of causes.
fn advice(error: &Error) -> Option<&str> {
    if error.advice().is_some() {
        return error.advice();
    }
    error.source()?.downcast_ref::<Error>().and_then(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_not_a_failure() {
        let closed =
            Error::cancelled("cannot write").because(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(is_broken_pipe(&closed));
        assert!(!is_broken_pipe(&Error::cancelled("stopped")));
    }

    #[test]
    fn advice_is_found_below_the_outer_error() {
        let inner = Error::unavailable("no such model").hint("Pull it.");
        assert_eq!(advice(&Error::unavailable("cannot start").because(inner)), Some("Pull it."));
    }
}
