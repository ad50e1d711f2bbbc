//! Removes for good, once a day, what was removed: 24 hours after a delete its bytes are gone.

use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use footnote_core::Result;
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_store::Store;

use crate::answers::Answers;

/// How long after the start it is first looked whether a vacuum is due: questions come first.
const AFTER_START: Duration = Duration::from_mins(1);

/// How often it is looked.
const BETWEEN_LOOKS: Duration = Duration::from_hours(1);

/// How old a question must be to count as interrupted where several servers answer: no answer
/// takes as long.
const INTERRUPTED_AFTER: Duration = Duration::from_hours(1);

/// Returns before when a question was asked that has no end only because whoever answered it has
/// died, for a server that starts now.
pub(crate) fn interrupted_before(is_alone: bool) -> Timestamp {
    let patience = if is_alone { Duration::ZERO } else { INTERRUPTED_AFTER };
    let patience_ms = i64::try_from(patience.as_millis()).unwrap_or(i64::MAX);
    Timestamp(SystemClock.now().0.saturating_sub(patience_ms))
}

/// Ends the questions that nobody answers any more.
pub(crate) async fn end_interrupted(store: Arc<Store>, begun_before: Timestamp) {
    match store.end_interrupted_turns(begun_before).await {
        Ok(0) => {}
        Ok(n_ended) => tracing::info!(answer.count = n_ended, "answers were interrupted"),
        Err(error) => tracing::warn!(error = error.chain(), "interrupted answers have no end yet"),
    }
}

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
