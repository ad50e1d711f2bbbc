//! `footnote torture`: kills the program again and again while it works, and checks what is left.

pub(crate) mod child;
mod content;
mod dice;
mod disk_full;
mod expected;
mod folder;
mod kind;
mod mounted;
mod pace;
mod plan;
mod power_cut;
mod process;
mod rounds;
mod said;
mod tally;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use footnote_core::clock::{Clock as _, SystemClock};
use footnote_core::{Error, Result};

use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::progress::Style;
use disk_full::DiskFull;
use folder::unwritable;
use plan::Op;
use power_cut::PowerCut;
use process::Setup;
use rounds::{Blow, Kill, Rounds};
use tally::Report;

/// After how many rounds a sign of life is given.
const BETWEEN_SIGNS: u64 = 10;

/// After how many violations it is pointless to go on.
const ENOUGH_VIOLATIONS: usize = 10;

/// What the careless writer knows.
const NAIVE_OPS: [Op; 2] = [Op::Ingest, Op::Rm];

/// How many bytes stay free for documents to be taken in.
const MIN_FREE_BYTES: u64 = 1 << 20;

const EXAMPLES: &str = "\
Examples:
  footnote torture                              200 kills in a temporary folder
  footnote torture --kills 1000 --dir /mnt/new  On the disk that is to be trusted
  footnote torture --seed 7                     The same documents and steps again

The documents are made up and your own data directory is not touched. Exit code 8 says that
something was lost, doubled, half done or stuck.";

/// How long and how hard.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// How many times the program is killed
    #[arg(long, default_value_t = 200, value_name = "N")]
    kills: u64,
    /// What documents and steps are made from [default: another one each time]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// The folder to work in, on the disk that is to be tried [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// What happens meanwhile
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Op::ALL)]
    ops: Vec<Op>,
    /// Cut the power of a disk of its own instead of killing the program (Linux, root)
    #[arg(long, conflicts_with = "disk_full")]
    power_cut: bool,
    /// Fill a small disk of its own instead of killing the program (Linux, root)
    #[arg(long)]
    disk_full: bool,
    /// Torture a careless writer instead, which must be caught
    #[arg(long)]
    naive: bool,
}

/// Tortures the program and says what came of it.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let (style, cancel) = (context.progress(), interrupt::watch()?);
    let torture = move || torture(&args, style, &cancel);
    let report = tokio::task::spawn_blocking(torture)
        .await
        .map_err(|error| Error::internal("the torture came to a bad end").because(error))??;
    context.output().one(&report, Report::text)?;
    Ok(if report.is_clean() { Outcome::Done } else { Outcome::SomeFailed })
}

/// Chooses what strikes, and where the data directory is.
fn torture(args: &Args, style: Style, cancel: &CancellationToken) -> Result<Report> {
    let seed = args.seed.unwrap_or_else(seed_of_now);
    let home = home(args.dir.as_deref())?;
    style.say(&format!("seed {seed}, in {}", home.path().display()));
    let mut torture = Torture {
        args,
        style,
        cancel,
        seed,
        home: home.path(),
        ops: if args.naive { NAIVE_OPS.to_vec() } else { args.ops.clone() },
        name: "kills",
    };
    let report = if args.power_cut {
        let mut blow = PowerCut::make(home.path())?;
        torture.name = "power cuts";
        let at = blow.at().to_owned();
        torture.strike(&at, &mut blow)?
    } else if args.disk_full {
        let mut blow = DiskFull::make(home.path(), seed)?;
        torture.ops.retain(|op| !op.is_copying());
        torture.name = "full disks";
        let at = blow.at().to_owned();
        let report = torture.strike(&at, &mut blow)?;
        style.say(&format!("{} children did not survive the full disk", blow.n_died));
        report
    } else {
        torture.strike(home.path(), &mut Kill)?
    };
    if !report.is_clean() {
        style.say(&format!("everything is left as it is in {}", home.keep().display()));
    }
    Ok(report)
}

/// One torture from its beginning to its end.
struct Torture<'a> {
    args: &'a Args,
    style: Style,
    cancel: &'a CancellationToken,
    seed: u64,
    home: &'a Path,
    ops: Vec<Op>,
    /// What the blows are called in the report.
    name: &'static str,
}

impl Torture<'_> {
    /// Strikes as often as asked for, on a disk.
    fn strike(&self, disk: &Path, blow: &mut dyn Blow) -> Result<Report> {
        let started = Instant::now();
        let mut rounds = Rounds::new(self.setup(disk)?, self.ops.clone())?;
        let mut round = 0;
        while rounds.tally.n_struck() < self.args.kills && !self.cancel.is_cancelled() {
            round += 1;
            rounds.round(round, blow)?;
            let (n_struck, n_violations) = (rounds.tally.n_struck(), rounds.tally.n_violations());
            if round.is_multiple_of(BETWEEN_SIGNS) {
                let (n, name) = (self.args.kills, self.name);
                self.style.say(&format!("{n_struck}/{n} {name}, {n_violations} violations"));
            }
            for violation in rounds.tally.news() {
                self.style.say(&format!("{violation}"));
            }
            if ENOUGH_VIOLATIONS <= n_violations {
                break;
            }
        }
        rounds.rest()?;
        Ok(rounds.tally.report(self.seed, self.name, started.elapsed()))
    }

    fn setup(&self, disk: &Path) -> Result<Setup> {
        let program = std::env::current_exe().map_err(|error| {
            Error::unavailable("cannot find this program's own file").because(error)
        })?;
        Ok(Setup {
            program,
            data_dir: disk.join("data"),
            documents: self.home.join("documents"),
            log: self.home.join("children.log"),
            seed: self.seed,
            clock_ahead: Duration::ZERO,
            min_free_bytes: MIN_FREE_BYTES,
            naive: self.args.naive,
        })
    }
}

/// Makes a fresh folder to work in.
fn home(dir: Option<&Path>) -> Result<TempDir> {
    let dir = dir.map_or_else(std::env::temp_dir, Path::to_owned);
    std::fs::create_dir_all(&dir).map_err(|error| unwritable(&dir, error))?;
    tempfile::Builder::new()
        .prefix("footnote-torture-")
        .tempdir_in(&dir)
        .map_err(|error| unwritable(&dir, error))
}

/// Returns a seed that is another one each time.
fn seed_of_now() -> u64 {
    u64::try_from(SystemClock.now().0).unwrap_or_default()
}
