//! What people see of jobs and items.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::id::JobId;
use footnote_core::job::{
    Failure, FailureCode, ItemFilter, ItemOutcome, ItemState, JobFilter, JobState, Settlement,
};

use super::{collection, created, end, items, job, listed, new_item, take, worker};
use crate::fixture::{Home, document_id, in_every_home, owner, put_embeddings, version};

in_every_home![
    a_job_counts_its_items_by_how_they_ended,
    a_job_completes_with_its_last_item,
    a_job_without_items_completes_when_it_is_listed,
    a_job_that_cannot_be_listed_fails_with_its_reason,
    jobs_and_items_are_read_page_by_page,
    a_job_of_a_hidden_collection_does_not_exist,
];

async fn a_job_counts_its_items_by_how_they_ended(home: Home) {
    let store = &home.store;
    let id = created(store, 0).await;
    assert_eq!(job(store, id).await.state, JobState::Queued);
    let lease = store.take_listing(&worker("w")).await.unwrap().unwrap().lease;
    assert!(store.take_listing(&worker("v")).await.unwrap().is_none());
    let failure = Failure::new(FailureCode::Unsupported, "a film");
    store.add_failed_items(&lease, vec![(new_item(9), failure.clone())]).await.unwrap();
    store.add_items(&lease, (0..4).map(new_item).collect()).await.unwrap();
    store.add_items(&lease, (2..4).map(new_item).collect()).await.unwrap();
    store.end_listing(&lease).await.unwrap();

    let c = collection(store).await;
    let taken = take(store, "w", 10).await;
    let new = version(c, &taken[0].lease.uri, &["first words", "second words"]);
    put_embeddings(store, &new).await;
    store.put_version(new, Some(&taken[0].lease)).await.unwrap();
    let document = document_id(c, &taken[1].lease.uri);
    let removed = ItemOutcome::Removed(document);
    let settled = store.end_item(&taken[1].lease, removed).await.unwrap();
    assert_eq!(settled, Settlement::Ended(ItemState::Removed));
    let encrypted = ItemOutcome::Failed(Failure::new(FailureCode::Encrypted, "a password"));
    store.end_item(&taken[2].lease, encrypted).await.unwrap();

    let running = job(store, id).await;
    let counts = running.counts;
    assert_eq!((running.state, counts.total, counts.working), (JobState::Running, 5, 1));
    assert_eq!((counts.ready, counts.chunks), (1, 2));
    assert_eq!((counts.removed, counts.failed, counts.waiting), (1, 2, 0));
    let all = items(store, id).await;
    let ready = all.iter().find(|item| item.state == ItemState::Ready).unwrap();
    assert_eq!((ready.chunks, ready.document), (2, Some(document_id(c, &taken[0].lease.uri))));
    assert_eq!(all[4].failure, Some(failure));
}

async fn a_job_completes_with_its_last_item(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 2).await;
    let mut taken = take(store, "w", 10).await;
    let last = taken.split_off(1);
    end(store, taken).await;
    assert_eq!(job(store, id).await.state, JobState::Running);
    end(store, last).await;
    let ended = job(store, id).await;
    assert_eq!((ended.state, ended.ended.is_some()), (JobState::Completed, true));
    assert_eq!(store.queue_depth(&owner()).await.unwrap().n_jobs, 0);
}

async fn a_job_without_items_completes_when_it_is_listed(home: Home) {
    let id = listed(&home.store, 0, 0).await;
    assert_eq!(job(&home.store, id).await.state, JobState::Completed);
}

async fn a_job_that_cannot_be_listed_fails_with_its_reason(home: Home) {
    let store = &home.store;
    let id = created(store, 0).await;
    let lease = store.take_listing(&worker("w")).await.unwrap().unwrap().lease;
    store.add_items(&lease, vec![new_item(0)]).await.unwrap();
    store.fail_job(&lease, "the folder is gone").await.unwrap();
    let failed = job(store, id).await;
    let detail = failed.detail.as_deref();
    assert_eq!((failed.state, detail), (JobState::Failed, Some("the folder is gone")));
    assert_eq!((failed.counts.cancelled, failed.counts.waiting), (1, 0));
    let late = store.add_items(&lease, vec![new_item(1)]).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
}

async fn jobs_and_items_are_read_page_by_page(home: Home) {
    let store = &home.store;
    let first = listed(store, 0, 5).await;
    let second = listed(store, 0, 0).await;
    let newest = store.jobs(&owner(), &JobFilter::default(), 1).await.unwrap();
    assert_eq!(newest[0].id, second);
    let older = JobFilter { before: Some(second), ..JobFilter::default() };
    assert_eq!(store.jobs(&owner(), &older, 9).await.unwrap()[0].id, first);
    let running = JobFilter { state: Some(JobState::Running), ..JobFilter::default() };
    assert_eq!(store.jobs(&owner(), &running, 9).await.unwrap().len(), 1);

    let after = Some(("/root".to_owned(), "00002".to_owned()));
    let filter = ItemFilter { state: Some(ItemState::Queued), after };
    let page = store.job_items(&owner(), first, &filter, 1).await.unwrap();
    assert_eq!(page[0].uri, "00003");
    let failed = ItemFilter { state: Some(ItemState::Failed), after: None };
    assert!(store.job_items(&owner(), first, &failed, 9).await.unwrap().is_empty());
}

async fn a_job_of_a_hidden_collection_does_not_exist(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let other = store.ensure_collection("other").await.unwrap();
    let reader = Principal::reader("reader", [other]).scope(&[]).unwrap();
    let filter = ItemFilter::default();
    for error in [
        store.job(&reader, id).await.unwrap_err(),
        store.job_items(&reader, id, &filter, 9).await.unwrap_err(),
        store.cancel_job(&reader, id).await.unwrap_err(),
        store.job(&owner(), JobId::generate()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    assert!(store.jobs(&reader, &JobFilter::default(), 9).await.unwrap().is_empty());
    assert_eq!(store.queue_depth(&reader).await.unwrap().n_waiting, 0);
}
