//! `footnote export`: writes some collections into a bundle for another installation.

use std::time::Instant;

use footnote::app;
use footnote::auth::{self, Deed, Requester};
use footnote_core::Result;
use footnote_store::Export;

use crate::context::Context;
use crate::exit::Outcome;
use crate::moving::{Destination, Moved, refuse_terminal, watched};

const EXAMPLES: &str = "\
Examples:
  footnote export handbook.footnote -c handbook    One collection with its originals
  footnote export both.footnote -c handbook -c faq --no-originals
                                                   Two collections; text, chunks and vectors alone
  footnote export all.footnote -c handbook --all-versions
                                                   With what the documents said before
  footnote import handbook.footnote                Take it over elsewhere, without embedding again";

/// What goes into the bundle.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    to: Destination,
    /// A collection that goes into the bundle; may be repeated
    #[arg(short, long = "collection", value_name = "COLLECTION", required = true)]
    collections: Vec<String>,
    /// Leave the original files out
    #[arg(long)]
    no_originals: bool,
    /// Take versions along that were replaced
    #[arg(long)]
    all_versions: bool,
}

/// Writes a bundle.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let to = args.to.archive()?;
    refuse_terminal(&to)?;
    let store = context.beside("footnote export").await?;
    let mut collections = Vec::new();
    for name in &args.collections {
        collections.push(app::collection(&store, &auth::command_line(), name).await?);
    }
    let scope = auth::scope(&auth::command_line(), &collections)?;
    let what = Export { with_originals: !args.no_originals, with_superseded: args.all_versions };
    let exported =
        watched(&context, async |watch| store.export(&scope, what, &to, watch).await).await?;
    let owner = Requester::command_line();
    for id in &collections {
        owner.did(&store, Deed::Export, Some(id.to_string())).await?;
    }
    store.close().await?;
    let moved = Moved::new("Exported to", &exported, Some(&to), started);
    moved.report(&context, Some(&to))?;
    Ok(moved.outcome())
}
