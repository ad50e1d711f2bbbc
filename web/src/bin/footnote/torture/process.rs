//! A child process: started with its orders, listened to, and killed.

use serde::Serialize;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use footnote_core::{Error, Result};

use super::folder::unwritable;
use super::said::Said;

/// How far a child may run ahead of whoever listens.
const LINES_AHEAD: usize = 256;

/// How children are started.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    /// This program.
    pub(super) program: PathBuf,
    /// The data directory that they work on.
    pub(super) data_dir: PathBuf,
    /// The folder of documents.
    pub(super) documents: PathBuf,
    /// Where they write what they complain about.
    pub(super) log: PathBuf,
    /// What the contents are made from.
    pub(super) seed: u64,
    /// How far their clock is ahead of the machine's.
    pub(super) clock_ahead: Duration,
    /// How many bytes must stay free for documents to be taken in.
    pub(super) min_free_bytes: u64,
    /// Whether the careless writer is tortured instead of the store.
    pub(super) naive: bool,
}

/// What came of listening.
#[derive(Debug)]
pub(super) enum Heard {
    /// The child said something.
    Said(Said),
    /// The time was up.
    Nothing,
    /// The child has closed its output: it ended.
    End,
}

/// A child that runs.
pub(super) struct Running {
    child: Child,
    lines: Receiver<Said>,
    /// When it was started.
    pub(super) started: Instant,
}

impl Setup {
    /// Starts a child with a role and its orders.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be started.
    pub(super) fn start(&self, role: &str, orders: &impl Serialize) -> Result<Running> {
        let mut command = self.command()?;
        command.arg("torture-child").arg(role);
        command.arg("--documents").arg(&self.documents);
        command.arg("--seed").arg(self.seed.to_string());
        command.arg("--clock-ahead").arg(self.clock_ahead.as_millis().to_string());
        command.arg("--min-free-bytes").arg(self.min_free_bytes.to_string());
        if self.naive {
            command.arg("--naive");
        }
        let (running, input) = self.spawn(command)?;
        send(input, orders)?;
        Ok(running)
    }

    /// Runs a command of the program as a user would.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be started.
    pub(super) fn run(&self, words: &[&OsStr]) -> Result<Running> {
        let mut command = self.command()?;
        command.args(words).args(["--format", "json"]);
        let (running, _input) = self.spawn(command)?;
        Ok(running)
    }

    /// Prepares the program. Nothing that the user has configured may reach it: it could name the
    /// servers that hold the user's own documents.
    fn command(&self) -> Result<Command> {
        let config = self.log.with_file_name("footnote.toml");
        let settings = format!("[store]\nmin_free_bytes = {}\n", self.min_free_bytes);
        fs::write(&config, settings).map_err(|error| unwritable(&config, error))?;
        let mut command = Command::new(&self.program);
        command.env_clear().env("RUST_BACKTRACE", "0");
        command.arg("--data-dir").arg(&self.data_dir).arg("--config").arg(config);
        Ok(command)
    }

    /// Starts a child whose output is read as it comes.
    fn spawn(&self, mut command: Command) -> Result<(Running, ChildStdin)> {
        let started = Instant::now();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(self.log()?);
        let mut child = command
            .spawn()
            .map_err(|error| Error::unavailable("cannot start a child").because(error))?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = pipes else {
            return Err(Error::internal("the child has no pipes"));
        };
        Ok((Running { child, lines: listen(output, self.log()?)?, started }, input))
    }

    fn log(&self) -> Result<File> {
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        log.map_err(|error| unwritable(&self.log, error))
    }
}

impl Running {
    /// Waits for what the child says next.
    pub(super) fn listen(&self, until: Instant) -> Heard {
        let patience = until.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(patience) {
            Ok(said) => Heard::Said(said),
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    /// Kills the child and returns what it had said before. Whether it still ran is told too.
    ///
    /// # Errors
    /// `Internal` when the system does not let it be killed.
    pub(super) fn kill(mut self) -> Result<(Vec<Said>, bool)> {
        let cannot = |error| Error::internal("cannot kill the child").because(error);
        let ran = self.child.try_wait().map_err(cannot)?.is_none();
        self.child.kill().map_err(cannot)?;
        self.child.wait().map_err(cannot)?;
        Ok((self.lines.iter().collect(), ran))
    }

    /// Returns what the child has said by now and was not listened to.
    pub(super) fn said(&self) -> Vec<Said> {
        self.lines.try_iter().collect()
    }

    /// Returns what the child says until it ends or says nothing for a time.
    pub(super) fn until_silent(&self, silence: Duration) -> Vec<Said> {
        let next = || match self.listen(Instant::now() + silence) {
            Heard::Said(said) => Some(said),
            Heard::Nothing | Heard::End => None,
        };
        std::iter::from_fn(next).collect()
    }

    /// Waits until the child has ended by itself, which it must within a time, and returns what it
    /// said until then.
    ///
    /// # Errors
    /// `Internal` when it hangs.
    pub(super) fn end(mut self, patience: Duration) -> Result<(Vec<Said>, ExitStatus)> {
        let (until, mut before) = (Instant::now() + patience, Vec::new());
        loop {
            match self.listen(until) {
                Heard::Said(said) => before.push(said),
                Heard::Nothing => {
                    self.kill()?;
                    return Err(Error::internal("the child hangs and was killed"));
                }
                Heard::End => break,
            }
        }
        let status = self.child.wait();
        let status =
            status.map_err(|error| Error::internal("cannot wait for the child").because(error))?;
        Ok((before, status))
    }
}

fn send(mut input: ChildStdin, orders: &impl Serialize) -> Result<()> {
    let orders = serde_json::to_vec(orders)
        .map_err(|error| Error::internal("cannot write the orders").because(error))?;
    // A child that ended already says why in its log.
    input.write_all(&orders).or_else(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Error::unavailable("cannot give orders to the child").because(error)),
    })
}

/// Reads what a child says on a thread of its own, so that it never waits for a reader. What was
/// not meant for the parent goes to the log, and so does the torn last line of one that was killed.
fn listen(output: ChildStdout, mut log: File) -> Result<Receiver<Said>> {
    let (to_parent, lines) = sync_channel(LINES_AHEAD);
    let read = move || {
        for line in BufReader::new(output).lines().map_while(std::io::Result::ok) {
            let Ok(said) = serde_json::from_str(&line) else {
                // A command says what came of it, for whoever reads the log; nobody waits for it.
                writeln!(log, "{line}").ok();
                continue;
            };
            if to_parent.send(said).is_err() {
                return;
            }
        }
    };
    thread::Builder::new()
        .name("listen".to_owned())
        .spawn(read)
        .map_err(|error| Error::unavailable("cannot start a thread").because(error))?;
    Ok(lines)
}
