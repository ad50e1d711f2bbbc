//! The index is disposable: whatever happens to it, the catalog brings it back.

use footnote_core::access::Scope;
use footnote_core::query::Candidate;
use footnote_store::Store;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fixture::{Home, owner, put, search};

const QUESTIONS: [&str; 3] = ["penguin number 7", "企鹅", "walrus"];

#[tokio::test(flavor = "multi_thread")]
async fn reindexing_changes_no_search_result() {
    let home = Home::new().await;
    fill(&home.store).await;
    let before = results(&home.store, &owner()).await;
    let n_steps = AtomicUsize::new(0);
    let report = home
        .store
        .reindex(&|_, total| {
            assert_eq!(total, 30);
            n_steps.fetch_add(1, Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert_eq!((report.n_points, n_steps.into_inner()), (60, 31));
    assert_eq!(results(&home.store, &owner()).await, before);
    let home = home.reopen().await;
    assert_eq!(results(&home.store, &owner()).await, before);
    let generations = std::fs::read_dir(home.folder.path().join("index")).unwrap().count();
    assert_eq!(generations, 1, "the old generation is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_deleted_or_destroyed_is_rebuilt_when_the_store_opens() {
    for destroy in [delete, scramble] {
        let home = Home::new().await;
        fill(&home.store).await;
        let before = results(&home.store, &owner()).await;
        home.store.close().await.unwrap();
        let Home { store, folder } = home;
        drop(store);
        destroy(&folder.path().join("index/1"));
        let store = Store::open(crate::fixture::options(folder.path())).await.unwrap();
        assert_eq!(results(&store, &owner()).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reconciling_finds_nothing_to_mend_and_counts() {
    let home = Home::new().await;
    fill(&home.store).await;
    let report = home.store.reconcile().await.unwrap();
    assert_eq!((report.n_versions, report.n_chunks, report.n_points), (30, 60, 60));
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
    let integrity = home.store.integrity().await.unwrap();
    assert!(integrity.problems.is_empty(), "{:?}", integrity.problems);
    assert!(0 < integrity.catalog_bytes && 0 < integrity.index_bytes && 0 < integrity.blobs_bytes);
    assert_eq!((integrity.schema_version, integrity.n_outbox_rows), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn optimizing_changes_what_is_found_by_words_in_nothing() {
    let home = Home::new().await;
    fill(&home.store).await;
    let before = results(&home.store, &owner()).await;
    home.store.optimize().await.unwrap();
    assert_eq!(results(&home.store, &owner()).await, before);
}

fn delete(index: &std::path::Path) {
    std::fs::remove_dir_all(index).unwrap();
}

fn scramble(index: &std::path::Path) {
    std::fs::write(index.join("edge_config.json"), "{").unwrap();
    for segment in std::fs::read_dir(index.join("segments")).unwrap() {
        std::fs::write(segment.unwrap().path().join("segment.json"), "?").unwrap();
    }
}

async fn fill(store: &Store) {
    let id = store.ensure_collection("c").await.unwrap();
    for n in 0..30 {
        let english = format!("A penguin number {n} met a walrus.");
        put(store, id, &format!("doc-{n}"), &[&english, "企鹅遇见了海象。"]).await;
    }
}

/// Returns every result of some questions in a form that can be compared.
async fn results(store: &Store, scope: &Scope) -> Vec<String> {
    let mut results = Vec::new();
    for question in QUESTIONS {
        let found = search(store, scope, question).await;
        let mut list: Vec<String> = found.dense.iter().chain(&found.lexical).map(written).collect();
        list.sort();
        results.push(format!("{question} {:.4}", found.lexical_self_score));
        results.extend(list);
    }
    results
}

fn written(candidate: &Candidate) -> String {
    let passage = &candidate.passage;
    format!("{} {} {:.3}", passage.document.uri, passage.ordinal, candidate.score)
}
