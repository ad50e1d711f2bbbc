//! `footnote ingest`: reads files, folders, other machines and standard input into a collection.

use console::style;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::wire::job::{IngestPlan, IngestReport};
use footnote_core::id::JobId;
use footnote_core::{Error, Result};
use footnote_ingest::arguments::RemoteArgs;
use footnote_ingest::{Input, Intake, Request, Silent};
use footnote_store::Original;

use crate::context::Context;
use crate::exit::Outcome;
use crate::hands::Hands;
use crate::interrupt;
use crate::output::{Output, columns};
use crate::progress::{IngestProgress, Style};
use crate::stdin;

/// What stands in for the source root of standard input.
const STDIN_ROOT: &str = "stdin";

/// What is said while folders are watched.
const WATCHING: &str = "watching; stop with ctrl-C (`footnote serve` watches what \
                        `footnote sync add` registers, and answers meanwhile)";

/// How many jobs may wait until it is told what became of them.
const JOBS_AHEAD: usize = 64;

const EXAMPLES: &str = "\
Examples:
  footnote ingest ./docs                          A folder, into the collection `default`
  footnote ingest hr/*.pdf faq.html -c handbook   Files
  footnote ingest ./wiki --exclude 'drafts/**'    Without some of them
  footnote ingest ./wiki --watch                  And again whenever something changes
  footnote ingest https://docs.example/guide/ --depth 2
                                                  Pages, and those that they link to
  curl -s https://… | footnote ingest - --name page.html";

/// What to read and where to put it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders, glob patterns or addresses; `-` reads one document from standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The collection that documents go to; made if it does not exist
    #[arg(short, long, default_value = "default", value_name = "COLLECTION")]
    collection: String,
    /// What the document from standard input is called
    #[arg(long, default_value = "stdin.txt", value_name = "NAME")]
    name: String,
    /// Only paths that match this glob (may be repeated)
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No path that matches this glob (may be repeated)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Show what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Read and compare everything, also files whose size and time are the same as before
    #[arg(long)]
    verify: bool,
    /// Go on until interrupted, and read what changes
    #[arg(long, conflicts_with = "dry_run")]
    watch: bool,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Reads what is named into the collection.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    if args.dry_run {
        return plan(args, &context).await;
    }
    let watch = args.watch;
    // What was typed is checked first: a mistake must not cost the loading of models.
    let inputs = args.inputs()?;
    let purpose = if watch { "footnote ingest --watch" } else { "footnote ingest" };
    let hands = Hands::find(&context, purpose).await?;
    let request = request(args, inputs, &hands.intake()).await?;
    let cancel = interrupt::watch()?;
    let report = work(&hands, &request, context.progress(), cancel.clone()).await?;
    context.output().one(&report, report_text)?;
    if watch && !report.cancelled {
        let rescan = Duration::from_secs(context.peek()?.config.ingest.rescan_seconds.max(1));
        context.progress().say(WATCHING);
        keep_watching(&hands, &request, (context.output(), rescan), &cancel).await?;
    }
    hands.close().await?;
    Ok(match &report {
        IngestReport { cancelled: true, .. } => Outcome::Interrupted,
        IngestReport { failed, .. } if !failed.is_empty() => Outcome::SomeFailed,
        _ => Outcome::Done,
    })
}

/// Shows what would be done.
async fn plan(args: Args, context: &Context) -> Result<Outcome> {
    if args.reads_stdin() {
        return Err(Error::invalid("a dry run does not read standard input"));
    }
    let inputs = args.inputs()?;
    let app = context.app(Needs::Embedder, "footnote ingest").await?;
    let request = request(args, inputs, app.ingestor.intake()).await?;
    let plan = IngestPlan::from(app.ingestor.plan(&request).await?);
    app.close().await?;
    context.output().one(&plan, plan_text)?;
    Ok(Outcome::Done)
}

/// Sees a request through to its end, whoever works on it, and shows how it advances.
async fn work(
    hands: &Hands,
    request: &Request,
    style: Style,
    cancel: CancellationToken,
) -> Result<IngestReport> {
    match hands {
        Hands::Own(app) => ingest(app, request.clone(), style, cancel).await,
        Hands::Others(_) => {
            let intake = hands.intake();
            let job = intake.enqueue(request).await?;
            style.say(&format!("another process has the data directory and does it: {job}"));
            let progress = IngestProgress::new(style);
            let report = intake.follow(job, &progress, &cancel).await;
            progress.finish();
            Ok(report?.into())
        }
    }
}

/// Ingests a request in this process and shows how it advances.
pub(crate) async fn ingest(
    app: &App,
    request: Request,
    style: Style,
    cancel: CancellationToken,
) -> Result<IngestReport> {
    let progress = Arc::new(IngestProgress::new(style));
    let report = app.ingestor.run(request, Arc::clone(&progress) as _, cancel).await;
    progress.finish();
    Ok(report?.into())
}

/// Reads what changes until interrupted, and looks everything through from time to time, for what
/// the system did not tell.
async fn keep_watching(
    hands: &Hands,
    request: &Request,
    (output, rescan): (Output, Duration),
    cancel: &CancellationToken,
) -> Result<()> {
    let (sender, jobs) = mpsc::channel(JOBS_AHEAD);
    let made = |job: JobId| {
        if sender.try_send(job).is_err() {
            tracing::debug!(job.id = %job, "too many jobs to tell of each; it is done all the same");
        }
    };
    let intake = hands.intake();
    let watching = intake.watch(request, rescan, cancel, &made);
    let telling = async {
        let told = cancel.run_until_cancelled(tell(&intake, jobs, output)).await;
        // When nobody can be told any more, there is no reason to go on.
        cancel.cancel();
        told.unwrap_or(Ok(()))
    };
    let working = async {
        if let Hands::Own(app) = hands {
            tokio::join!(app.ingestor.work(cancel.clone()), app.tend(cancel));
        }
    };
    let (watched, told, ()) = tokio::join!(watching, telling, working);
    watched.and(told)
}

/// Says what became of each job in which something was done.
async fn tell(intake: &Intake, mut jobs: mpsc::Receiver<JobId>, output: Output) -> Result<()> {
    while let Some(job) = jobs.recv().await {
        let report = match intake.follow(job, &Silent, &CancellationToken::new()).await {
            Ok(report) => IngestReport::from(report),
            Err(error) => {
                tracing::warn!(error = error.chain(), job.id = %job, "a job failed");
                continue;
            }
        };
        if 0 < report.ready + report.removed || !report.failed.is_empty() {
            output.one(&report, report_text)?;
        }
    }
    Ok(())
}

impl Args {
    /// Reads what was typed, standard input aside.
    fn inputs(&self) -> Result<Vec<Input>> {
        self.remote.inputs(self.paths.iter().filter(|path| !stdin::is_meant(path)))
    }

    /// Returns what is named and where it goes, where nothing else was asked for.
    ///
    /// # Errors
    /// `Invalid` for an option that only works on a data directory.
    pub(crate) fn named_only(self) -> Result<(Vec<PathBuf>, String)> {
        let is_plain = self.include.is_empty() && self.exclude.is_empty();
        if is_plain && !(self.dry_run || self.verify || self.watch) {
            return Ok((self.paths, self.collection));
        }
        Err(Error::invalid("a server is sent files, without further options")
            .hint("Run it where the data directory is, or leave the options out."))
    }

    fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| stdin::is_meant(path))
    }
}

/// Makes the request, keeping standard input where it is asked for.
async fn request(args: Args, mut inputs: Vec<Input>, intake: &Intake) -> Result<Request> {
    if args.reads_stdin() {
        let original = Original::Bytes(stdin::read().await?.into());
        inputs.push(intake.keep(STDIN_ROOT, &args.name, original).await?);
    }
    let Args { collection, include, exclude, verify, .. } = args;
    Ok(Request { collection, inputs, include, exclude, verify, ..Request::default() })
}

/// Writes what became of the items.
pub(crate) fn report_text(report: &IngestReport) -> String {
    let mut rows = Vec::new();
    for failed in &report.failed {
        let code = style(failed.code.as_str()).yellow().to_string();
        rows.push(vec!["  ".to_owned() + &failed.source, code, failed.detail.clone()]);
    }
    let count = |n: u64, what: &str| (0 < n).then(|| format!("{n} {what}"));
    let n_failed = report.failed.len() as u64;
    let parts: Vec<String> = [
        count(report.ready, "added or updated"),
        count(report.unchanged, "unchanged"),
        count(report.removed, "removed"),
        count(n_failed, "failed"),
        count(report.chunks, if report.chunks == 1 { "chunk" } else { "chunks" }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let summary = if parts.is_empty() { "nothing to read".to_owned() } else { parts.join(" · ") };
    let mark = match (report.cancelled, n_failed) {
        (true, _) => style("Stopped").yellow().bold(),
        (false, 0) => style("Done").green().bold(),
        (false, _) => style("Done").yellow().bold(),
    };
    format!("{mark} {summary} in {:.1} s\n{}", report.seconds, columns(&rows))
}

/// Writes what would be done.
fn plan_text(plan: &IngestPlan) -> String {
    let row = |what: console::StyledObject<&str>, uri: &str| vec![what.to_string(), uri.to_owned()];
    let mut rows = Vec::new();
    rows.extend(plan.new.iter().map(|uri| row(style("new").green(), uri)));
    rows.extend(plan.changed.iter().map(|uri| row(style("changed").cyan(), uri)));
    rows.extend(plan.gone.iter().map(|uri| row(style("gone").yellow(), uri)));
    for failed in &plan.failed {
        let why = format!("{}: {}", failed.source, failed.detail);
        rows.push(row(style("failed").red(), &why));
    }
    let n_unchanged = plan.unchanged.len();
    format!("{}{n_unchanged} unchanged\n", columns(&rows))
}
