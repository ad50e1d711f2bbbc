//! Time and memory limits end one document and nothing else.

use crate::setup::{Bench, folder};
use footnote_core::config::{IngestConfig, StoreConfig};
use footnote_core::job::ItemState;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_document_that_needs_too_much_memory_fails_alone() {
    let config = IngestConfig { parse_memory_bytes: 300 << 20, ..IngestConfig::default() };
    let bench = Bench::with(config).await;
    bench.write("bomb.txt", "ten bytes.\n".repeat(20 << 20));
    bench.write("small.txt", "The orchard is small.");
    let report = bench.run().await;
    assert_eq!(report.counts.ready, 1, "{:?}", report.failed);
    assert_eq!(report.failed[0].code.as_str(), "out_of_memory", "{:?}", report.failed);
}

#[tokio::test]
async fn a_document_that_takes_too_long_fails_with_the_limit() {
    let config = IngestConfig { parse_seconds: 1, ..IngestConfig::default() };
    let bench = Bench::with(config).await;
    // The time to read it grows with the square of its depth: far over a second on any machine.
    let deep = format!("{}x{}", "<div>".repeat(25_000), "</div>".repeat(25_000));
    bench.write("slow.html", deep.repeat(20));
    let report = bench.run().await;
    assert_eq!(report.failed[0].code.as_str(), "timeout", "{:?}", report.failed);
}

#[tokio::test]
async fn a_file_over_the_size_limit_is_not_read() {
    let config = IngestConfig { max_file_bytes: 1 << 20, ..IngestConfig::default() };
    let bench = Bench::with(config).await;
    let large = std::fs::File::create(bench.documents.path().join("large.txt")).unwrap();
    large.set_len(1 << 30).unwrap();
    let report = bench.run().await;
    assert_eq!(report.failed[0].code.as_str(), "too_large", "{:?}", report.failed);
    assert!(report.failed[0].detail.contains("1024 MiB"), "{:?}", report.failed);
}

#[tokio::test]
async fn a_full_disk_pauses_ingestion_with_the_reason_and_nothing_fails() {
    let full = StoreConfig { min_free_bytes: u64::MAX, ..StoreConfig::default() };
    let bench = Bench::on(full, IngestConfig::default()).await;
    bench.write("late.txt", "The barn is full.");
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let waiting = loop {
        let items = bench.items(job).await;
        if let Some(item) = items.into_iter().find(|item| item.failure.is_some()) {
            break item;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(waiting.state, ItemState::Queued);
    let failure = waiting.failure.unwrap();
    assert_eq!(failure.code.as_str(), "disk_full");
    assert!(failure.detail.contains("Make room"), "{failure}");
    stop.cancel();
    working.await.unwrap();

    let bench = bench.reopen_with(StoreConfig::default()).await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let report = bench.ended(job).await;
    assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
    assert_eq!(bench.find("barn").await, ["late.txt"]);
    stop.cancel();
    working.await.unwrap();
}
