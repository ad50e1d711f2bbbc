//! The child: limits itself, then parses document after document until its input ends.

use footnote_document::{ParseOptions, Parsed, Progress, Recognizer};
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::limits;
use super::protocol::{Message, Request, read_frame, write_frame};

/// Runs the child; what the hidden command `parse-worker` calls.
///
/// Reads requests from standard input, writes answers to standard output, and returns when the
/// input ends.
#[must_use]
pub fn run_child(memory_bytes: u64) -> ExitCode {
    let served = limits::take_stdout().and_then(|answers| {
        limits::apply(memory_bytes)?;
        serve(&mut io::stdin().lock(), &RefCell::new(answers))
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
fn serve(requests: &mut impl Read, answers: &RefCell<impl Write>) -> io::Result<()> {
    while let Some(header) = read_frame(requests)? {
        let request: Request = serde_json::from_slice(&header)?;
        let Some(bytes) = read_frame(requests)? else { return Ok(()) };
        let last = answer(&request, &bytes, answers)?;
        say(answers, &last)?;
        if matches!(last, Message::Panicked(_)) {
            return Ok(());
        }
    }
    Ok(())
}

/// Parses one document, hands over the files inside it, and returns the last message; a panic
/// becomes one.
fn answer(request: &Request, bytes: &[u8], answers: &RefCell<impl Write>) -> io::Result<Message> {
    let tell = |Progress { n_read, n_pages }: Progress| {
        // If the parent is gone, the last message will find out.
        say(answers, &Message::Progress { n_read, n_pages }).ok();
    };
    let options = ParseOptions {
        limits: &request.limits,
        recognizer: request.recognizer.as_ref().map(|found| found as &dyn Recognizer),
        lost_pages: Some(&request.lost_pages),
        progress: Some(&tell),
    };
    let parse = AssertUnwindSafe(|| footnote_document::parse_with(&request.name, bytes, &options));
    match catch_unwind(parse) {
        Ok(Ok(Parsed { document, attachments })) => {
            for file in attachments {
                say(answers, &Message::File { name: file.name })?;
                write_frame(&mut *answers.borrow_mut(), &file.bytes)?;
            }
            Ok(Message::Parsed(Box::new(document)))
        }
        Ok(Err(failure)) => Ok(Message::Failed(failure)),
        Err(panic) => Ok(Message::Panicked(panic_message(panic.as_ref()))),
    }
}

fn say(answers: &RefCell<impl Write>, message: &Message) -> io::Result<()> {
    write_frame(&mut *answers.borrow_mut(), &serde_json::to_vec(message)?)
}

/// Returns what a panic said.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("for an unknown reason").chars().take(200).collect()
}
