//! `footnote import`: takes the collections of a bundle over.

use console::style;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use footnote::app::{self, Needs};
use footnote::auth;
use footnote_core::Result;
use footnote_ingest::settings::Settings;
use footnote_store::{ArchiveFile, Import, ImportReport, Store};

use crate::context::Context;
use crate::exit::Outcome;
use crate::moving::{source, watched};

/// What the process does, for others that want the data directory.
const PURPOSE: &str = "footnote import";

const EXAMPLES: &str = "\
Examples:
  footnote import handbook.footnote                Take the collections of a bundle over
  footnote import handbook.footnote -c handbook-2  Under another name
  footnote import handbook.footnote --embed        Embed here what another model has embedded there

Documents keep their path and their root. What is here with the same bytes stays as it is; other
bytes become a new version. The same command may be repeated, also after a crash.";

/// What to take over.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A bundle that `footnote export` has written
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// The collection to put the documents into, in place of the one they came from
    #[arg(short, long, value_name = "COLLECTION")]
    collection: Option<String>,
    /// Embed the documents here when the bundle's vectors are of another model
    #[arg(long)]
    embed: bool,
}

/// What became of the bundle.
#[derive(Serialize)]
struct Imported {
    collections: Vec<String>,
    ready: u64,
    unchanged: u64,
    superseded: u64,
    chunks: u64,
    embedded: u64,
    seconds: f64,
}

/// Takes a bundle over.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let from = source(&args.from);
    let (store, embedder) = if args.embed {
        let app = context.app(Needs::Embedder, PURPOSE).await?;
        (Arc::clone(&app.store), Some(app.embedder.get()))
    } else {
        (Arc::new(open(&context.settings()?, &from).await?), None)
    };
    let report = take(&store, Import { from, into: args.collection, embedder }, &context).await?;
    store.close().await?;
    let imported = Imported {
        collections: report.collections,
        ready: report.n_ready,
        unchanged: report.n_unchanged,
        superseded: report.n_superseded,
        chunks: report.n_chunks,
        embedded: report.n_embedded,
        seconds: started.elapsed().as_secs_f64(),
    };
    context.output().one(&imported, text)?;
    Ok(Outcome::Done)
}

async fn take(store: &Store, what: Import, context: &Context) -> Result<ImportReport> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    watched(context, async |watch| store.import(&scope, &what, watch).await).await
}

/// Opens the data directory; an empty one begins with the model of the bundle.
async fn open(settings: &Settings, from: &ArchiveFile) -> Result<Store> {
    let space = Store::space_in(from).await?;
    let store = app::open_store(settings, None, PURPOSE).await?;
    if store.space().is_some() || space.is_none() {
        return Ok(store);
    }
    store.close().await?;
    drop(store);
    app::open_store(settings, space, PURPOSE).await
}

fn text(imported: &Imported) -> String {
    let head = style("Imported").green().bold();
    let embedded = match imported.embedded {
        0 => "none embedded again".to_owned(),
        n => format!("{n} embedded here"),
    };
    format!(
        "{head} into {} in {:.1} s\n{} documents new or changed, {} unchanged; {} chunks, {embedded}\n",
        imported.collections.join(", "),
        imported.seconds,
        imported.ready,
        imported.unchanged,
        imported.chunks,
    )
}
