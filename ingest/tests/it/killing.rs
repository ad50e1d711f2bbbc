//! A worker that is dropped midway, as by a crash: nothing is lost, nothing is there twice, and no
//! more than a batch is done again.

use crate::inside::zip;
use crate::setup::{Bench, folder, long_text};
use footnote_core::job::ItemState;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How many texts are embedded as one.
const BATCH: usize = 128;

/// Lets a worker work for a while, drops it midway, and opens the store again.
async fn dropped_after(bench: Bench, a_while: Duration) -> Bench {
    let working = bench.work(&CancellationToken::new());
    tokio::time::sleep(a_while).await;
    working.abort();
    drop(working.await);
    bench.reopen().await
}

#[tokio::test]
async fn what_was_embedded_before_a_crash_is_not_embedded_again() {
    let bench = Bench::new().await;
    bench.write("long.txt", long_text(600, "valley"));
    bench.embedder.slow_down(Duration::from_millis(150));
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let working = bench.work(&CancellationToken::new());
    while bench.embedder.n_texts() < 2 * BATCH {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    working.abort();
    assert!(working.await.unwrap_err().is_cancelled());
    let n_before = bench.embedder.n_texts();

    let bench = bench.reopen().await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let report = bench.ended(job).await;
    assert_eq!((report.counts.ready, report.counts.failed), (1, 0), "{:?}", report.failed);
    let n_chunks = usize::try_from(report.counts.chunks).unwrap();
    let n_again = n_before + bench.embedder.n_texts() - n_chunks;
    assert!(n_again <= BATCH, "{n_again} of {n_chunks} texts were embedded again");
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn every_document_is_there_once_however_often_the_worker_is_dropped() {
    let mut bench = Bench::new().await;
    for n in 0..60 {
        bench.write(&format!("{n:02}.txt"), format!("Number {n} knows the word zebra{n}."));
    }
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    for milliseconds in [60, 200, 120] {
        bench = dropped_after(bench, Duration::from_millis(milliseconds)).await;
    }
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let report = bench.ended(job).await;
    // One that was published but for its item's end is found unchanged.
    let counts = report.counts;
    assert_eq!((counts.ready + counts.unchanged, counts.total), (60, 60), "{:?}", report.failed);
    for n in 0..60 {
        assert_eq!(bench.find(&format!("zebra{n}")).await[0], format!("{n:02}.txt"));
    }
    let index = bench.store.reconcile().await.unwrap();
    assert_eq!((index.n_versions, index.n_chunks, index.n_points), (60, 60, 60));
    assert_eq!((index.n_mended, index.n_orphans), (0, 0));
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn every_file_of_an_archive_is_there_once_however_often_the_worker_is_dropped() {
    let mut bench = Bench::new().await;
    let text = |name: &str, n: usize| (format!("{name}{n}.txt"), format!("{name} {n} hums."));
    let pack = |files: Vec<(String, String)>| {
        zip(&files.iter().map(|(name, text)| (name.as_str(), text)).collect::<Vec<_>>())
    };
    let inner = pack((0..15).map(|n| text("inner", n)).collect());
    let mut files: Vec<(String, Vec<u8>)> =
        (0..15).map(|n| text("outer", n)).map(|(name, text)| (name, text.into_bytes())).collect();
    files.push(("inner.zip".to_owned(), inner));
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes)).collect();
    for n in 0..3 {
        bench.write(&format!("{n}.zip"), zip(&files));
    }
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    for milliseconds in [30, 45, 60, 75, 90, 105, 120, 135, 150, 200] {
        bench = dropped_after(bench, Duration::from_millis(milliseconds)).await;
    }
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let counts = bench.ended(job).await.counts;
    let n_documents = 3 * (1 + 15 + 1 + 15);
    assert_eq!((counts.failed, counts.total), (0, n_documents), "{counts:?}");
    let index = bench.store.reconcile().await.unwrap();
    assert_eq!(u64::try_from(index.n_versions).unwrap(), n_documents);
    assert_eq!((index.n_mended, index.n_orphans), (0, 0));
    stop.cancel();
    working.await.unwrap();
    assert_eq!(bench.run().await.counts.unchanged, 3, "nothing is left to be read");
}

#[tokio::test]
async fn an_acknowledged_upload_survives_a_crash_before_it_was_looked_at() {
    let bench = Bench::new().await;
    let job = bench.upload("note.txt", b"The ferry leaves at nine.", 0).await;
    let bench = bench.reopen().await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    assert_eq!(bench.ended(job).await.counts.ready, 1);
    assert_eq!(bench.find("ferry").await, ["note.txt"]);
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn an_orderly_stop_gives_everything_back_at_once() {
    let bench = Bench::new().await;
    bench.write("long.txt", long_text(600, "valley"));
    bench.embedder.slow_down(Duration::from_mins(5));
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    loop {
        let items = bench.items(job).await;
        if items.first().is_some_and(|item| item.state == ItemState::Embedding) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let asked = std::time::Instant::now();
    stop.cancel();
    working.await.unwrap();
    assert!(asked.elapsed() < Duration::from_mins(1), "{:?}", asked.elapsed());
    let item = bench.items(job).await.remove(0);
    assert_eq!((item.state, item.n_failures, item.worker), (ItemState::Queued, 0, None));
}
