//! What is purged is found nowhere in the data directory, and what lives is left alone.

use footnote_core::access::Principal;
use footnote_core::clock::Timestamp;
use footnote_core::corpus::Corpus as _;
use footnote_core::id::{CollectionId, ContentHash};
use footnote_core::job::{
    Failure, FailureCode, ItemOutcome, JobFilter, JobKind, JobState, NewItem, NewJob, Place,
    WorkerId,
};
use footnote_core::query::SearchRequest;
use footnote_store::{NewVersion, Original, PurgeReport, Store, VersionRef, Which};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::canary::{Canary, files_with};
use crate::fixture::{
    Home, SetClock, document_id, embed, in_every_home, owner, put, put_embeddings, search, texts,
    version,
};

in_every_home![
    a_purged_collection_leaves_nothing_but_what_others_share,
    an_original_that_an_item_still_needs_is_left,
    old_versions_are_dropped_and_named_no_more,
    only_versions_that_are_kept_count_as_kept,
    several_documents_are_removed_together_or_not_at_all,
];

/// The source root of every document of these tests.
const ROOT: &str = "/root";

const HOUR: Duration = Duration::from_hours(1);

/// Makes a version that carries a canary wherever a document carries words.
fn laden(c: CollectionId, canary: &Canary, twist: &str) -> NewVersion {
    let word = &canary.word;
    let uri = format!("{word}-folder/{word}.txt");
    let paragraph = format!("Here sings the {word}{twist}.");
    let mut new = version(c, &uri, &[&paragraph, "Nothing special stands here."]);
    new.parsed.title = Some(format!("About the {word}"));
    new.parsed.notes = vec![format!("page 2 of {word} is empty")];
    for block in &mut new.parsed.blocks {
        block.headings = vec![format!("Chapter on the {word}")];
    }
    for chunk in &mut new.chunks {
        chunk.chunk.headings = vec![format!("Chapter on the {word}")];
    }
    new.original = Some(Original::Bytes(format!("raw {word}{twist}").into_bytes().into()));
    new.content = ContentHash::of(format!("raw {word}{twist}").as_bytes());
    new
}

/// Writes down that a document failed to be read, with its name everywhere a job has words.
async fn fail(store: &Store, c: CollectionId, canary: &Canary) {
    let word = &canary.word;
    let uri = format!("{word}-folder/{word}.txt");
    for (source, others) in [(format!("{ROOT}/{uri}"), vec![]), (ROOT.to_owned(), vec!["other"])] {
        let new = NewJob {
            collection: c,
            source,
            kind: JobKind::Ingest,
            request: format!("{{\"paths\":[\"{ROOT}/{uri}\"],\"n\":1}}"),
            priority: 0,
        };
        store.create_job(new).await.unwrap();
        let worker = WorkerId::generate("test", 1);
        let listing = store.take_listing(&worker).await.unwrap().unwrap();
        let item = |uri: &str| NewItem {
            root: ROOT.to_owned(),
            uri: uri.to_owned(),
            place: Place::File { path: format!("{ROOT}/{uri}").into() },
            size_bytes: 1,
            modified: None,
            tag: None,
        };
        let mut items = vec![item(&uri)];
        items.extend(others.into_iter().map(item));
        store.add_items(&listing.lease, items).await.unwrap();
        store.end_listing(&listing.lease).await.unwrap();
        for item in store.take_items(&worker, 10, 1 << 20).await.unwrap() {
            let detail = format!("cannot read {}", item.lease.uri);
            let failure = Failure::new(FailureCode::Encrypted, detail);
            store.end_item(&item.lease, ItemOutcome::Failed(failure)).await.unwrap();
        }
    }
}

async fn put_new(store: &Store, new: NewVersion) {
    put_embeddings(store, &new).await;
    store.put_version(new, None).await.unwrap();
}

