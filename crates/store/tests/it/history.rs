//! Versions: when each served, how old ones are read, and how many are kept.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::clock::Timestamp;
use footnote_core::config::StoreConfig;
use footnote_core::id::{ContentHash, DocumentId};
use footnote_store::{Life, Store, StoreOptions, VersionRef, VersionState};
use std::sync::Arc;

use crate::fixture::{Home, SetClock, document_id, options, owner, put};

const DAY_MS: i64 = 86_400_000;

fn life(from: i64, until: Option<i64>) -> Life {
    Life { from: Timestamp(from), until: until.map(Timestamp) }
}

async fn text(store: &Store, id: DocumentId, version: Option<VersionRef>) -> String {
    store.document_text(&owner(), id, version).await.unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_life_of_every_version_is_told() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let id = document_id(c, "a");
    for (moment, words) in [(100, "one"), (200, "two"), (300, "one"), (400, "three")] {
        clock.set(Timestamp(moment));
        put(store, c, "a", &[words]).await;
    }
    let versions = store.versions(&owner(), id).await.unwrap();
    let told: Vec<_> = versions.iter().map(|v| (v.state, v.content, v.lives.clone())).collect();
    let of = |words: &str| ContentHash::of(words.as_bytes());
    assert_eq!(
        told,
        [
            (VersionState::Live, of("three"), vec![life(400, None)]),
            (VersionState::Superseded, of("one"), vec![life(100, Some(200)), life(300, Some(400))]),
            (VersionState::Superseded, of("two"), vec![life(200, Some(300))]),
        ]
    );
    assert_eq!(versions[0].size_bytes, 5);

    clock.set(Timestamp(500));
    store.remove_document(id).await.unwrap();
    let gone = store.versions(&owner(), id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    clock.set(Timestamp(600));
    put(store, c, "a", &["three"]).await;
    let versions = store.versions(&owner(), id).await.unwrap();
    assert_eq!(versions.len(), 1, "what was removed does not come back with it");
    assert_eq!(versions[0].lives, [life(400, Some(500)), life(600, None)]);
    let reader = Principal::reader("r", []).scope(&[]).unwrap();
    let hidden = store.versions(&reader, id).await.unwrap_err();
    assert_eq!(hidden.message(), gone.message(), "hidden looks like missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_opens_and_says_since_when_it_is_old() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let id = document_id(c, "a");
    clock.set(Timestamp(100));
    let first = put(store, c, "a", &["old words", "tail"]).await;
    let live = store.document_text(&owner(), id, None).await.unwrap();
    assert_eq!((live.standing.state, live.standing.changed_since), (VersionState::Live, None));
    clock.set(Timestamp(200));
    put(store, c, "a", &["new words"]).await;

    let by_content = VersionRef::Content(ContentHash::of(b"old words\ntail"));
    for version in [by_content, VersionRef::Id(first), VersionRef::AsOf(Timestamp(199))] {
        let old = store.document_text(&owner(), id, Some(version)).await.unwrap();
        assert_eq!(old.text, "old words\ntail");
        assert_eq!(old.standing.state, VersionState::Superseded);
        assert_eq!(old.standing.live, Some(ContentHash::of(b"new words")));
        assert_eq!(old.standing.changed_since, Some(Timestamp(200)));
        let (standing, chunks) = store.document_chunks(&owner(), id, Some(version)).await.unwrap();
        assert_eq!((standing, chunks.len()), (old.standing, 2));
        let original = store.original(&owner(), id, Some(version)).await.unwrap();
        assert_eq!(store.read_blob(&original.content).await.unwrap(), b"old words\ntail");
        assert_eq!(original.standing, old.standing);
    }
    assert_eq!(text(store, id, Some(VersionRef::AsOf(Timestamp(200)))).await, "new words");
    let before = Some(VersionRef::AsOf(Timestamp(99)));
    let error = store.document_text(&owner(), id, before).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_old_versions_are_kept_as_configured_and_no_older_ones() {
    let clock = Arc::new(SetClock::default());
    for (keep_versions, keep_days, kept) in [(2, 0, vec![5, 4, 3]), (9, 2, vec![5, 4, 3, 2])] {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig { keep_versions, keep_days, ..options(folder.path()).config };
        let clock = Arc::clone(&clock);
        let dated = StoreOptions { config, clock: clock.clone(), ..options(folder.path()) };
        let store = Store::open(dated).await.unwrap();
        let c = store.ensure_collection("c").await.unwrap();
        for day in 1..=5 {
            clock.set(Timestamp(day * DAY_MS));
            put(&store, c, "a", &[&format!("words of day {day}")]).await;
            put(&store, c, "b", &["these never change"]).await;
        }
        let report = store.vacuum().await.unwrap();
        let id = document_id(c, "a");
        let versions = store.versions(&owner(), id).await.unwrap();
        let of_day = |day: &i32| ContentHash::of(format!("words of day {day}").as_bytes());
        let left: Vec<ContentHash> = versions.iter().map(|version| version.content).collect();
        assert_eq!(left, kept.iter().map(of_day).collect::<Vec<_>>());
        let n_dropped = 5 - kept.len() as u64;
        assert_eq!((report.n_versions, report.n_documents), (n_dropped, 0));
        assert_eq!((report.n_embeddings, report.n_originals), (n_dropped, n_dropped));
        assert_eq!(text(&store, document_id(c, "b"), None).await, "these never change");
        assert!(store.reconcile().await.unwrap().n_mended == 0);
    }
}
