//! What people ask of jobs.

use footnote_core::ErrorKind;
use footnote_core::job::{Failure, FailureCode, ItemOutcome, ItemState, JobState, Retry, Stage};

use super::{created, end, items, job, listed, new_item, progress, states, take, take_one, worker};
use crate::fixture::{Home, in_every_home, owner};

in_every_home![
    a_cancelled_job_ends_at_once_and_its_workers_are_told,
    a_job_that_is_cancelled_while_it_is_listed_takes_no_more_items,
    a_paused_job_is_not_served_until_it_is_resumed,
    what_failed_is_tried_again_when_somebody_asks,
    one_item_is_tried_again,
    a_job_that_has_ended_cannot_be_cancelled_or_paused,
];

async fn a_cancelled_job_ends_at_once_and_its_workers_are_told(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 4).await;
    let taken = take(store, "w", 2).await;
    let mut orders = store.order_changes();
    orders.mark_unchanged();
    store.cancel_job(&owner(), id).await.unwrap();
    assert!(orders.has_changed().unwrap());
    let cancelled = job(store, id).await;
    assert_eq!((cancelled.state, cancelled.ended.is_some()), (JobState::Cancelled, true));
    assert_eq!((cancelled.counts.cancelled, cancelled.counts.total), (4, 4));
    assert_eq!(states(store, id).await, [ItemState::Cancelled; 4]);
    let said: Vec<_> = taken.iter().map(|item| progress(&item.lease, Stage::Parsing, 1)).collect();
    let told = store.heartbeat(&worker("w"), &said).await.unwrap();
    assert_eq!((told.lost.len(), told.cancelled), (2, vec![id]));
    assert!(take(store, "w", 9).await.is_empty());
}

async fn a_job_that_is_cancelled_while_it_is_listed_takes_no_more_items(home: Home) {
    let store = &home.store;
    let id = created(store, 0).await;
    let lease = store.take_listing(&worker("w")).await.unwrap().unwrap().lease;
    store.cancel_job(&owner(), id).await.unwrap();
    for error in [
        store.add_items(&lease, vec![new_item(0)]).await.unwrap_err(),
        store.keep_listing(&lease).await.unwrap_err(),
        store.end_listing(&lease).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
    assert_eq!(job(store, id).await.counts.total, 0);
}

async fn a_paused_job_is_not_served_until_it_is_resumed(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 2).await;
    let item = take(store, "w", 1).await.remove(0);
    store.pause_job(&owner(), id).await.unwrap();
    store.pause_job(&owner(), id).await.unwrap();
    assert!(take(store, "w", 9).await.is_empty());
    let paused = job(store, id).await;
    assert_eq!((paused.state, paused.paused.is_some()), (JobState::Running, true));
    assert_eq!((paused.counts.waiting, paused.counts.working), (2, 0));
    let said = [progress(&item.lease, Stage::Parsing, 1)];
    assert_eq!(store.heartbeat(&worker("w"), &said).await.unwrap().paused, [id]);
    store.resume_job(&owner(), id).await.unwrap();
    let taken = take(store, "w", 9).await;
    assert!(taken.iter().all(|item| item.attempt == 1 && !item.is_alone));
    assert_eq!(taken.len(), 2);
}

async fn what_failed_is_tried_again_when_somebody_asks(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 3).await;
    let mut taken = take(store, "w", 9).await;
    end(store, vec![taken.remove(0)]).await;
    let unreadable = ItemOutcome::Failed(Failure::new(FailureCode::Unreadable, "damaged"));
    for item in &taken {
        store.end_item(&item.lease, unreadable.clone()).await.unwrap();
    }
    assert_eq!(job(store, id).await.state, JobState::Completed);
    assert_eq!(store.retry_items(&owner(), id, Retry::Failed).await.unwrap(), 2);
    let running = job(store, id).await;
    assert_eq!((running.state, running.ended), (JobState::Running, None));
    assert_eq!((running.counts.waiting, running.counts.failed), (2, 0));
    let again = take(store, "w", 9).await;
    assert!(again.iter().all(|item| item.attempt == 1));
    end(store, again).await;
    assert_eq!(job(store, id).await.state, JobState::Completed);
    assert_eq!(store.retry_items(&owner(), id, Retry::Failed).await.unwrap(), 0);
    assert_eq!(job(store, id).await.state, JobState::Completed);
}

async fn one_item_is_tried_again(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 2).await;
    store.cancel_job(&owner(), id).await.unwrap();
    let one = |uri| Retry::One { root: "/root", uri };
    let unknown = store.retry_items(&owner(), id, one("nothing")).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert_eq!(store.retry_items(&owner(), id, one("00001")).await.unwrap(), 1);
    assert_eq!(states(store, id).await, [ItemState::Cancelled, ItemState::Queued]);
    end(store, vec![take_one(store, "w").await]).await;
    assert_eq!(job(store, id).await.state, JobState::Completed);
    let done = store.retry_items(&owner(), id, one("00001")).await.unwrap_err();
    assert_eq!(done.kind(), ErrorKind::Conflict);
    assert_eq!(items(store, id).await.len(), 2);
}

async fn a_job_that_has_ended_cannot_be_cancelled_or_paused(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 0).await;
    for error in [
        store.cancel_job(&owner(), id).await.unwrap_err(),
        store.pause_job(&owner(), id).await.unwrap_err(),
        store.resume_job(&owner(), id).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
}