/// Removes for good and returns what the report says and the files that still hold the canary.
async fn purge(home: &Home, which: Which, canary: &Canary) -> (PurgeReport, Vec<String>) {
    let report = home.store.purge(which).await.unwrap();
    (report, files_with(home.folder.path(), canary))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purged_document_is_found_in_no_file() {
    for word in ["zanzibarcanary", "金丝雀暗号鸟"] {
        let canary = Canary { word: word.to_owned() };
        let home = Home::new().await;
        let store = &home.store;
        let c = store.ensure_collection("c").await.unwrap();
        put(store, c, "stays", &["Penguins stay where they are."]).await;
        put_new(store, laden(c, &canary, " once")).await;
        put_new(store, laden(c, &canary, " today")).await;
        fail(store, c, &canary).await;
        store.checkpoint().await.unwrap();
        assert!(!files_with(home.folder.path(), &canary).is_empty(), "the search would find it");

        let id = document_id(c, &format!("{word}-folder/{word}.txt"));
        let nothing = store.purge(Which::Documents(vec![id])).await.unwrap();
        assert!(!nothing.has_removed_any(), "it lives: {nothing:?}");
        store.remove_documents(&[id]).await.unwrap();
        let (report, files) = purge(&home, Which::Documents(vec![id]), &canary).await;
        assert_eq!(files, [""; 0], "{report:?}");
        let counts = (report.n_documents, report.n_versions, report.n_chunks);
        assert_eq!(counts, (1, 2, 4));
        assert_eq!((report.n_embeddings, report.n_originals), (3, 2));
        assert_eq!((report.n_job_items, report.n_jobs, report.n_waiting), (2, 1, 0));
        assert!(0 < report.freed_bytes);

        assert_eq!(texts(store, &owner(), "penguins").await, ["Penguins stay where they are."]);
        let jobs = store.jobs(&owner(), &JobFilter::default(), 10).await.unwrap();
        assert_eq!(jobs.len(), 1, "the job with another item is remembered");
        let home = home.reopen().await;
        assert_eq!(files_with(home.folder.path(), &canary), [""; 0], "nor after reopening");
        assert!(home.store.integrity().await.unwrap().problems.is_empty());
        assert_eq!(home.store.reconcile().await.unwrap().n_orphans, 0);
    }
}

async fn a_purged_collection_leaves_nothing_but_what_others_share(home: Home) {
    let store = &home.store;
    let canary = Canary { word: "zanzibarcanary".to_owned() };
    let gone = store.ensure_collection("zanzibarcanary").await.unwrap();
    let stays = store.ensure_collection("stays").await.unwrap();
    put_new(store, laden(gone, &canary, "")).await;
    put(store, gone, "shared", &["Both collections hold these words."]).await;
    put(store, stays, "shared", &["Both collections hold these words."]).await;
    fail(store, gone, &canary).await;
    store.remove_collection(gone).await.unwrap();
    let (report, files) = purge(&home, Which::Collection(gone), &canary).await;
    assert_eq!(files, [""; 0], "{report:?}");
    assert_eq!((report.n_collections, report.n_documents), (1, 2));
    assert_eq!((report.n_originals, report.n_embeddings), (1, 2), "what is shared stays");

    let found = search(store, &owner(), "shared\nBoth collections hold these words.").await;
    assert!(0.99 < found.dense[0].score);
    let original = store.original(&owner(), document_id(stays, "shared"), None).await.unwrap();
    assert_eq!(
        store.read_blob(&original.content).await.unwrap(),
        b"Both collections hold these words."
    );
    let again = store.purge(Which::Collection(gone)).await.unwrap();
    assert!(!again.has_removed_any());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_goes_on_forgets_the_names_of_purged_files() {
    let canary = Canary { word: "zanzibarcanary".to_owned() };
    let name = format!("{}.txt", canary.word);
    let home = Home::new().await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let new = NewJob {
        collection: c,
        source: format!("{ROOT}/{name} {ROOT}/other.txt"),
        kind: JobKind::Ingest,
        request: format!("{{\"paths\":[\"{ROOT}/{name}\",\"{ROOT}/other.txt\"]}}"),
        priority: 0,
    };
    let job = store.create_job(new).await.unwrap();
    let worker = WorkerId::generate("test", 1);
    let listing = store.take_listing(&worker).await.unwrap().unwrap();
    let item = |uri: &str| NewItem {
        root: ROOT.to_owned(),
        uri: uri.to_owned(),
        place: Place::File { path: format!("{ROOT}/{uri}").into() },
        size_bytes: 1,
        modified: None,
        tag: None,
    };
    store.add_items(&listing.lease, vec![item(&name), item("other.txt")]).await.unwrap();
    store.end_listing(&listing.lease).await.unwrap();
    let taken = store.take_items(&worker, 2, 1 << 20).await.unwrap();
    let lease = &taken.iter().find(|item| item.lease.uri == name).unwrap().lease;
    let version = version(c, &name, &["Its name alone gives it away."]);
    put_embeddings(store, &version).await;
    store.put_version(version, Some(lease)).await.unwrap();

    let id = document_id(c, &name);
    store.remove_document(id).await.unwrap();
    let (report, files) = purge(&home, Which::Documents(vec![id]), &canary).await;
    assert_eq!((report.n_documents, report.n_job_items), (1, 1));
    assert_eq!(files, [""; 0]);
    let job = store.job(&owner(), job).await.unwrap();
    assert_eq!(job.state, JobState::Running);
    assert_eq!(job.source, format!("{ROOT}/(removed) {ROOT}/other.txt"));
    let other = taken.iter().find(|item| item.lease.uri == "other.txt").unwrap();
    store.end_item(&other.lease, ItemOutcome::Done).await.unwrap();
    assert_eq!(store.job(&owner(), job.id).await.unwrap().state, JobState::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vacuum_takes_what_nobody_owns_once_it_is_old() {
    let clock = Arc::new(SetClock::default());
    let now = std::fs::metadata(".").unwrap().modified().unwrap();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp(i64::try_from(now.as_millis()).unwrap());
    clock.set(now);
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "kept", &["kept words"]).await;
    let blobs = home.folder.path().join("blobs");
    let hash = ContentHash::of(b"whole").hex();
    let stray = blobs.join(&hash[..2]).join(&hash[2..4]);
    std::fs::create_dir_all(&stray).unwrap();
    let half = stray.join(format!("{hash}.part"));
    let whole = stray.join(&hash);
    for file in [&half, &whole] {
        std::fs::write(file, "stray").unwrap();
        age(file, now, Duration::ZERO);
    }
    store.vacuum().await.unwrap();
    assert!(half.exists() && whole.exists(), "somebody may be about to use them");
    for file in [&half, &whole] {
        age(file, now, 2 * HOUR);
    }
    let report = store.vacuum().await.unwrap();
    assert!(!half.exists() && !whole.exists(), "{report:?}");
    assert_eq!(report.n_originals, 1);
    store.original(&owner(), document_id(c, "kept"), None).await.unwrap();
}

fn age(file: &Path, now: Timestamp, age: Duration) {
    let since_epoch = Duration::from_millis(u64::try_from(now.0).unwrap());
    let modified = std::time::UNIX_EPOCH + since_epoch - age;
    let file = std::fs::File::options().write(true).open(file).unwrap();
    file.set_modified(modified).unwrap();
}

async fn an_original_that_an_item_still_needs_is_left(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["the same bytes"]).await;
    let content = ContentHash::of(b"the same bytes");
    let new = NewJob {
        collection: c,
        source: "upload b".to_owned(),
        kind: JobKind::Ingest,
        request: "{}".to_owned(),
        priority: 0,
    };
    store.create_job(new).await.unwrap();
    let worker = WorkerId::generate("test", 1);
    let listing = store.take_listing(&worker).await.unwrap().unwrap();
    let item = NewItem {
        root: "upload".to_owned(),
        uri: "b".to_owned(),
        place: Place::Blob { content },
        size_bytes: 14,
        modified: None,
        tag: None,
    };
    store.add_items(&listing.lease, vec![item]).await.unwrap();
    store.end_listing(&listing.lease).await.unwrap();
    let id = document_id(c, "a");
    store.remove_document(id).await.unwrap();
    let report = store.purge(Which::Documents(vec![id])).await.unwrap();
    assert_eq!((report.n_versions, report.n_originals), (1, 0));
    assert_eq!(store.read_blob(&content).await.unwrap(), b"the same bytes");

    let taken = store.take_items(&worker, 1, 1 << 20).await.unwrap().remove(0);
    put(store, c, "a", &["the same bytes"]).await;
    store.remove_document(id).await.unwrap();
    let report = store.purge(Which::Documents(vec![id])).await.unwrap();
    assert_eq!(report.n_embeddings, 0, "who works on an item may count on vectors");
    let unchanged = ItemOutcome::Unchanged(id);
    store.end_item(&taken.lease, unchanged).await.unwrap();
    let report = store.vacuum().await.unwrap();
    assert_eq!(report.n_embeddings, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vacuum_is_due_once_a_day() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let hours = |hours: i64| Timestamp(hours * 3_600_000);
    clock.set(hours(1000));
    assert!(store.vacuum_due().await.unwrap(), "there was none yet");
    store.vacuum().await.unwrap();
    clock.set(hours(1021));
    assert!(!store.vacuum_due().await.unwrap());
    clock.set(hours(1023));
    assert!(store.vacuum_due().await.unwrap());
}

async fn several_documents_are_removed_together_or_not_at_all(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    for uri in ["a", "b"] {
        put(store, c, uri, &[&format!("penguins in {uri}")]).await;
    }
    let [a, b, none] = ["a", "b", "none"].map(|uri| document_id(c, uri));
    store.remove_documents(&[a, none]).await.unwrap_err();
    assert_eq!(texts(store, &owner(), "penguins").await.len(), 2);
    store.remove_documents(&[a, b]).await.unwrap();
    assert!(texts(store, &owner(), "penguins").await.is_empty());
}

async fn only_versions_that_are_kept_count_as_kept(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["one"]).await;
    put(store, c, "a", &["two"]).await;
    let id = document_id(c, "a");
    let named = |words: &str| (id, ContentHash::of(words.as_bytes()));
    assert!(store.are_kept(&owner(), &[named("one"), named("two")]).await.unwrap());
    assert!(store.are_kept(&owner(), &[]).await.unwrap());
    assert!(!store.are_kept(&owner(), &[named("one"), named("three")]).await.unwrap());
    let reader = Principal::reader("r", []).scope(&[]).unwrap();
    assert!(!store.are_kept(&reader, &[named("two")]).await.unwrap());
    store.remove_document(id).await.unwrap();
    assert!(!store.are_kept(&owner(), &[named("one")]).await.unwrap());
}

async fn old_versions_are_dropped_and_named_no_more(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let id = document_id(c, "a");
    let n_kept = home.config.keep_versions;
    for n in 0..n_kept + 3 {
        put(store, c, "a", &[&format!("penguins, edition {n}")]).await;
        // Times count whole milliseconds.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let before = store.versions(&owner(), id).await.unwrap();
    let report = store.vacuum().await.unwrap();
    assert_eq!((report.n_versions, report.n_documents, report.n_waiting), (2, 0, 0));
    let after = store.versions(&owner(), id).await.unwrap();
    assert_eq!(after, before[..=n_kept]);
    let oldest = VersionRef::Id(after[n_kept].id);
    let text = store.document_text(&owner(), id, Some(oldest)).await.unwrap();
    assert_eq!(text.standing.changed_since, after[n_kept].lives[0].until);
    let then = after[n_kept].lives[0].from;
    let as_of = store.document_text(&owner(), id, Some(VersionRef::AsOf(then))).await.unwrap();
    assert_eq!(as_of, text);
    let request = SearchRequest {
        dense: Some(embed("a\npenguins, edition 2")),
        lexical: Some("penguins".to_owned()),
        limit: 5,
        as_of: Some(then),
        ..SearchRequest::default()
    };
    let found = store.search(&owner(), &request).await.unwrap();
    assert_eq!(found.lexical.len(), 1);
    assert_eq!(found.dense[0].passage.text, text.text);
    assert!(!store.vacuum_due().await.unwrap());
}
