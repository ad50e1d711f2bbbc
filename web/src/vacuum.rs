//! Removes for good, once a day, what was removed: 24 hours after a delete its bytes are gone.
//! Forgets what was kept for a while: old answers, and requests that nobody repeats any more.

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

/// How old a run of an evaluation must be for the same.
const RUN_INTERRUPTED_AFTER: Duration = Duration::from_hours(48);

/// Returns the moment so long before now.
fn moment_before(ago: Duration) -> Timestamp {
    let ago_ms = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
    Timestamp(SystemClock.now().0.saturating_sub(ago_ms))
}

/// Ends, for a server that starts now, the questions that nobody answers any more, and the runs of
/// evaluations that nobody goes on with: all of them where it is alone.
pub(crate) async fn end_interrupted(store: Arc<Store>, is_alone: bool) {
    let patience = |patience| moment_before(if is_alone { Duration::ZERO } else { patience });
    match store.end_interrupted_turns(patience(INTERRUPTED_AFTER)).await {
        Ok(0) => {}
        Ok(n_ended) => tracing::info!(answer.count = n_ended, "answers were interrupted"),
        Err(error) => tracing::warn!(error = error.chain(), "interrupted answers have no end yet"),
    }
    if let Err(error) = store.end_interrupted_runs(patience(RUN_INTERRUPTED_AFTER)).await {
        tracing::warn!(error = error.chain(), "interrupted evaluations have no end yet");
    }
}

/// Runs a vacuum whenever one is due and forgets what is old, until the token is cancelled.
pub(crate) async fn keep_clean(
    store: Arc<Store>,
    answers: Arc<Answers>,
    keep_answers: Option<Duration>,
    stop: CancellationToken,
) {
    let mut wait = AFTER_START;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = clean(&store, &answers).await {
            tracing::warn!(error = error.chain(), "what was deleted is not gone for good yet");
        }
        if let Err(error) = forget(&store, keep_answers).await {
            tracing::warn!(error = error.chain(), "what is old is not forgotten yet");
        }
        wait = BETWEEN_LOOKS;
    }
}

/// Forgets requests that nobody repeats any more, and answers that stand alone and are old.
async fn forget(store: &Store, keep_answers: Option<Duration>) -> Result<()> {
    store.forget_old_requests().await?;
    if let Some(kept) = keep_answers {
        store.forget_single_answers(moment_before(kept)).await?;
    }
    Ok(())
}

async fn clean(store: &Store, answers: &Answers) -> Result<()> {
    if !store.vacuum_due().await? {
        return Ok(());
    }
    let report = store.vacuum().await?;
    tracing::info!(?report, "removed for good what was deleted");
    answers.forget_gone(store).await
}
