//! The queue of work: nothing lost, nothing twice, nobody starved, whatever happens to workers.

mod asking;
mod losing;
mod reading;
mod taking;

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, JobId};
use footnote_core::job::{
    ItemFilter, ItemLease, ItemOutcome, ItemState, Job, JobItem, JobKind, NewItem, NewJob, Place,
    Progress, Stage, TakenItem, WorkerId,
};
use footnote_store::{Store, StoreOptions};
use std::sync::Arc;

use crate::fixture::{Home, SetClock, document_id, owner};

/// Puts a job of so many items into the queue and lists it.
async fn listed(store: &Store, priority: i64, n_items: usize) -> JobId {
    let job = created(store, priority).await;
    let lease = store.take_listing(&worker("lister")).await.unwrap().unwrap().lease;
    assert_eq!(lease.job, job);
    store.add_items(&lease, (0..n_items).map(new_item).collect()).await.unwrap();
    store.end_listing(&lease).await.unwrap();
    job
}

async fn created(store: &Store, priority: i64) -> JobId {
    let collection = store.ensure_collection("c").await.unwrap();
    let new = NewJob {
        collection,
        source: "./docs".to_owned(),
        kind: JobKind::Ingest,
        request: "{}".to_owned(),
        priority,
    };
    store.create_job(new).await.unwrap()
}

fn new_item(number: usize) -> NewItem {
    let uri = format!("{number:05}");
    let place = Place::File { path: format!("/root/{uri}").into() };
    let modified = Some(Timestamp(7));
    NewItem { root: "/root".to_owned(), uri, place, size_bytes: 10, modified, tag: None }
}

fn worker(name: &str) -> WorkerId {
    WorkerId::from_name(name.to_owned())
}

async fn take(store: &Store, name: &str, limit: usize) -> Vec<TakenItem> {
    store.take_items(&worker(name), limit, u64::MAX).await.unwrap()
}

/// Takes the one item that there is to take.
async fn take_one(store: &Store, name: &str) -> TakenItem {
    let mut taken = take(store, name, 10).await;
    assert_eq!(taken.len(), 1);
    taken.remove(0)
}

/// Ends items as unchanged.
async fn end(store: &Store, taken: Vec<TakenItem>) {
    for item in taken {
        let document = document_id(item.job.collection, &item.lease.uri);
        let outcome = ItemOutcome::Unchanged(document);
        store.end_item(&item.lease, outcome).await.unwrap();
    }
}

fn progress(lease: &ItemLease, stage: Stage, progress: u64) -> Progress {
    Progress { lease: lease.clone(), stage, progress }
}

async fn job(store: &Store, id: JobId) -> Job {
    store.job(&owner(), id).await.unwrap()
}

async fn items(store: &Store, id: JobId) -> Vec<JobItem> {
    store.job_items(&owner(), id, &ItemFilter::default(), 1_000).await.unwrap()
}

async fn states(store: &Store, id: JobId) -> Vec<ItemState> {
    items(store, id).await.into_iter().map(|item| item.state).collect()
}

async fn collection(store: &Store) -> CollectionId {
    store.collection_named(&owner(), "c").await.unwrap()
}

/// Opens a home again that goes by a clock, which shows this many seconds.
async fn at_seconds(home: Home, seconds: i64) -> (Home, Arc<SetClock>) {
    let clock = Arc::new(SetClock::default());
    set(&clock, seconds);
    let going = Arc::<SetClock>::clone(&clock);
    let options = StoreOptions { clock: going, ..home.options() };
    (home.try_reopen(options).await.unwrap(), clock)
}

fn set(clock: &SetClock, seconds: i64) {
    clock.set(Timestamp(seconds * 1_000));
}
