//! Who gets what, in which order, and how long it takes.

use footnote_core::job::{Failure, FailureCode, ItemOutcome, Settlement};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

use super::{at_seconds, created, end, items, job, listed, set, take, take_one, worker};
use crate::fixture::{Home, in_every_home};

in_every_home![
    a_small_job_is_served_before_the_seventeenth_item_of_a_large_one,
    a_job_of_a_higher_priority_is_served_first,
    items_are_taken_up_to_so_many_bytes,
    two_workers_never_get_the_same_item,
    what_may_pass_is_tried_again_later_and_not_for_ever,
    whoever_waits_is_told_of_work_at_once,
];

async fn a_small_job_is_served_before_the_seventeenth_item_of_a_large_one(home: Home) {
    let store = &home.store;
    listed(store, 0, 1_000).await;
    assert_eq!(take(store, "w", 8).await.len(), 8);
    let small = listed(store, 0, 1).await;
    let next = take(store, "w", 8).await;
    assert!(next.iter().any(|item| item.lease.job == small));
    assert!(1 < next.len());
}

async fn a_job_of_a_higher_priority_is_served_first(home: Home) {
    let store = &home.store;
    let usual = listed(store, 0, 4).await;
    let urgent = listed(store, 5, 3).await;
    let jobs: Vec<_> = take(store, "w", 4).await.into_iter().map(|item| item.lease.job).collect();
    assert_eq!(jobs, [urgent, urgent, urgent, usual]);
    store.set_priority(&crate::fixture::owner(), usual, 9).await.unwrap();
    assert_eq!(job(store, usual).await.priority, 9);
}

async fn items_are_taken_up_to_so_many_bytes(home: Home) {
    let store = &home.store;
    listed(store, 0, 9).await;
    assert_eq!(store.take_items(&worker("w"), 9, 35).await.unwrap().len(), 3);
    assert_eq!(store.take_items(&worker("w"), 9, 1).await.unwrap().len(), 1);
}

async fn two_workers_never_get_the_same_item(home: Home) {
    let store = Arc::new(home.store);
    let id = listed(&store, 0, 200).await;
    let mut workers = JoinSet::new();
    for number in 0..4 {
        let store = Arc::clone(&store);
        workers.spawn(async move {
            let mut uris = Vec::new();
            loop {
                let taken = take(&store, &format!("w{number}"), 7).await;
                if taken.is_empty() {
                    return uris;
                }
                uris.extend(taken.iter().map(|item| item.lease.uri.clone()));
                end(&store, taken).await;
            }
        });
    }
    let uris: Vec<String> = workers.join_all().await.into_iter().flatten().collect();
    let distinct: HashSet<&String> = uris.iter().collect();
    assert_eq!((uris.len(), distinct.len()), (200, 200));
    assert_eq!(job(&store, id).await.counts.unchanged, 200);
}

async fn what_may_pass_is_tried_again_later_and_not_for_ever(home: Home) {
    let (home, clock) = at_seconds(home, 1_000).await;
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let fault = ItemOutcome::Failed(Failure::new(FailureCode::Internal, "a fault"));
    let mut n_tries = 0;
    loop {
        n_tries += 1;
        let item = take_one(store, "w").await;
        assert_eq!(item.attempt, n_tries);
        let Settlement::Again(when) = store.end_item(&item.lease, fault.clone()).await.unwrap()
        else {
            break;
        };
        assert!(take(store, "w", 9).await.is_empty());
        let waiting = items(store, id).await;
        assert_eq!(waiting[0].not_before, Some(when));
        assert_eq!(waiting[0].failure.as_ref().unwrap().detail, "a fault");
        clock.set(when);
    }
    assert_eq!((n_tries, job(store, id).await.counts.failed), (3, 1));

    let full = listed(store, 0, 1).await;
    let disk_full = ItemOutcome::Failed(Failure::new(FailureCode::DiskFull, "no room"));
    for _ in 0..9 {
        let item = take_one(store, "w").await;
        assert_eq!(item.attempt, 1);
        let settled = store.end_item(&item.lease, disk_full.clone()).await.unwrap();
        let Settlement::Again(when) = settled else { panic!("{settled:?}") };
        clock.set(when);
    }
    assert_eq!(job(store, full).await.counts.waiting, 1);
    set(&clock, 10_000);
}

async fn whoever_waits_is_told_of_work_at_once(home: Home) {
    let store = Arc::new(home.store);
    let waiting = Arc::clone(&store);
    let began = Instant::now();
    let waiter = tokio::spawn(async move {
        waiting.wait_for_work(Duration::from_mins(5)).await;
    });
    created(&store, 0).await;
    waiter.await.unwrap();
    assert!(began.elapsed() < Duration::from_mins(1));
}

/// Taking must not cost more because the job is large or much of it is done.
#[tokio::test(flavor = "multi_thread")]
async fn taking_from_ten_thousand_items_takes_the_same_time_throughout() {
    let home = Home::new().await;
    let store = &home.store;
    let began = Instant::now();
    let id = listed(store, 0, 10_000).await;
    println!("listing 10,000 items took {:?}", began.elapsed());
    let mut times = Vec::new();
    for _ in 0..40 {
        let began = Instant::now();
        let taken = take(store, "w", 16).await;
        times.push(began.elapsed());
        assert_eq!(taken.len(), 16);
        end(store, taken).await;
    }
    // The shortest of ten: a machine that is busy elsewhere only ever adds to it.
    let (first, last) = (times[..10].iter().min().unwrap(), times[30..].iter().min().unwrap());
    let began = Instant::now();
    assert_eq!(job(store, id).await.counts.unchanged, 640);
    println!("taking 16: first {first:?}, last {last:?}; reading the job {:?}", began.elapsed());
    assert!(*last < *first * 5 + Duration::from_millis(20));
}
