//! Jobs in the queue: small ones are not behind large ones, and orders are followed at once.

use crate::setup::{Bench, everything, folder, long_text};
use footnote_core::job::{ItemState, JobState, Retry};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn an_upload_is_not_behind_a_large_import() {
    let bench = Bench::new().await;
    for n in 0..300 {
        bench.write(&format!("{n:03}.txt"), long_text(6, &format!("plain{n}x")));
    }
    bench.embedder.slow_down(Duration::from_millis(100));
    let import = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    while bench.store.job(&everything(), import).await.unwrap().counts.ready < 20 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let upload = bench.upload("urgent.txt", b"The bridge is closed today.", 0).await;
    bench.ended(upload).await;
    let import = bench.store.job(&everything(), import).await.unwrap();
    assert_eq!(import.state, JobState::Running);
    assert!(import.counts.ready < 250, "the upload waited for {:?}", import.counts);
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn a_short_document_overtakes_a_long_one_that_is_being_embedded() {
    let bench = Bench::new().await;
    bench.write("long.txt", long_text(2_000, "valley"));
    bench.embedder.slow_down(Duration::from_millis(200));
    let long = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    while bench.embedder.n_texts() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let short = bench.upload("short.txt", b"The bridge is closed today.", 0).await;
    bench.ended(short).await;
    assert_eq!(bench.store.job(&everything(), long).await.unwrap().counts.ready, 0);
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn a_cancelled_job_does_not_wait_for_the_batch_that_is_being_embedded() {
    let bench = Bench::new().await;
    bench.write("long.txt", long_text(600, "valley"));
    bench.embedder.slow_down(Duration::from_mins(5));
    let cancel = CancellationToken::new();
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop_when_embedding = async {
        loop {
            let items = bench.items(job).await;
            if items.first().is_some_and(|item| item.state == ItemState::Embedding) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        cancel.cancel();
        Instant::now()
    };
    let progress = std::sync::Arc::new(footnote_ingest::Silent);
    let running = bench.ingestor.run_job(job, progress, cancel.clone());
    let (asked, report) = tokio::join!(stop_when_embedding, running);
    assert!(asked.elapsed() < Duration::from_mins(1), "{:?}", asked.elapsed());
    let report = report.unwrap();
    assert!(report.cancelled);
    assert_eq!((report.counts.ready, report.counts.cancelled), (0, 1));
}

#[tokio::test]
async fn a_cancelled_job_stays_so_when_nothing_of_it_failed() {
    let bench = Bench::new().await;
    bench.write("one.txt", "The orchard blooms.");
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    bench.store.cancel_job(&everything(), job).await.unwrap();
    assert_eq!(bench.store.retry_items(&everything(), job, Retry::Failed).await.unwrap(), 0);
    assert_eq!(bench.store.job(&everything(), job).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test]
async fn a_paused_job_goes_on_at_the_batch_where_it_stopped() {
    let bench = Bench::new().await;
    bench.write("long.txt", long_text(600, "valley"));
    bench.embedder.slow_down(Duration::from_millis(150));
    let job = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    while bench.embedder.n_texts() < 256 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bench.store.pause_job(&everything(), job).await.unwrap();
    bench.until_nothing_is_embedded().await;
    bench.store.resume_job(&everything(), job).await.unwrap();
    let report = bench.ended(job).await;
    assert_eq!(report.counts.ready, 1);
    let n_chunks = usize::try_from(report.counts.chunks).unwrap();
    assert!(bench.embedder.n_texts() - n_chunks <= 128, "{}", bench.embedder.n_texts());
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn a_request_that_names_nothing_fails_as_a_job_and_says_why() {
    let bench = Bench::new().await;
    let missing = folder(&bench.path("nowhere"));
    let run = bench.ingestor.run(
        missing,
        std::sync::Arc::new(footnote_ingest::Silent),
        CancellationToken::new(),
    );
    let error = run.await.unwrap_err();
    assert!(error.message().starts_with("there is no "), "{}", error.message());
}

#[tokio::test]
async fn the_upload_that_was_sent_last_is_what_is_found_however_long_the_first_takes() {
    let bench = Bench::new().await;
    bench.embedder.slow_down(Duration::from_millis(200));
    let long = bench.upload("report.txt", long_text(2_000, "draft").as_bytes(), 0).await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    while bench.embedder.n_texts() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let short = bench.upload("report.txt", b"The final figures are out.", 0).await;
    assert_eq!(bench.ended(short).await.counts.ready, 1);
    let overtaken = bench.ended(long).await;
    assert_eq!(overtaken.counts.unchanged, 1, "{overtaken:?}");
    assert_eq!(bench.find("figures").await, ["report.txt"]);
    assert!(bench.find("draft1").await.is_empty());
    stop.cancel();
    working.await.unwrap();
}

#[tokio::test]
async fn what_changed_after_a_later_job_is_read_whatever_the_clocks_say() {
    let bench = Bench::with_a_fast_clock().await;
    bench.write("rule.txt", "The gate closes at six.");
    let earlier = bench.intake().enqueue(&folder(bench.documents.path())).await.unwrap();
    bench.store.pause_job(&everything(), earlier).await.unwrap();
    assert_eq!(bench.run().await.counts.ready, 1);
    bench.write("rule.txt", "The gate closes at seven o'clock.");
    bench.store.resume_job(&everything(), earlier).await.unwrap();
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let ended = tokio::time::timeout(Duration::from_mins(2), bench.ended(earlier)).await;
    assert_eq!(ended.expect("the earlier job ends").counts.ready, 1);
    assert_eq!(bench.find("seven").await, ["rule.txt"]);
    stop.cancel();
    working.await.unwrap();
}
