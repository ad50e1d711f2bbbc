//! Jobs and their items are written down, counted, and never left running by a dead program.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::job::{Failure, FailureCode, ItemState, JobItem, JobState};

use crate::fixture::{Home, owner};

#[tokio::test(flavor = "multi_thread")]
async fn a_job_counts_its_items_by_how_they_ended() {
    let home = Home::new().await;
    let store = &home.store;
    let collection = store.ensure_collection("c").await.unwrap();
    let job = store.create_job(collection, "./docs").await.unwrap();
    assert_eq!(store.job(&owner(), job).await.unwrap().state, JobState::Queued);
    store.start_job(job).await.unwrap();
    let again = store.start_job(job).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);

    store.put_job_item(job, &item("a", ItemState::Parsing, 0)).await.unwrap();
    store.put_job_item(job, &item("a", ItemState::Ready, 3)).await.unwrap();
    store.put_job_item(job, &item("b", ItemState::Unchanged, 0)).await.unwrap();
    let failure = Some(Failure::new(FailureCode::Encrypted, "needs a password"));
    let failed = JobItem { failure, ..item("c", ItemState::Failed, 0) };
    store.put_job_item(job, &failed).await.unwrap();
    store.finish_job(job, JobState::Completed, None).await.unwrap();

    let ended = store.job(&owner(), job).await.unwrap();
    assert_eq!((ended.state, ended.ended.is_some()), (JobState::Completed, true));
    let counts = ended.counts;
    assert_eq!((counts.total, counts.ready, counts.unchanged), (3, 1, 1));
    assert_eq!((counts.failed, counts.chunks), (1, 3));
    let items = store.job_items(&owner(), job, Some(ItemState::Failed)).await.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].failure, failed.failure);
    assert_eq!(store.job_items(&owner(), job, None).await.unwrap().len(), 3);
    assert_eq!(store.jobs(&owner(), 10).await.unwrap()[0].id, job);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_running_is_cancelled_when_the_store_opens_again() {
    let home = Home::new().await;
    let collection = home.store.ensure_collection("c").await.unwrap();
    let running = home.store.create_job(collection, "./a").await.unwrap();
    home.store.start_job(running).await.unwrap();
    let waiting = home.store.create_job(collection, "./b").await.unwrap();
    let home = home.reopen().await;
    let job = home.store.job(&owner(), running).await.unwrap();
    assert_eq!((job.state, job.detail.as_deref()), (JobState::Cancelled, Some("interrupted")));
    assert_eq!(home.store.job(&owner(), waiting).await.unwrap().state, JobState::Queued);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_a_hidden_collection_does_not_exist() {
    let home = Home::new().await;
    let collection = home.store.ensure_collection("hidden").await.unwrap();
    let other = home.store.ensure_collection("other").await.unwrap();
    let job = home.store.create_job(collection, "./a").await.unwrap();
    let reader = Principal::reader("reader", [other]).scope(&[]).unwrap();
    assert_eq!(home.store.job(&reader, job).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(
        home.store.job_items(&reader, job, None).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(home.store.jobs(&reader, 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_exist_is_not_found() {
    let home = Home::new().await;
    let id = footnote_core::id::JobId::generate();
    for error in [
        home.store.job(&owner(), id).await.unwrap_err(),
        home.store.start_job(id).await.unwrap_err(),
        home.store.finish_job(id, JobState::Failed, Some("x")).await.unwrap_err(),
        home.store.job_items(&owner(), id, None).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

fn item(uri: &str, state: ItemState, chunks: u64) -> JobItem {
    JobItem { uri: uri.to_owned(), document: None, state, failure: None, chunks }
}
