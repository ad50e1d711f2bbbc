//! A run that is stopped leaves whole documents, and the next one goes on.

use crate::setup::Bench;
use footnote_core::job::ItemState;
use footnote_ingest::{Event, Progress};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Stops the run once so many documents are ready.
struct StopAfter {
    n_ready: std::sync::atomic::AtomicUsize,
    cancel: CancellationToken,
}

impl Progress for StopAfter {
    fn event(&self, event: &Event) {
        let Event::Item { state: ItemState::Ready, .. } = event else { return };
        if self.n_ready.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
            self.cancel.cancel();
        }
    }
}

#[tokio::test]
async fn a_stopped_run_is_whole_as_far_as_it_came_and_the_next_goes_on() {
    let bench = Bench::new().await;
    for n in 0..600 {
        bench.write(&format!("{n:03}.txt"), format!("Document number {n} mentions zebra{n}."));
    }
    let cancel = CancellationToken::new();
    let progress = Arc::new(StopAfter { n_ready: 10.into(), cancel: cancel.clone() });
    let request = crate::setup::folder(bench.documents.path());
    let stopped = bench.ingestor.run(request, progress, cancel).await.unwrap();
    assert!(stopped.cancelled);
    assert!(stopped.counts.ready >= 10 && stopped.counts.ready < 600, "{:?}", stopped.counts);
    assert_eq!(stopped.failed, []);
    let rest = bench.run().await;
    assert_eq!(rest.counts.unchanged, stopped.counts.ready);
    assert_eq!(rest.counts.ready + rest.counts.unchanged, 600);
    assert_eq!(bench.find("zebra599").await[0], "599.txt");
}

#[tokio::test]
async fn a_run_that_is_stopped_before_it_begins_writes_nothing() {
    let bench = Bench::new().await;
    bench.write("a.txt", "Alpha.");
    let cancel = CancellationToken::new();
    cancel.cancel();
    let report = bench.run_until(cancel).await;
    assert!(report.cancelled);
    assert_eq!(report.counts.total, 0);
    assert!(bench.find("alpha").await.is_empty());
}
