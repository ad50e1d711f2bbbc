//! The child: limits itself, then parses document after document until its input ends.

use footnote_document::Limits;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::limits;
use super::protocol::{Request, Response, read_frame, write_frame};

/// Runs the child; what the hidden command `parse-worker` calls.
///
/// Reads requests from standard input, writes answers to standard output, and returns when the
/// input ends.
#[must_use]
pub fn run_child(memory_bytes: u64) -> ExitCode {
    let served = limits::take_stdout().and_then(|mut answers| {
        limits::apply(memory_bytes)?;
        serve(&mut io::stdin().lock(), &mut answers)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads it to tell why; without a parent nobody does.
            drop(writeln!(io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

/// Answers requests until there are no more or the parser panicked.
fn serve(requests: &mut impl Read, answers: &mut impl Write) -> io::Result<()> {
    while let Some(header) = read_frame(requests)? {
        let request: Request = serde_json::from_slice(&header)?;
        let Some(bytes) = read_frame(requests)? else { return Ok(()) };
        let response = answer(&request, &bytes);
        write_frame(answers, &serde_json::to_vec(&response)?)?;
        if matches!(response, Response::Panicked(_)) {
            return Ok(());
        }
    }
    Ok(())
}

/// Parses one document; a panic becomes an answer.
fn answer(request: &Request, bytes: &[u8]) -> Response {
    let limits = Limits { max_text_bytes: request.max_text_bytes, ..Limits::default() };
    let parse = AssertUnwindSafe(|| footnote_document::parse(&request.name, bytes, &limits));
    match catch_unwind(parse) {
        Ok(Ok(document)) => Response::Parsed(Box::new(document)),
        Ok(Err(failure)) => Response::Failed(failure),
        Err(panic) => Response::Panicked(panic_message(panic.as_ref())),
    }
}

/// Returns what a panic said.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for an unknown reason").chars().take(200).collect()
}
