//! `footnote ingest` of a server: files are sent one by one, and their jobs seen through.

use std::path::PathBuf;
use std::time::Instant;

use footnote::wire::collection::Collection;
use footnote::wire::job::{Failed, IngestReport};
use footnote_core::id::JobId;
use footnote_core::job::FailureCode;
use footnote_core::{Error, Result};

use super::jobs;
use crate::client::Server;
use crate::context::Context;
use crate::exit::Outcome;
use crate::ingest::{Args, report_text};
use crate::interrupt;

/// Sends the files and waits until the server has read them.
pub(super) async fn run(args: Args, server: &Server, context: &Context) -> Result<Outcome> {
    let (files, collection) = args.sent()?;
    let stop = interrupt::watch()?;
    let sending = send(&files, &collection, server, context);
    let Some(report) = stop.run_until_cancelled(sending).await else {
        return Ok(Outcome::Interrupted);
    };
    let report = report?;
    context.output().one(&report, report_text)?;
    Ok(if report.failed.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

async fn send(
    files: &[PathBuf],
    collection: &str,
    server: &Server,
    context: &Context,
) -> Result<IngestReport> {
    let started = Instant::now();
    // Whoever may only write into it may not make it.
    let wanted = serde_json::json!({ "name": collection });
    let made = server.create::<Collection>("/api/v1/collections", &wanted).await;
    if let Err(refused) = made {
        let known = server.get::<Collection>(&format!("/api/v1/collections/{collection}")).await;
        known.map_err(|_unknown| refused)?;
    }
    let mut report = IngestReport { total: files.len() as u64, ..nothing() };
    let mut going = Vec::new();
    for (n, file) in files.iter().enumerate() {
        context.progress().say(&format!("{}/{} {}", n + 1, files.len(), file.display()));
        match server.upload(collection, file).await?.job {
            Some(job) => going.push(job.id),
            None => report.unchanged += 1,
        }
    }
    for job in going {
        add(&mut report, server, job).await?;
    }
    report.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Ok(report)
}

/// Waits for a job and adds what became of it.
async fn add(report: &mut IngestReport, server: &Server, id: JobId) -> Result<()> {
    let job = jobs::ended(server, id).await?;
    report.job = id;
    report.ready += job.counts.ready;
    report.unchanged += job.counts.unchanged;
    report.removed += job.counts.removed;
    report.chunks += job.counts.chunks;
    if 0 < job.counts.failed {
        let failed = jobs::failed(server, id).await?.into_iter().map(|item| Failed {
            source: item.uri,
            code: item.code.unwrap_or(FailureCode::Internal),
            detail: item.detail.unwrap_or_default(),
        });
        report.failed.extend(failed);
    }
    Ok(())
}

fn nothing() -> IngestReport {
    IngestReport {
        job: JobId::generate(),
        total: 0,
        ready: 0,
        unchanged: 0,
        removed: 0,
        failed: Vec::new(),
        chunks: 0,
        seconds: 0.0,
        cancelled: false,
    }
}

impl Args {
    /// Returns the files to be sent, and the collection that they go to.
    ///
    /// # Errors
    /// `Invalid` for what is no file, and for what only works on a data directory.
    fn sent(self) -> Result<(Vec<PathBuf>, String)> {
        let (paths, collection) = self.named_only()?;
        let not_a_file = paths.iter().find(|path| !path.is_file());
        match not_a_file {
            Some(path) => Err(Error::invalid(format!("`{}` is not a file", path.display()))
                .hint("Files are sent to a server; folders are read where it runs.")),
            None => Ok((paths, collection)),
        }
    }
}
