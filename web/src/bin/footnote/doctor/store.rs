//! The data directory of a program that does not serve: not locked, and whole.

use footnote::app;
use footnote::doctor::{Check, data};
use footnote_core::Result;
use footnote_ingest::settings::Settings;
use footnote_store::{LockHolder, OriginalCheck, Store, holder};

use super::Args;
use crate::context;

/// Checks the lock, the catalog and the index.
pub(super) async fn check(settings: &Settings, args: Args) -> Vec<Check> {
    if let Some(holder) = holder(&settings.data_dir) {
        return vec![held(holder), catalog_beside(settings).await];
    }
    match app::open_store_as_it_is(settings, "footnote doctor").await {
        Err(error) => vec![Check::fail("catalog", &error)],
        Ok(store) => alone(store, args).await,
    }
}

/// Checks a store that nobody else has.
async fn alone(store: Store, args: Args) -> Vec<Check> {
    let how = if args.full { OriginalCheck::Bytes } else { OriginalCheck::Sizes };
    let mut checks = vec![
        Check::ok("lock", "free"),
        data::catalog(&store).await,
        data::originals(&store, how).await,
        if args.repair { data::repair(&store).await } else { data::index(&store).await },
    ];
    let closed = store.close().await;
    checks.extend(closed.err().map(|error| Check::fail("data directory", &error)));
    checks
}

/// Says who holds the data directory.
fn held(holder: LockHolder) -> Check {
    let address = holder.address.map(|address| format!(" at {address}")).unwrap_or_default();
    let by = format!("held by process {} ({}{address})", holder.pid, holder.purpose);
    Check::warn("lock", by, "The index was not checked; stop that process to check it.")
}

/// Checks the catalog alone, beside the process that holds the data directory.
async fn catalog_beside(settings: &Settings) -> Check {
    match context::shared(settings, "footnote doctor").await {
        Err(error) => Check::fail("catalog", &error),
        Ok(store) => {
            let looked = data::catalog(&store).await;
            let closed: Result<()> = store.close().await;
            closed.err().map_or(looked, |error| Check::fail("catalog", &error))
        }
    }
}
