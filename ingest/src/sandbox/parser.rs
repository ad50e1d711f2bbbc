//! One child as its parent sees it: asked, listened to, waited for, and found dead.

use footnote_core::document::{Attachment, ParsedDocument};
use footnote_core::job::{Failure, FailureCode};
use footnote_document::Progress;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::listener::ParseListener;
use super::pool::ParserCommand;
use super::protocol::{Message, Request, receive, send};

/// How long a child that closed its pipes may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// How much of what a child said last is kept, in bytes.
const LAST_WORDS_BYTES: usize = 16 << 10;

/// How the text of a document grows when it is written as JSON, at most (every byte escaped, blocks
/// beside it).
const ANSWER_BYTES_PER_TEXT_BYTE: u64 = 16;

/// One child and how often it was used.
#[derive(Debug)]
pub(super) struct Parser {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    last_words: JoinHandle<String>,
    memory_bytes: u64,
    /// How many documents it has read.
    pub(super) n_documents: u32,
}

/// How the reading of a document ended.
pub(super) enum Ending {
    /// It was read, or cannot be; the child goes on.
    Answered(Box<Parser>, Result<ParsedDocument, Failure>),
    /// The child is of no more use.
    Lost {
        /// Why.
        failure: Failure,
        /// The page that was being read, where the format has pages.
        page: Option<u32>,
    },
}

/// Why a child was given up.
enum Interruption {
    /// It does not answer.
    Silent,
    /// Its pipes are closed, or it wrote what nobody understands.
    Broken(io::Error),
    /// The parser panicked.
    Panicked(String),
    /// What it said could not be taken.
    Refused(Failure),
}

impl From<io::Error> for Interruption {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

impl Parser {
    /// Starts a child.
    pub(super) fn start(command: &ParserCommand, memory_bytes: u64) -> io::Result<Self> {
        let mut process = Command::new(&command.program);
        // In a group of their own, the child and what it has started end together.
        #[cfg(unix)]
        process.process_group(0);
        let mut child = process
            .args(&command.args)
            .arg(memory_bytes.to_string())
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
        Ok(Self { child, requests, answers, last_words, memory_bytes, n_documents: 0 })
    }

    /// Lets the child read a document; it may be silent no longer than allowed.
    pub(super) async fn read(
        mut self,
        request: &Request,
        bytes: &[u8],
        patience: Duration,
        listener: &dyn ParseListener,
    ) -> Ending {
        let mut progress = None;
        let heard = async {
            let asked = timeout(patience, self.ask(request, bytes)).await;
            asked.map_err(|_elapsed| Interruption::Silent)??;
            self.listen(request, patience, listener, &mut progress).await
        };
        match heard.await {
            Ok(answer) => {
                self.n_documents += 1;
                Ending::Answered(Box::new(self), answer)
            }
            Err(interruption) => {
                let page = progress
                    .filter(|progress: &Progress| progress.n_read < progress.n_pages)
                    .map(|progress| progress.n_read + 1);
                Ending::Lost { failure: self.post_mortem(interruption, patience).await, page }
            }
        }
    }

    async fn ask(&mut self, request: &Request, bytes: &[u8]) -> io::Result<()> {
        send(&mut self.requests, &serde_json::to_vec(request)?).await?;
        send(&mut self.requests, bytes).await
    }

    /// Listens to the child until its last message.
    async fn listen(
        &mut self,
        request: &Request,
        patience: Duration,
        listener: &dyn ParseListener,
        reached: &mut Option<Progress>,
    ) -> Result<Result<ParsedDocument, Failure>, Interruption> {
        let mut n_bytes_left = request.limits.max_unpacked_bytes;
        loop {
            let answer = self.hear(max_answer_bytes(request), patience).await?;
            match serde_json::from_slice(&answer).map_err(io::Error::from)? {
                Message::Progress { n_read, n_pages } => {
                    let progress = Progress { n_read, n_pages };
                    *reached = Some(progress);
                    listener.on_progress(progress);
                }
                Message::File { name } => {
                    let bytes = self.hear(n_bytes_left, patience).await?;
                    n_bytes_left = n_bytes_left.saturating_sub(bytes.len() as u64);
                    let taken = listener.on_file(Attachment { name, bytes }).await;
                    taken.map_err(Interruption::Refused)?;
                }
                Message::Parsed(document) => return Ok(Ok(*document)),
                Message::Failed(failure) => return Ok(Err(failure)),
                Message::Panicked(message) => return Err(Interruption::Panicked(message)),
            }
        }
    }

    /// Waits for a frame.
    async fn hear(&mut self, max_bytes: u64, patience: Duration) -> Result<Vec<u8>, Interruption> {
        match timeout(patience, receive(&mut self.answers, max_bytes)).await {
            Ok(frame) => Ok(frame?),
            Err(_elapsed) => Err(Interruption::Silent),
        }
    }

    /// Says why a child was given up.
    async fn post_mortem(mut self, interruption: Interruption, patience: Duration) -> Failure {
        let error = match interruption {
            Interruption::Silent => return too_slow(patience),
            Interruption::Refused(failure) => return failure,
            Interruption::Panicked(message) => {
                let detail = format!(
                    "The parser gave up on it ({message}). Save it again with another program."
                );
                return Failure::new(FailureCode::Crashed, detail);
            }
            Interruption::Broken(error) => error,
        };
        if error.kind() == io::ErrorKind::FileTooLarge {
            return Failure::new(
                FailureCode::TooLarge,
                "Its text is longer than `ingest.max_text_bytes` allows. Split it, or raise that.",
            );
        }
        let status = timeout(GRACE, self.child.wait()).await.ok().and_then(Result::ok);
        let last_words = timeout(GRACE, &mut self.last_words).await.ok().and_then(Result::ok);
        diagnose(&last_words.unwrap_or_default(), status, self.memory_bytes)
    }
}

impl Drop for Parser {
    /// Ends the child, and the program that it may have started for a picture.
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) =
            self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()))
        {
            // It may have ended by itself.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
    }
}

fn max_answer_bytes(request: &Request) -> u64 {
    (request.limits.max_text_bytes as u64)
        .saturating_mul(ANSWER_BYTES_PER_TEXT_BYTE)
        .saturating_add(1 << 20)
}

/// Says that a child came no further.
fn too_slow(patience: Duration) -> Failure {
    let n_seconds = patience.as_secs();
    let detail = format!(
        "Reading it came no further for {n_seconds} s. Raise `ingest.parse_seconds` if it is worth \
         it."
    );
    Failure::new(FailureCode::Timeout, detail)
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
