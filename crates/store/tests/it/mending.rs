//! The index is disposable: whatever happens to it, the catalog brings it back.

use footnote_core::access::Scope;
use footnote_core::id::{ChunkId, CollectionId, ContentHash, VersionId};
use footnote_core::index::{Index as _, IndexedVersion, Point, SparseVector};
use footnote_core::query::Candidate;
use footnote_store::Store;
use footnote_store::index::edge::EdgeIndex;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fixture::{DIMENSION, Home, document_id, embed, in_every_home, owner, put, search};

in_every_home![
    reindexing_changes_no_search_result,
    reconciling_finds_nothing_to_mend_and_counts,
    optimizing_changes_what_is_found_by_words_in_nothing,
];

const QUESTIONS: [&str; 3] = ["penguin number 7", "企鹅", "walrus"];

async fn reindexing_changes_no_search_result(home: Home) {
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
    if !home.is_cluster() {
        let generations = std::fs::read_dir(home.folder.path().join("index")).unwrap().count();
        assert_eq!(generations, 1, "the old generation is gone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_deleted_or_destroyed_is_rebuilt_when_the_store_opens() {
    for destroy in [delete, scramble] {
        let home = Home::new().await;
        fill(&home.store).await;
        let before = results(&home.store, &owner()).await;
        home.store.close().await.unwrap();
        let Home { store, folder, .. } = home;
        drop(store);
        destroy(&folder.path().join("index/1"));
        let store = Store::open(crate::fixture::options(folder.path())).await.unwrap();
        assert_eq!(results(&store, &owner()).await, before);
    }
}

async fn reconciling_finds_nothing_to_mend_and_counts(home: Home) {
    fill(&home.store).await;
    let report = home.store.reconcile().await.unwrap();
    assert_eq!((report.n_versions, report.n_chunks, report.n_points), (30, 60, 60));
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
    let integrity = home.store.integrity().await.unwrap();
    assert!(integrity.problems.is_empty(), "{:?}", integrity.problems);
    assert!(0 < integrity.catalog_bytes);
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let n_migrations = std::fs::read_dir(migrations).unwrap().count();
    assert_eq!(integrity.schema_version, i64::try_from(n_migrations).unwrap());
    // What a server has taken is remembered until it has surely written it.
    assert_eq!(integrity.n_outbox_rows == 0, !home.is_cluster());
}

async fn optimizing_changes_what_is_found_by_words_in_nothing(home: Home) {
    fill(&home.store).await;
    let before = results(&home.store, &owner()).await;
    home.store.optimize().await.unwrap();
    assert_eq!(results(&home.store, &owner()).await, before);
}

fn delete(index: &Path) {
    std::fs::remove_dir_all(index).unwrap();
}

fn scramble(index: &Path) {
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

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_looked_at_as_it_is_and_repaired_only_when_asked() {
    let home = Home::new().await;
    fill(&home.store).await;
    home.store.close().await.unwrap();
    let options = home.options();
    let Home { store, folder, .. } = home;
    drop(store);
    let index = EdgeIndex::open(&folder.path().join("index/1"), DIMENSION).unwrap();
    let known = *index.versions().await.unwrap().keys().next().unwrap();
    index.remove(known).await.unwrap();
    let collection = CollectionId::named("c");
    let document = document_id(collection, "nothing stands behind it");
    let version = VersionId::derive(document, &ContentHash::of(b""), "");
    let media_type = "text/plain".to_owned();
    let orphan = IndexedVersion { collection, document, version, media_type };
    let point = Point {
        chunk: ChunkId::nth(version, 0),
        dense: embed("orphan"),
        sparse: SparseVector { indices: vec![7], values: vec![1.0] },
    };
    index.replace(&orphan, vec![point]).await.unwrap();
    index.flush().await.unwrap();
    drop(index);

    let store = Store::open_as_it_is(options).await.unwrap();
    for _look in 0..2 {
        let report = store.compare().await.unwrap();
        assert_eq!((report.n_mended, report.n_orphans), (1, 1));
    }
    store.reconcile().await.unwrap();
    let report = store.compare().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
    assert_eq!((report.n_points, report.n_chunks), (60, 60));
}
