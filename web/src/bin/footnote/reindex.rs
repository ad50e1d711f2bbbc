//! `footnote reindex`: builds the index anew from the catalog, without reading or embedding again.

use console::style;
use serde::Serialize;
use std::time::Instant;

use footnote_core::Result;

use crate::context::Context;
use crate::exit::Outcome;

/// How many documents pass between two signs of life.
const BETWEEN_SIGNS: usize = 1000;

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// What was built.
#[derive(Serialize)]
struct Reindexed {
    points: usize,
    seconds: f64,
}

/// Builds the index anew; the old one serves until the new one is complete.
pub(crate) async fn run(_args: Args, context: Context) -> Result<Outcome> {
    let store = context.store("footnote reindex").await?;
    let (started, progress) = (Instant::now(), context.progress());
    let report = store
        .reindex(&|n_done, n_documents| {
            if n_done % BETWEEN_SIGNS == 0 {
                progress.say(&format!("{n_done}/{n_documents} documents"));
            }
        })
        .await?;
    store.close().await?;
    let seconds = started.elapsed().as_secs_f64();
    let reindexed = Reindexed { points: report.n_points, seconds };
    context.output().one(&reindexed, |done| {
        let mark = style("Done").green().bold();
        format!("{mark} {} chunks indexed in {:.1} s\n", done.points, done.seconds)
    })?;
    Ok(Outcome::Done)
}
