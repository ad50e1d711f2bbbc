//! Workers that vanish, come back too late, or end by what they read.

use footnote_core::ErrorKind;
use footnote_core::job::{
    FailureCode, ItemOutcome, ItemState, JobState, NewItem, Place, Settlement, Stage,
};
use footnote_store::Store;
use std::sync::Arc;

use super::{
    at_seconds, collection, created, end, items, job, listed, new_item, progress, set, states,
    take, take_one, worker,
};
use crate::fixture::{
    Home, SetClock, in_every_home, owner, put_embeddings, search, texts, version,
};

in_every_home![
    a_lease_that_expires_is_taken_back_and_its_holder_cannot_write,
    a_heartbeat_keeps_a_lease,
    an_item_without_progress_is_shown_as_stalled_and_ends_at_its_deadline,
    a_listing_that_is_interrupted_goes_on_elsewhere,
    what_a_worker_gives_back_costs_nothing,
    the_version_of_a_cancelled_job_is_never_found,
];

async fn a_lease_that_expires_is_taken_back_and_its_holder_cannot_write(home: Home) {
    let (home, clock) = at_seconds(home, 1_000).await;
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let c = collection(store).await;
    let zombie = take_one(store, "zombie").await;
    set(&clock, 1_059);
    assert_eq!(store.reap_expired().await.unwrap(), 0);
    set(&clock, 1_061);
    assert_eq!(store.reap_expired().await.unwrap(), 1);
    let heir = take_one(store, "heir").await;
    assert_eq!((heir.lease.epoch, heir.attempt), (2, 1));

    let old = version(c, "00000", &["old penguins"]);
    put_embeddings(store, &old).await;
    let refused = store.put_version(old, Some(&zombie.lease)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    let refused = store.end_item(&zombie.lease, ItemOutcome::Released).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(texts(store, &owner(), "penguins").await.is_empty());

    let new = version(c, "00000", &["new penguins"]);
    put_embeddings(store, &new).await;
    store.put_version(new, Some(&heir.lease)).await.unwrap();
    assert_eq!(texts(store, &owner(), "penguins").await, ["new penguins"]);
    assert_eq!(job(store, id).await.state, JobState::Completed);
    let orders =
        store.heartbeat(&worker("zombie"), &[progress(&zombie.lease, Stage::Embedding, 1)]).await;
    assert_eq!(orders.unwrap().lost, [zombie.lease]);
}

async fn a_heartbeat_keeps_a_lease(home: Home) {
    let (home, clock) = at_seconds(home, 1_000).await;
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let item = take_one(store, "w").await;
    for minute in 1..5 {
        set(&clock, 1_000 + minute * 50);
        let said = [progress(&item.lease, Stage::Embedding, minute.unsigned_abs())];
        assert!(store.heartbeat(&worker("w"), &said).await.unwrap().lost.is_empty());
        assert_eq!(store.reap_expired().await.unwrap(), 0);
    }
    assert_eq!(states(store, id).await, [ItemState::Embedding]);
}

async fn an_item_without_progress_is_shown_as_stalled_and_ends_at_its_deadline(home: Home) {
    let (home, clock) = at_seconds(home, 1_000).await;
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let item = take_one(store, "w").await;
    let said = [progress(&item.lease, Stage::Embedding, 3)];
    store.heartbeat(&worker("w"), &said).await.unwrap();
    assert_eq!(items(store, id).await[0].stall, None);
    set(&clock, 1_065);
    assert!(store.heartbeat(&worker("w"), &said).await.unwrap().lost.is_empty());
    let stall = store.items_in_work(&owner(), id).await.unwrap()[0].stall.clone().unwrap();
    assert_eq!(stall.to_string(), "no progress in embedding by w");
    assert_eq!(stall.since.0, 1_000_000);
    set(&clock, 1_000 + 15 * 60);
    let orders = store.heartbeat(&worker("w"), &said).await.unwrap();
    assert_eq!(orders.lost, [item.lease]);
    let waiting = &items(store, id).await[0];
    let code = waiting.failure.as_ref().map(|failure| failure.code);
    assert_eq!((waiting.state, code), (ItemState::Queued, Some(FailureCode::Timeout)));
}

async fn a_listing_that_is_interrupted_goes_on_elsewhere(home: Home) {
    let (home, clock) = at_seconds(home, 1_000).await;
    let store = &home.store;
    let id = created(store, 0).await;
    let lost = store.take_listing(&worker("lost")).await.unwrap().unwrap().lease;
    store.add_items(&lost, (0..3).map(new_item).collect()).await.unwrap();
    set(&clock, 1_100);
    assert_eq!(store.reap_expired().await.unwrap(), 1);
    let heir = store.take_listing(&worker("heir")).await.unwrap().unwrap().lease;
    let late = store.add_items(&lost, vec![new_item(9)]).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
    assert_eq!(store.end_listing(&lost).await.unwrap_err().kind(), ErrorKind::Conflict);
    store.keep_listing(&heir).await.unwrap();
    store.add_items(&heir, (0..5).map(new_item).collect()).await.unwrap();
    store.end_listing(&heir).await.unwrap();
    assert_eq!(job(store, id).await.counts.waiting, 5);
}

async fn what_a_worker_gives_back_costs_nothing(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    for _ in 0..9 {
        let item = take_one(store, "w").await;
        assert_eq!((item.attempt, item.is_alone), (1, false));
        let settled = store.end_item(&item.lease, ItemOutcome::Released).await.unwrap();
        assert!(matches!(settled, Settlement::Again(_)));
    }
    assert_eq!(states(store, id).await, [ItemState::Queued]);
}

async fn the_version_of_a_cancelled_job_is_never_found(home: Home) {
    let store = &home.store;
    let id = listed(store, 0, 1).await;
    let item = take_one(store, "w").await;
    let new = version(collection(store).await, "00000", &["secret walrus"]);
    put_embeddings(store, &new).await;
    store.cancel_job(&owner(), id).await.unwrap();
    let refused = store.put_version(new, Some(&item.lease)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    let home = home.reopen().await;
    assert!(search(&home.store, &owner(), "walrus").await.lexical.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_the_work_goes_on_with_nothing_lost_and_nothing_twice() {
    let home = Home::new().await;
    let id = listed(&home.store, 0, 20).await;
    let unlisted = created(&home.store, 0).await;
    home.store.take_listing(&worker("w")).await.unwrap().unwrap();
    end(&home.store, take(&home.store, "w", 5).await).await;
    assert_eq!(take(&home.store, "w", 5).await.len(), 5);
    let home = home.reopen().await;
    assert_eq!(job(&home.store, id).await.state, JobState::Running);
    assert_eq!(home.store.take_listing(&worker("v")).await.unwrap().unwrap().brief.id, unlisted);
    let mut n_taken = 0;
    loop {
        let taken = take(&home.store, "v", 6).await;
        if taken.is_empty() {
            break;
        }
        n_taken += taken.len();
        end(&home.store, taken).await;
    }
    assert_eq!((n_taken, job(&home.store, id).await.counts.unchanged), (15, 20));
    assert_eq!(job(&home.store, id).await.state, JobState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_ends_the_program_is_set_aside_and_its_neighbours_get_through() {
    let clock = Arc::new(SetClock::default());
    set(&clock, 1_000);
    let mut home = Home::going_by(&clock).await;
    let id = listed(&home.store, 0, 6).await;
    let mut now = 1_000;
    let mut n_starts = 0;
    while job(&home.store, id).await.state != JobState::Completed {
        n_starts += 1;
        assert!(n_starts < 20);
        work_until_it_ends(&home.store, n_starts).await;
        now += 600;
        set(&clock, now);
        home = home.reopen().await;
    }
    let ended = items(&home.store, id).await;
    let set_aside: Vec<_> = ended.iter().filter(|item| item.state == ItemState::Failed).collect();
    assert_eq!((set_aside.len(), set_aside[0].uri.as_str()), (1, "00003"));
    let failure = set_aside[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, FailureCode::Crashed);
    assert!(failure.detail.contains("footnote jobs retry"), "{}", failure.detail);
    assert_eq!(job(&home.store, id).await.counts.unchanged, 5);
}

/// Takes all there is again and again, and ends items until the one that ends the program.
async fn work_until_it_ends(store: &Store, start: usize) {
    loop {
        let taken = take(store, &format!("w{start}"), 10).await;
        if taken.is_empty() || taken[0].lease.uri == "00003" {
            return;
        }
        let is_poisoned = taken.iter().any(|item| item.lease.uri == "00003");
        assert!(!is_poisoned || taken.iter().all(|item| !item.is_alone));
        if is_poisoned {
            return;
        }
        end(store, taken).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_may_name_any_place() {
    let home = Home::new().await;
    let store = &home.store;
    created(store, 0).await;
    let lease = store.take_listing(&worker("w")).await.unwrap().unwrap().lease;
    let places = [
        Place::Remote { locator: "s3://bucket/key".to_owned() },
        Place::Blob { content: footnote_core::id::ContentHash::of(b"x") },
        Place::Gone { document: crate::fixture::document_id(collection(store).await, "x") },
    ];
    let items = places.iter().enumerate();
    let items = items.map(|(n, place)| NewItem { place: place.clone(), ..new_item(n) }).collect();
    store.add_items(&lease, items).await.unwrap();
    let taken: Vec<Place> = take(store, "w", 9).await.into_iter().map(|item| item.place).collect();
    assert_eq!(taken, places);
}
