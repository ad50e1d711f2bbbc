//! The parent: hands documents to children, waits no longer than allowed, and says what went wrong.

use footnote_core::config::IngestConfig;
use footnote_core::document::ParsedDocument;
use footnote_core::job::{Failure, FailureCode};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::protocol::{Request, Response, receive, send};

/// How many documents one child reads before a fresh one takes over: bounds what leaks.
const DOCUMENTS_PER_CHILD: u32 = 500;

/// How long a child that closed its pipes may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// How much of what a child said last is kept, in bytes.
const LAST_WORDS_BYTES: usize = 16 << 10;

/// How the text of a document grows when it is written as JSON, at most (every byte escaped, blocks
/// beside it).
const ANSWER_BYTES_PER_TEXT_BYTE: u64 = 16;

/// How the program starts itself as a child.
#[derive(Debug, Clone)]
pub struct ParserCommand {
    /// The program.
    pub program: PathBuf,
    /// What comes before the memory limit, e.g. `parse-worker`.
    pub args: Vec<OsString>,
}

impl ParserCommand {
    /// Makes the command that starts the present program with `parse-worker`.
    ///
    /// # Errors
    /// `Unavailable` when the system does not tell where the program is.
    pub fn of_this_program() -> footnote_core::Result<Self> {
        let program = std::env::current_exe().map_err(|error| {
            footnote_core::Error::unavailable("cannot find this program's own file").because(error)
        })?;
        Ok(Self { program, args: vec!["parse-worker".into()] })
    }
}

/// Children that parse.
#[derive(Debug)]
pub struct ParserPool {
    command: ParserCommand,
    memory_bytes: u64,
    max_text_bytes: usize,
    time_limit: Duration,
    idle: Mutex<Vec<Parser>>,
}

/// One child and how often it was used.
#[derive(Debug)]
struct Parser {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    last_words: JoinHandle<String>,
    n_documents: u32,
}

