//! `footnote migrate`: copies everything to another kind of catalog.

use console::style;
use std::path::PathBuf;
use std::time::Instant;

use footnote::app;
use footnote_core::config::StoreConfig;
use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;
use footnote_store::{Migration, Store, StoreOptions};

use crate::context::Context;
use crate::exit::Outcome;
use crate::moving::{Moved, watched};

const EXAMPLES: &str = "\
Examples:
  footnote migrate --to postgres://footnote@db/footnote --index http://qdrant:6334
                                         From the data directory to PostgreSQL and Qdrant
  footnote migrate --to ./data           From the configured servers to a data directory
  footnote migrate --to ./copy           From one data directory to another

Rows, vectors and originals are copied and compared, nothing is embedded again, and the index is
built at the other end. The source stays as it is; the target must be empty. With a password in the
address, put it into FOOTNOTE_MIGRATE_TO, and the key of the index into FOOTNOTE__STORE__INDEX_KEY.";

/// Where to copy everything.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// An empty PostgreSQL database, or a data directory
    #[arg(long, value_name = "URL|DIR", env = "FOOTNOTE_MIGRATE_TO", hide_env_values = true)]
    to: String,
    /// The gRPC address of the Qdrant server that is to hold the index
    #[arg(long, value_name = "URL")]
    index: Option<String>,
}

/// Copies everything, and says how to use the copy.
pub(crate) async fn run(args: Args, context: Context) -> Result<Outcome> {
    let started = Instant::now();
    let settings = context.settings()?;
    let from = app::store_options(&settings, None, "footnote migrate");
    let to = target(&args, &settings)?;
    let migration = Migration { from, to };
    let copied = watched(&context, async |watch| Store::migrate(&migration, watch).await).await?;
    let moved = Moved::new("Copied and compared", &copied, None, started);
    moved.report(&context, None)?;
    context.progress().say(&advice(&migration.to));
    Ok(moved.outcome())
}

/// Returns how the copy is opened.
fn target(args: &Args, settings: &Settings) -> Result<StoreOptions> {
    let is_server = ["postgres://", "postgresql://"].iter().any(|kind| args.to.starts_with(kind));
    if !is_server && args.to.contains("://") {
        return Err(Error::invalid("the target is neither a PostgreSQL address nor a folder")
            .hint("Write postgres://user@host/database, or the path of a data directory."));
    }
    let options = app::store_options(settings, None, "footnote migrate");
    let index = args.index.clone().unwrap_or_default();
    if is_server && index.is_empty() {
        return Err(Error::invalid("with PostgreSQL the index must be on a Qdrant server")
            .hint("Add --index http://host:6334."));
    }
    let catalog = if is_server { args.to.clone() } else { String::new() };
    let data_dir = if is_server { options.data_dir } else { PathBuf::from(&args.to) };
    let config = StoreConfig { catalog, index, ..options.config };
    Ok(StoreOptions { data_dir, config, ..options })
}

/// Says which configuration opens the copy.
fn advice(to: &StoreOptions) -> String {
    let label = style("next:").for_stderr().cyan().bold();
    let index = &to.config.index;
    if to.config.catalog.is_empty() {
        let dir = to.data_dir.display();
        let index = if index.is_empty() {
            "`store.catalog` and `store.index` empty".to_owned()
        } else {
            format!("`store.catalog` empty and `store.index` {index}")
        };
        return format!("{label} use it with --data-dir {dir}, {index}");
    }
    format!(
        "{label} put it into the configuration:\n[store]\ncatalog = \"{}\"\nindex = \"{index}\"",
        without_password(&to.config.catalog)
    )
}

/// Writes an address without its password.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.split_once('@') else { return url.to_owned() };
    match user.split_once(':') {
        Some((user, _password)) => format!("{scheme}://{user}:<password>@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(
            without_password("postgres://me:secret@db:5432/footnote"),
            "postgres://me:<password>@db:5432/footnote"
        );
        assert_eq!(without_password("postgres://me@db/footnote"), "postgres://me@db/footnote");
        assert_eq!(without_password("postgres:///footnote"), "postgres:///footnote");
    }
}
