//! Removes for good, once a day, what was removed: 24 hours after a delete its bytes are gone.

use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use footnote_core::Result;
use footnote_store::Store;

use crate::answers::Answers;

/// How long after the start it is first looked whether a vacuum is due: questions come first.
const AFTER_START: Duration = Duration::from_mins(1);

/// How often it is looked.
const BETWEEN_LOOKS: Duration = Duration::from_hours(1);

/// Runs a vacuum whenever one is due, until the token is cancelled.
pub(crate) async fn keep_clean(store: Arc<Store>, answers: Arc<Answers>, stop: CancellationToken) {
    let mut wait = AFTER_START;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = clean(&store, &answers).await {
            tracing::warn!(error = error.chain(), "what was deleted is not gone for good yet");
        }
        wait = BETWEEN_LOOKS;
    }
}

async fn clean(store: &Store, answers: &Answers) -> Result<()> {
    if !store.vacuum_due().await? {
        return Ok(());
    }
    let report = store.vacuum().await?;
    tracing::info!(?report, "removed for good what was deleted");
    answers.forget_gone(store).await
}
