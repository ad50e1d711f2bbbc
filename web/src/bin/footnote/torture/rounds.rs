//! Round after round: the folder changes, a child works, it is struck down, and what is left is
//! compared with what was acknowledged.

mod copying;
mod hearing;
mod striking;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use footnote_core::{Error, Result};

use super::content::Content;
use super::dice::Dice;
use super::expected::Expected;
use super::folder::{Folder, Numbers, unwritable};
use super::kind::Kind;
use super::pace::Pace;
use super::plan::{Op, Plan, Turns, plan};
use super::process::{Heard, Running, Setup};
use super::said::{Said, Seen, Step};
use super::tally::Tally;

/// How long a child that is not struck may take before it counts as stuck.
const PATIENCE: Duration = Duration::from_mins(2);

/// After how many rounds a child may finish its work in peace, to see that nothing is stuck.
const BETWEEN_RESTS: u64 = 25;

/// How long the program is down before that: longer than anything waits to be tried again.
const LONG_WAIT: Duration = Duration::from_hours(6);

/// After how many rounds the catalog's file is checked page by page, and the data directory is
/// searched for what was purged.
const BETWEEN_FILE_CHECKS: u64 = 50;

/// How a child is struck down in the middle of its work.
pub(super) trait Blow {
    /// Ends the child, and brings the data directory back into the state in which the next one
    /// finds it. Returns what it acknowledged before, and what it said when it was too late.
    ///
    /// # Errors
    /// `Unavailable` when that cannot be done.
    fn strike(&mut self, running: Running) -> Result<Struck>;

    /// Tells whether the child goes on after it.
    fn is_survived(&self) -> bool {
        false
    }

    /// Tells whether a step may fail for a reason that the blow has given it.
    fn excuses(&self, _why: &str) -> bool {
        false
    }
}

/// What is known of a child that was struck down.
#[derive(Debug, Default)]
pub(super) struct Struck {
    /// What it had said before.
    pub(super) before: Vec<Said>,
    /// What it said afterwards: begun perhaps, but not acknowledged.
    pub(super) after: Vec<Said>,
    /// Whether it still ran.
    pub(super) ran: bool,
}

/// Strikes with `kill -9`.
pub(super) struct Kill;

impl Blow for Kill {
    fn strike(&mut self, running: Running) -> Result<Struck> {
        let (before, ran) = running.kill()?;
        Ok(Struck { before, after: Vec::new(), ran })
    }
}

/// What is tortured, and what is known of it.
pub(super) struct Rounds {
    setup: Setup,
    ops: Vec<Op>,
    content: Content,
    numbers: Numbers,
    folder: Folder,
    expected: Expected,
    turns: Turns,
    pace: Pace,
    present: Present,
    /// What failed in this round.
    failures: Vec<String>,
    /// How much of the log was read.
    log_bytes: usize,
    /// What came of it so far.
    pub(super) tally: Tally,
}

/// What the present child is doing.
struct Present {
    /// Whether everything is open.
    has_begun: bool,
    /// The step that it is in.
    step: Option<usize>,
    /// Since when it is in that step; before the first, since when it runs.
    since: Instant,
    /// The documents that failed in it.
    refused: BTreeSet<String>,
}

impl Present {
    /// Describes a child that was just started.
    fn new() -> Self {
        let (since, refused) = (Instant::now(), BTreeSet::new());
        Self { has_begun: false, step: None, since, refused }
    }
}

impl Rounds {
    /// Makes the folder of documents; the data directory is made by the first child.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written.
    pub(super) fn new(setup: Setup, ops: Vec<Op>) -> Result<Self> {
        let content = Content::new(setup.seed);
        let mut numbers = Numbers::default();
        let folder = Folder::make(setup.documents.clone(), content, &mut numbers)?;
        let (expected, tally) = (Expected::default(), Tally::default());
        let turns = Turns::new(&ops);
        Ok(Self {
            setup,
            ops,
            content,
            numbers,
            folder,
            expected,
            turns,
            pace: Pace::default(),
            present: Present::new(),
            failures: Vec::new(),
            log_bytes: 0,
            tally,
        })
    }

    /// Lets a child work, strikes it down, and looks at what is left.
    ///
    /// # Errors
    /// `Unavailable` when the torture itself cannot go on; what is found wrong is in the tally.
    pub(super) fn round(&mut self, round: u64, blow: &mut dyn Blow) -> Result<()> {
        let mut dice = Dice::new(self.setup.seed, &[round]);
        self.tally.begin(round);
        // At first there is nothing to be copied or removed.
        let is_first = self.expected.known().next().is_none();
        let kind = if is_first { Kind::Ingest } else { self.turns.next(&mut dice) };
        if kind.is_copying() {
            return self.copy(kind, &mut dice, blow);
        }
        self.folder.disturb(&mut dice, &mut self.numbers)?;
        let Plan { steps, struck } =
            plan(&mut dice, &self.ops, kind, &self.expected, &mut self.numbers);
        self.expected.go_on(self.folder.files());
        let running = self.setup.start("work", &steps)?;
        let after = self.pace.blow(kind, &mut dice);
        let struck_in = (kind != Kind::Start).then_some(struck);
        self.strike(running, &steps, (struck_in, after), blow)?;
        self.look(round.is_multiple_of(BETWEEN_FILE_CHECKS))?;
        if round.is_multiple_of(BETWEEN_RESTS) { self.rest() } else { Ok(()) }
    }

