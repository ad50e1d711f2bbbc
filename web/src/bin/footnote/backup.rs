//! `footnote backup`: writes everything into one file, while others go on working.

use std::time::Instant;

use footnote::auth::{Deed, Requester};
use footnote_core::Result;

use crate::context::Context;
use crate::exit::Outcome;
use crate::moving::{Destination, Moved, refuse_terminal, watched};

const EXAMPLES: &str = "\
Examples:
  footnote backup all.footnote                 Write everything into a file
  footnote backup /var/backups                 Write a file named after the moment into a folder
  footnote backup - | ssh host 'cat > all.footnote'
                                               Send it to another machine
  footnote restore all.footnote --verify       Make sure that it can be restored

Nobody has to stop: the archive holds one state of everything. The index is left out and built again
from the vectors when the archive is restored.";

/// Where to write.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    to: Destination,
}

/// Writes an archive.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let to = args.to.archive()?;
    refuse_terminal(&to)?;
    let store = context.beside("footnote backup").await?;
    let report = watched(&context, async |watch| store.backup(&to, watch).await).await?;
    Requester::command_line().did(&store, Deed::BackUp, None).await?;
    store.close().await?;
    let moved = Moved::new("Backed up to", &report, Some(&to), started);
    moved.report(&context, Some(&to))?;
    Ok(moved.outcome())
}
