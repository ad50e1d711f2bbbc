//! `footnote restore`: makes an installation of a backup.

use std::path::PathBuf;
use std::time::Instant;

use footnote::app;
use footnote_core::Result;
use footnote_store::Store;

use crate::context::Context;
use crate::exit::Outcome;
use crate::moving::{Moved, source, watched};

const EXAMPLES: &str = "\
Examples:
  footnote restore all.footnote --data-dir ./new   Restore into an empty data directory
  footnote restore all.footnote --verify           Only make sure that the archive is whole
  ssh host 'cat all.footnote' | footnote restore -
                                                   Restore what another machine sends

With `store.catalog` in the configuration everything goes into that PostgreSQL database, which must
be empty. Nothing can be seen before the whole archive was read and found to be right.";

/// What to restore.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// An archive that `footnote backup` has written, or `-` for standard input
    #[arg(value_name = "FILE|-")]
    from: PathBuf,
    /// Read the archive to its end and change nothing
    #[arg(long)]
    verify: bool,
}

/// Reads an archive.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let from = source(&args.from);
    let settings = context.settings()?;
    let options = app::store_options(&settings, None, "footnote restore");
    let (what, report) = if args.verify {
        let verify =
            async |watch: footnote_store::Watch<'_>| Store::verify_archive(&from, watch).await;
        ("Whole:", watched(&context, verify).await?)
    } else {
        let restore =
            async |watch: footnote_store::Watch<'_>| Store::restore(&from, &options, watch).await;
        ("Restored from", watched(&context, restore).await?)
    };
    Moved::new(what, &report, Some(&from), started).report(&context, None)?;
    Ok(Outcome::Done)
}