    /// Lets a child finish in peace: everything that was interrupted goes on and ends, and
    /// afterwards the collection is what the folder is.
    ///
    /// # Errors
    /// As [`round`](Self::round).
    pub(super) fn rest(&mut self) -> Result<()> {
        self.setup.clock_ahead += LONG_WAIT;
        let steps = [Step::Finish, Step::Ingest];
        self.expected.go_on(self.folder.files());
        let running = self.setup.start("work", &steps)?;
        self.present = Present::new();
        self.hear_until(&running, &steps, Instant::now() + PATIENCE);
        self.end(running)?;
        self.failures(|_| false);
        let seen = self.look(true)?;
        if let Some(seen) = seen.filter(|seen| 0 < seen.n_unfinished_jobs) {
            self.tally.violation(format!("stuck: {} jobs never end", seen.n_unfinished_jobs));
        }
        Ok(())
    }

    fn hear_until(&mut self, running: &Running, steps: &[Step], until: Instant) {
        while let Heard::Said(said) = running.listen(until) {
            self.hear(steps, &said);
        }
    }

    /// Starts the program again, compares what is there with what must be, and goes on from there.
    fn look(&mut self, checks_file: bool) -> Result<Option<Seen>> {
        let setup = self.setup.clone();
        let seen = self.look_at(&setup, checks_file)?;
        if let Some(seen) = &seen {
            self.expected.settle(seen);
            self.tally.n_present = seen.documents.len();
        }
        if checks_file {
            self.check_purged()?;
        }
        Ok(seen)
    }

    /// Compares what is in a data directory with what must be.
    fn look_at(&mut self, setup: &Setup, checks_file: bool) -> Result<Option<Seen>> {
        let running = setup.start("look", &self.expected.look(self.content, checks_file))?;
        let until = Instant::now() + PATIENCE;
        let mut seen = None;
        while let Heard::Said(said) = running.listen(until) {
            match said {
                Said::Searched => self.tally.first_searches.push(running.started.elapsed()),
                Said::Seen(found) => seen = Some(found),
                _ => {}
            }
        }
        self.end(running)?;
        let Some(seen) = seen else {
            self.tally.violation("the program did not start again".to_owned());
            return Ok(None);
        };
        for wrong in self.expected.violations(&seen) {
            self.tally.violation(wrong);
        }
        Ok(Some(seen))
    }

    /// Makes sure that a child ended by itself and well, and reads what it complained about.
    fn end(&mut self, running: Running) -> Result<()> {
        let outcome = running.end(PATIENCE);
        let log = fs::read(&self.setup.log).map_err(|error| unwritable(&self.setup.log, error))?;
        let news = log.get(self.log_bytes..).unwrap_or_default();
        self.log_bytes = log.len();
        let log = String::from_utf8_lossy(news).into_owned();
        match outcome {
            Ok((_, status)) if status.success() => {}
            Ok((_, status)) => {
                self.tally.violation(format!("the child ended with {status}: {log}"));
            }
            Err(error) => self.tally.violation(format!("{}: {log}", error.message())),
        }
        if let Some(line) = log.lines().find(|line| is_panic_of_ours(line)) {
            self.tally.violation(format!("a child panicked: {line}"));
        }
        Ok(())
    }

    /// Makes sure that no byte is left of what was purged.
    fn check_purged(&mut self) -> Result<()> {
        let canaries: Vec<String> =
            self.expected.purged().iter().map(|number| self.content.canary(*number)).collect();
        if canaries.is_empty() {
            return Ok(());
        }
        for (path, bytes) in files_below(&self.setup.data_dir)? {
            let text = String::from_utf8_lossy(&bytes);
            for canary in canaries.iter().filter(|canary| text.contains(&***canary)) {
                self.tally.violation(format!("`{canary}` was purged and stands in {path}"));
            }
        }
        Ok(())
    }
}

/// Tells whether a line says that code of the program's own panicked. The index engine, a library,
/// panics where others return errors; the store catches that.
fn is_panic_of_ours(line: &str) -> bool {
    line.contains("panicked at ") && !line.contains("/registry/") && !line.contains("/rustc/")
}

/// Reads every file below a folder.
fn files_below(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let unreadable = |error| Error::unavailable("cannot read the data directory").because(error);
    let (mut waiting, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path).map_err(unreadable)? {
                waiting.push(entry.map_err(unreadable)?.path());
            }
        } else {
            files.push((path.display().to_string(), fs::read(&path).map_err(unreadable)?));
        }
    }
    Ok(files)
}
