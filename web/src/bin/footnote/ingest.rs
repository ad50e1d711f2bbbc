//! `footnote ingest`: reads files, folders and standard input into a collection.

use console::style;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use footnote::app::{App, Needs};
use footnote::wire::job::{IngestPlan, IngestReport};
use footnote_core::{Error, Result};
use footnote_ingest::{Input, Request};

use crate::context::Context;
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::columns;
use crate::progress::{IngestProgress, Style};

/// What stands in for the source root of standard input.
const STDIN_ROOT: &str = "stdin";

const EXAMPLES: &str = "\
Examples:
  footnote ingest ./docs                          A folder, into the collection `default`
  footnote ingest hr/*.pdf faq.html -c handbook   Files
  footnote ingest ./wiki --exclude 'drafts/**'    Without some of them
  curl -s https://… | footnote ingest - --name page.html";

/// What to read and where to put it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files, folders or glob patterns; `-` reads one document from standard input
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
}

/// Reads what is named into the collection.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let dry_run = args.dry_run;
    let app = context.app(Needs::Embedder, "footnote ingest").await?;
    let request = request(args).await?;
    if dry_run {
        let plan = IngestPlan::from(app.ingestor.plan(&request).await?);
        context.output().one(&plan, plan_text)?;
        return Ok(Outcome::Done);
    }
    let report = ingest(&app, request, context.progress(), interrupt::watch()?).await?;
    app.close().await?;
    context.output().one(&report, report_text)?;
    Ok(match &report {
        IngestReport { cancelled: true, .. } => Outcome::Interrupted,
        IngestReport { failed, .. } if !failed.is_empty() => Outcome::SomeFailed,
        _ => Outcome::Done,
    })
}

/// Ingests a request and shows how it advances.
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

/// Makes the request, reading standard input where it is asked for.
async fn request(args: Args) -> Result<Request> {
    let mut inputs = Vec::with_capacity(args.paths.len());
    for path in args.paths {
        if path.as_os_str() == "-" {
            let (root, name) = (STDIN_ROOT.to_owned(), args.name.clone());
            inputs.push(Input::Bytes { root, name, bytes: stdin().await?.into() });
        } else {
            inputs.push(Input::Path(path));
        }
    }
    let Args { collection, include, exclude, .. } = args;
    Ok(Request { collection, inputs, include, exclude })
}

/// Reads standard input to its end.
async fn stdin() -> Result<Vec<u8>> {
    let read = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_n_bytes| bytes)
    });
    read.await
        .map_err(|error| Error::internal("reading standard input failed").because(error))?
        .map_err(|error| Error::unavailable("cannot read standard input").because(error))
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
        count(report.chunks, "chunks"),
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
