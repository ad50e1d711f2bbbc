//! Registered and watched sources: what is added, changed, moved and deleted shows by itself.

use crate::setup::{Bench, folder};
use footnote_core::job::JobState;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_watched_folder_is_kept_in_step() {
    let bench = Bench::new().await;
    bench.write("one.txt", "The orchard blooms.");
    bench.run().await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let (intake, request) = (bench.intake().clone(), folder(bench.documents.path()));
    let stopped = stop.clone();
    let watching = tokio::spawn(async move {
        let hour = Duration::from_hours(1);
        intake.watch(&request, hour, &stopped, &|_job| ()).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    bench.write("hr/two.txt", "The library opens.");
    bench.wait_to_find("library", &["hr/two.txt"]).await;
    bench.write("one.txt", "The vineyard ripens.");
    bench.wait_to_find("vineyard", &["one.txt"]).await;
    bench.wait_to_find("orchard", &[]).await;
    std::fs::rename(bench.path("hr"), bench.path("people")).unwrap();
    bench.wait_to_find("library", &["people/two.txt"]).await;
    std::fs::remove_dir_all(bench.path("people")).unwrap();
    bench.wait_to_find("library", &[]).await;
    assert_eq!(bench.find("vineyard").await, ["one.txt"]);
    stop.cancel();
    watching.await.unwrap().unwrap();
    working.await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_no_longer_there_loses_nothing() {
    let bench = Bench::new().await;
    bench.write("share/one.txt", "The orchard blooms.");
    let request = folder(&bench.path("share"));
    bench.run_request(request.clone(), CancellationToken::new()).await;
    let stop = CancellationToken::new();
    let working = bench.work(&stop);
    let (intake, stopped) = (bench.intake().clone(), stop.clone());
    let watching = tokio::spawn(async move {
        let often = Duration::from_millis(500);
        intake.watch(&request, often, &stopped, &|_job| ()).await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    std::fs::rename(bench.path("share"), bench.path("away")).unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(bench.find("orchard").await, ["one.txt"]);
    stop.cancel();
    watching.await.unwrap().unwrap();
    working.await.unwrap();
}

#[tokio::test]
async fn a_registered_source_is_looked_at_when_it_is_due_and_not_twice_at_once() {
    let bench = Bench::new().await;
    bench.write("one.txt", "The orchard blooms.");
    let every = Duration::from_secs(1);
    let source = bench.intake().register(&folder(bench.documents.path()), every).await.unwrap();
    let first = bench.intake().sync_due().await.unwrap();
    assert_eq!(first.len(), 1);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(bench.intake().sync_due().await.unwrap().is_empty(), "its job has not ended");
    bench.ingestor.drain(CancellationToken::new()).await.unwrap();
    assert_eq!(bench.find("orchard").await, ["one.txt"]);
    assert_eq!(bench.intake().sync_due().await.unwrap().len(), 1);
    bench.store.remove_source(source).await.unwrap();
    assert!(bench.store.watched_sources().await.unwrap().is_empty());
}

#[tokio::test]
async fn serving_looks_at_registered_folders_by_itself() {
    let bench = Bench::new().await;
    bench.write("one.txt", "The orchard blooms.");
    let every = Duration::from_hours(1);
    bench.intake().register(&folder(bench.documents.path()), every).await.unwrap();
    let stop = CancellationToken::new();
    let (ingestor, stopped) = (Arc::clone(&bench.ingestor), stop.clone());
    let serving = tokio::spawn(async move { ingestor.serve(stopped).await });
    bench.wait_to_find("orchard", &["one.txt"]).await;
    bench.write("two.txt", "The library opens.");
    bench.wait_to_find("library", &["two.txt"]).await;
    let filter = footnote_core::job::JobFilter::default();
    let jobs = bench.store.jobs(&crate::setup::everything(), &filter, 10).await.unwrap();
    assert!(jobs.iter().all(|job| job.state == JobState::Completed), "{jobs:?}");
    stop.cancel();
    serving.await.unwrap();
}
