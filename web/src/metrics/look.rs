//! What is looked up only when somebody asks for it: queues, collections, models, the process.

use metrics::gauge;
use metrics_process::Collector;

use footnote_core::Result;

use super::names::{
    ANSWER_QUEUE, ANSWERING, BUILD_INFO, CHUNKS, DOCUMENTS, INGEST_QUEUE, MODEL_LOADED, READY,
};
use crate::auth;
use crate::readiness::Readiness;
use crate::state::AppState;

/// How many collections are told apart; the others are one.
const COLLECTIONS_SHOWN: usize = 50;

/// The name of the collections that are not told apart.
const OTHERS: &str = "(others)";

/// Looks at everything and returns all that is known, as Prometheus reads it.
///
/// # Errors
/// `Internal` when nothing can be recorded in this process.
pub(crate) async fn text(state: &AppState) -> Result<String> {
    let recorder = super::recorder()?;
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
    gauge!(ANSWER_QUEUE).set(count(state.answers.n_waiting() as u64));
    gauge!(ANSWERING).set(count(state.answers.n_answering() as u64));
    Collector::default().collect();
    components(&Readiness::of(state).await);
    if let Err(error) = stored(state).await {
        tracing::warn!(error = error.chain(), "cannot measure what is stored");
    }
    Ok(recorder.render())
}

/// Shows which components can be used.
fn components(readiness: &Readiness) {
    for (component, is_ready) in readiness.components() {
        gauge!(READY, "component" => component).set(u8::from(is_ready));
    }
    gauge!(MODEL_LOADED, "role" => "embedder", "model" => readiness.embedder.clone()).set(1);
    if let Some(generator) = readiness.generator.clone() {
        gauge!(MODEL_LOADED, "role" => "generator", "model" => generator).set(1);
    }
}

/// Shows what waits and what is there.
async fn stored(state: &AppState) -> Result<()> {
    let scope = auth::scope(&auth::command_line(), &[])?;
    let store = &state.app.store;
    let depth = store.queue_depth(&scope).await?;
    gauge!(INGEST_QUEUE, "state" => "waiting").set(count(depth.n_waiting));
    gauge!(INGEST_QUEUE, "state" => "working").set(count(depth.n_working));
    let mut collections = store.collections(&scope).await?;
    collections.sort_by_key(|collection| std::cmp::Reverse(collection.n_chunks));
    let others = collections.split_off(COLLECTIONS_SHOWN.min(collections.len()));
    for collection in collections {
        show(collection.name, collection.n_documents, collection.n_chunks);
    }
    if !others.is_empty() {
        let n_documents = others.iter().map(|collection| collection.n_documents).sum();
        show(OTHERS.to_owned(), n_documents, others.iter().map(|other| other.n_chunks).sum());
    }
    Ok(())
}

fn show(collection: String, n_documents: u64, n_chunks: u64) {
    gauge!(DOCUMENTS, "collection" => collection.clone()).set(count(n_documents));
    gauge!(CHUNKS, "collection" => collection).set(count(n_chunks));
}

/// Returns a count as Prometheus keeps it; beyond 2^53 it is rounded.
#[expect(clippy::cast_precision_loss, reason = "nothing here is counted that far")]
fn count(n: u64) -> f64 {
    n as f64
}