impl ParserPool {
    /// Makes a pool without children; they start when they are needed.
    #[must_use]
    pub fn new(command: ParserCommand, config: &IngestConfig) -> Self {
        Self {
            command,
            memory_bytes: config.parse_memory_bytes,
            max_text_bytes: usize::try_from(config.max_text_bytes).unwrap_or(usize::MAX),
            time_limit: Duration::from_secs(config.parse_seconds),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Parses a document in a child.
    ///
    /// # Errors
    /// The reason for which this document cannot be read; the next one is not affected.
    pub async fn parse(&self, name: &str, bytes: &[u8]) -> Result<ParsedDocument, Failure> {
        let mut parser = match self.take_idle() {
            Some(parser) => parser,
            None => self.start().map_err(|error| cannot_start(&error))?,
        };
        match timeout(self.time_limit, self.exchange(&mut parser, name, bytes)).await {
            Ok(Ok(Response::Parsed(document))) => {
                self.put_back(parser);
                Ok(*document)
            }
            Ok(Ok(Response::Failed(failure))) => {
                self.put_back(parser);
                Err(failure)
            }
            Ok(Ok(Response::Panicked(message))) => Err(Failure::new(
                FailureCode::Crashed,
                format!(
                    "The parser gave up on it ({message}). Save it again with another program."
                ),
            )),
            Ok(Err(error)) => Err(parser.post_mortem(&error, self.memory_bytes).await),
            Err(_elapsed) => Err(self.too_slow()),
        }
    }

    /// Takes a child that waits.
    fn take_idle(&self) -> Option<Parser> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Lets a child wait for the next document, unless it has served long enough.
    fn put_back(&self, mut parser: Parser) {
        parser.n_documents += 1;
        if parser.n_documents < DOCUMENTS_PER_CHILD {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(parser);
        }
    }

    /// Starts a child.
    fn start(&self) -> io::Result<Parser> {
        let mut child = Command::new(&self.command.program)
            .args(&self.command.args)
            .arg(self.memory_bytes.to_string())
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(requests), Some(answers), Some(stderr)) = pipes else {
            return Err(io::Error::other("the child has no pipes"));
        };
        let last_words = tokio::spawn(last_words(stderr));
        Ok(Parser { child, requests, answers, last_words, n_documents: 0 })
    }

    /// Sends a document and waits for the answer.
    async fn exchange(
        &self,
        parser: &mut Parser,
        name: &str,
        bytes: &[u8],
    ) -> io::Result<Response> {
        let request = Request { name: name.to_owned(), max_text_bytes: self.max_text_bytes };
        send(&mut parser.requests, &serde_json::to_vec(&request)?).await?;
        send(&mut parser.requests, bytes).await?;
        let max_bytes = (self.max_text_bytes as u64)
            .saturating_mul(ANSWER_BYTES_PER_TEXT_BYTE)
            .saturating_add(1 << 20);
        let answer = receive(&mut parser.answers, max_bytes).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Says that the time is up.
    fn too_slow(&self) -> Failure {
        Failure::new(
            FailureCode::Timeout,
            format!(
                "Reading it took longer than {} s. Raise `ingest.parse_seconds` if it is worth it.",
                self.time_limit.as_secs()
            ),
        )
    }
}

impl Parser {
    /// Finds out why a child stopped answering.
    async fn post_mortem(mut self, error: &io::Error, memory_bytes: u64) -> Failure {
        if error.kind() == io::ErrorKind::FileTooLarge {
            return Failure::new(
                FailureCode::TooLarge,
                "Its text is longer than `ingest.max_text_bytes` allows. Split it, or raise that.",
            );
        }
        let status = timeout(GRACE, self.child.wait()).await.ok().and_then(Result::ok);
        let last_words = timeout(GRACE, self.last_words).await.ok().and_then(Result::ok);
        diagnose(&last_words.unwrap_or_default(), status, memory_bytes)
    }
}

/// Reads what a child says to standard error until its end, so that it never waits for a reader,
/// and returns the last of it.
async fn last_words(mut stderr: ChildStderr) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(n_bytes @ 1..) = stderr.read(&mut piece).await {
        kept.extend_from_slice(&piece[..n_bytes]);
        let excess = kept.len().saturating_sub(LAST_WORDS_BYTES);
        kept.drain(..excess);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Tells memory from other deaths by what the child said last.
fn diagnose(complaint: &str, status: Option<ExitStatus>, memory_bytes: u64) -> Failure {
    let out_of_memory = ["memory allocation of", "out of memory", "Cannot allocate memory"];
    if out_of_memory.iter().any(|sign| complaint.contains(sign)) {
        return Failure::new(
            FailureCode::OutOfMemory,
            format!(
                "Reading it needs more than {} MiB. Raise `ingest.parse_memory_bytes` if it is worth it.",
                memory_bytes >> 20
            ),
        );
    }
    let cause = if complaint.contains("overflowed its stack") {
        "it is nested too deeply".to_owned()
    } else {
        status.map_or_else(|| "no exit status".to_owned(), |status| status.to_string())
    };
    Failure::new(
        FailureCode::Crashed,
        format!("The parser ended while reading it ({cause}). Save it again with another program."),
    )
}

/// Says that no child can be started: a fault of the installation, not of the document.
fn cannot_start(error: &io::Error) -> Failure {
    Failure::new(
        FailureCode::Internal,
        format!("The process that reads documents cannot be started: {error}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_bomb_is_told_from_a_crash() {
        let bomb = diagnose("memory allocation of 99 bytes failed", None, 1 << 30);
        assert_eq!(bomb.code, FailureCode::OutOfMemory);
        assert!(bomb.detail.contains("1024 MiB"), "{}", bomb.detail);
        let deep = diagnose("thread 'main' has overflowed its stack", None, 1 << 30);
        assert_eq!((deep.code, deep.detail.contains("nested")), (FailureCode::Crashed, true));
    }
}
