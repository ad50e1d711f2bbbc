//! `footnote sync`: keeps folders, sites, repositories and buckets in step, again and again.

use console::style;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

use footnote::auth;
use footnote::wire::job::Job;
use footnote_core::id::SourceId;
use footnote_core::job::JobState;
use footnote_core::{Error, Result};
use footnote_ingest::Request;
use footnote_ingest::arguments::RemoteArgs;
use footnote_store::SourceSummary;

use crate::context::Context;
use crate::exit::Outcome;
use crate::hands::Hands;
use crate::interrupt;
use crate::output::{Output, columns};

const EXAMPLES: &str = "\
Examples:
  footnote sync add /srv/handbook -c handbook                   A folder, looked through every hour
  footnote sync add https://intranet.example/sitemap.xml --every 6h
  footnote sync add https://docs.example/guide/ --depth 2       Pages, and those that they link to
  footnote sync add s3://contracts/2026 -c contracts --region eu-central-1
  footnote sync                                                 Look at all of them now
`footnote serve` looks at each when it is due, and at folders as soon as they change. Other machines
must be allowed first: see `outbound.allow_hosts` in docs/configuration.md.";

/// What to keep in step.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do with registered sources. Without a command, all of them are looked at now.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Register a folder or an address, and look at it for the first time
    Add {
        /// A folder, or an address of a site, a repository, a bucket or a WebDAV folder
        source: PathBuf,
        /// The collection that documents go to; made if it does not exist
        #[arg(short, long, default_value = "default", value_name = "COLLECTION")]
        collection: String,
        /// How often to look: 30m, 6h, 1d
        #[arg(long, default_value = "1h", value_name = "TIME", value_parser = every)]
        every: Duration,
        /// Only paths that match this glob (may be repeated)
        #[arg(long, value_name = "GLOB")]
        include: Vec<String>,
        /// No path that matches this glob (may be repeated)
        #[arg(long, value_name = "GLOB")]
        exclude: Vec<String>,
        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// List what is registered
    List,
    /// Look no longer; the documents stay
    Rm {
        /// Its id
        id: SourceId,
    },
}

/// A registered source as it is listed.
#[derive(Serialize)]
struct Registered {
    id: SourceId,
    collection_id: footnote_core::id::CollectionId,
    source: String,
    every_seconds: u64,
    next_ms: footnote_core::clock::Timestamp,
    last_job: Option<footnote_core::id::JobId>,
}

impl From<SourceSummary> for Registered {
    fn from(source: SourceSummary) -> Self {
        Self {
            id: source.id,
            collection_id: source.collection,
            source: source.address,
            every_seconds: source.every.as_secs(),
            next_ms: source.next,
            last_job: source.last_job,
        }
    }
}

/// Does what the command says.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    match args.command {
        None => sync(None, &context).await,
        Some(Command::Add { source, collection, every, include, exclude, remote }) => {
            let inputs = remote.inputs([&source])?;
            let request = Request { collection, inputs, include, exclude, ..Request::default() };
            sync(Some((request, every)), &context).await
        }
        Some(Command::List) => {
            let store = context.look("footnote sync").await?;
            let sources = store.sources(&auth::scope(&auth::command_line(), &[])?).await?;
            let sources: Vec<_> = sources.into_iter().map(Registered::from).collect();
            context.output().list(&sources, table)?;
            store.close().await?;
            Ok(Outcome::Done)
        }
        Some(Command::Rm { id }) => {
            let store = context.look("footnote sync").await?;
            store.remove_source(id).await?;
            store.close().await?;
            Output::line(format!("{} {id}", style("Removed").green().bold()))?;
            Ok(Outcome::Done)
        }
    }
}

/// Registers what is new, then looks at it, or at everything that is registered.
async fn sync(new: Option<(Request, Duration)>, context: &Context) -> Result<Outcome> {
    let hands = Hands::find(context, "footnote sync").await?;
    let scope = auth::scope(&auth::command_line(), &[])?;
    let looked_at = match new {
        Some((request, every)) => vec![hands.intake().register(&request, every).await?],
        None => hands.store().sources(&scope).await?.iter().map(|source| source.id).collect(),
    };
    for id in &looked_at {
        hands.store().hurry_source(*id).await?;
    }
    let cancel = interrupt::watch()?;
    let mut jobs = Vec::new();
    for job in hands.intake().sync_due().await? {
        jobs.push(hands.finish(job, context.progress(), &cancel).await?);
    }
    hands.close().await?;
    context.output().list(&jobs, summary)?;
    let went_wrong = |job: &Job| job.state != JobState::Completed || 0 < job.counts.failed;
    Ok(match jobs.iter().any(went_wrong) {
        _ if cancel.is_cancelled() => Outcome::Interrupted,
        true => Outcome::SomeFailed,
        false => Outcome::Done,
    })
}

fn summary(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return "Nothing is registered. Add a folder or an address with `footnote sync add`.\n"
            .to_owned();
    }
    let row = |job: &Job| {
        let counts = job.counts;
        let parts = [
            (counts.ready, "added or updated"),
            (counts.unchanged, "unchanged"),
            (counts.removed, "removed"),
            (counts.failed, "failed"),
        ];
        let parts = parts.iter().filter(|(n, _)| 0 < *n).map(|(n, what)| format!("{n} {what}"));
        let parts: Vec<String> = parts.collect();
        let why = match &job.detail {
            Some(detail) => style(detail).red().to_string(),
            None if parts.is_empty() => "unchanged".to_owned(),
            None => parts.join(" · "),
        };
        vec![job.source.clone(), why]
    };
    let mut text = columns(&jobs.iter().map(row).collect::<Vec<_>>());
    for job in jobs.iter().filter(|job| 0 < job.counts.failed) {
        let line = format!("what failed: footnote jobs show {} --failed\n", job.id);
        text.push_str(&style(line).dim().to_string());
    }
    text
}

fn table(sources: &[Registered]) -> String {
    if sources.is_empty() {
        return summary(&[]);
    }
    let heads = ["SOURCE", "EVERY", "ID"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(sources.iter().map(|source| {
        let minutes = source.every_seconds / 60;
        let every = match minutes {
            0 => format!("{} s", source.every_seconds),
            _ if minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
            _ => format!("{minutes} min"),
        };
        vec![source.source.clone(), every, style(source.id).dim().to_string()]
    }));
    columns(&rows)
}

/// Reads a span of time such as `30m`.
fn every(text: &str) -> std::result::Result<Duration, Error> {
    let unreadable = || Error::invalid(format!("`{text}` is not a time such as 30m, 6h or 1d"));
    let unit = text.chars().last().ok_or_else(unreadable)?;
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_error| unreadable())?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(unreadable()),
    };
    let seconds = number.checked_mul(seconds).filter(|seconds| 10 <= *seconds);
    seconds.map(Duration::from_secs).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::every;

    #[test]
    fn a_span_of_time_has_a_number_and_a_unit() {
        assert_eq!(every("30m").unwrap().as_secs(), 1800);
        assert_eq!(every("1d").unwrap().as_secs(), 86_400);
        for odd in ["", "h", "5", "0h", "-1h", "3y", "99999999999999999999d"] {
            assert!(every(odd).is_err(), "{odd}");
        }
    }
}
