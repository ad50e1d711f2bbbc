//! Backup, restore and migration: what comes out is what went in, or nothing does.

mod bundle;
mod damage;

use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::id::{ChunkId, ContentHash};
use footnote_core::query::{Candidate, SearchRequest};
use footnote_core::{ErrorKind, Result};
use footnote_store::{
    ArchiveFile, DocumentFilter, Migration, Store, StoreOptions, TransferReport, TransferStage,
    TransferStep, Watch,
};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use crate::fixture::{Home, document_id, embed, in_every_home, options, owner, put, space, texts};
use crate::postgres::Database;
use crate::qdrant_host::Host;

const QUESTIONS: [&str; 4] = ["annual leave", "travel budget", "员工 年假", "one of many words 7"];

/// Runs a transfer that nobody watches and nobody stops.
pub(crate) async fn run<T, F: Future<Output = Result<T>>>(
    transfer: impl FnOnce(Watch<'static>) -> F,
) -> Result<T> {
    static NEVER: std::sync::LazyLock<CancellationToken> =
        std::sync::LazyLock::new(CancellationToken::new);
    transfer(Watch { progress: &|_| (), cancel: &NEVER }).await
}

pub(crate) async fn backup(store: &Store, folder: &Path) -> (ArchiveFile, TransferReport) {
    let archive = ArchiveFile::Path(folder.join("all.footnote"));
    let report = run(|watch| store.backup(&archive, watch)).await.unwrap();
    (archive, report)
}

pub(crate) async fn restore(archive: &ArchiveFile, to: &Path) -> Result<TransferReport> {
    let options = StoreOptions { space: None, ..options(to) };
    run(|watch| async move { Store::restore(archive, &options, watch).await }).await
}

/// Puts documents of several kinds: plain, replaced, removed, in two collections.
async fn fill(store: &Store) {
    let c = store.ensure_collection("handbook").await.unwrap();
    put(store, c, "leave.md", &["Old rules on annual leave."]).await;
    put(store, c, "leave.md", &["Everybody has 25 days of annual leave.", "员工有二十五天年假。"])
        .await;
    put(store, c, "travel.md", &["The travel budget is set by the team."]).await;
    put(store, c, "gone.md", &["Words that are gone."]).await;
    store.remove_document(document_id(c, "gone.md")).await.unwrap();
    let many: Vec<String> = (0..40).map(|n| format!("one of many words {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    put(store, c, "many.md", &many).await;
    let other = store.ensure_collection("other").await.unwrap();
    put(store, other, "travel.md", &["The travel budget is set by the team."]).await;
    // What is gone weighs in scores until the index has forgotten it; a restored index never knew.
    store.reindex(&|_, _| ()).await.unwrap();
}

/// Everything that a reader can see: documents with their versions, chunks and originals, and what
/// questions find, best first. What scores the same stands in the order of ids.
#[derive(PartialEq)]
struct Seen {
    documents: Vec<String>,
    found: Vec<Vec<(ChunkId, i64)>>,
}

impl Seen {
    async fn of(store: &Store) -> Self {
        let mut documents = Vec::new();
        for document in store.documents(&owner(), DocumentFilter::default()).await.unwrap().items {
            let (_, chunks) = store.document_chunks(&owner(), document.id, None).await.unwrap();
            let chunks: Vec<_> =
                chunks.iter().map(|chunk| (chunk.chunk, chunk.span, &chunk.text)).collect();
            let versions = store.versions(&owner(), document.id).await.unwrap();
            let original = store.original(&owner(), document.id, None).await.unwrap();
            let bytes = store.read_blob(&original.content).await.unwrap();
            documents.push(format!("{document:?} {chunks:?} {versions:?} {bytes:?}"));
        }
        let mut found = Vec::new();
        for question in QUESTIONS {
            let request = SearchRequest {
                dense: Some(embed(question)),
                lexical: Some(question.to_owned()),
                limit: 100,
                ..SearchRequest::default()
            };
            let candidates = store.search(&owner(), &request).await.unwrap();
            found.extend([ranked(candidates.dense), ranked(candidates.lexical)]);
        }
        Self { documents, found }
    }
}

/// Says little: the whole would fill pages.
impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digest = ContentHash::of(format!("{:?}", self.documents).as_bytes());
        let best: Vec<_> = self.found.iter().map(|found| &found[..found.len().min(3)]).collect();
        write!(f, "{} documents {digest}, found {best:?}", self.documents.len())
    }
}

/// Returns what was found, best first, with scores in ten-thousandths: the last bits of a score
/// depend on which chunks the index keeps together.
#[expect(clippy::cast_possible_truncation, reason = "scores are below a hundred")]
fn ranked(found: Vec<Candidate>) -> Vec<(ChunkId, i64)> {
    let mut ranked: Vec<_> =
        found.into_iter().map(|c| (c.passage.chunk, (c.score * 1e4).round() as i64)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

async fn what_is_restored_is_what_was_backed_up(home: Home) {
    fill(&home.store).await;
    let before = Seen::of(&home.store).await;
    let (archive, written) = backup(&home.store, home.folder.path()).await;
    assert_eq!((written.n_collections, written.n_documents, written.n_versions), (2, 5, 6));
    assert_eq!((written.n_originals, &*written.missing), (5, &[][..]));

    let verified = run(|watch| Store::verify_archive(&archive, watch)).await.unwrap();
    assert_eq!(verified, written);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(restore(&archive, folder.path()).await.unwrap(), written);

    let restored = Store::open(options(folder.path())).await.unwrap();
    assert_eq!(Seen::of(&restored).await, before);
    assert_eq!(restored.space(), Some(space()));
    assert!(restored.integrity().await.unwrap().problems.is_empty());
    let report = restored.compare().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
}

async fn a_backup_made_while_others_write_is_one_state_of_the_past(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let writing = async {
        for n in 0..60 {
            let uri = format!("{n}.md");
            put(store, c, &uri, &[&format!("first {n}"), &format!("second {n}")]).await;
        }
    };
    // As another process does, which works through the catalog alone.
    let beside = Store::open_shared(home.options()).await.unwrap();
    let backing_up = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        backup(&beside, home.folder.path()).await
    };
    let ((), (archive, _)) = tokio::join!(writing, backing_up);
    let folder = tempfile::tempdir().unwrap();
    restore(&archive, folder.path()).await.unwrap();
    let restored = Store::open(options(folder.path())).await.unwrap();
    let filter = DocumentFilter { limit: 100, ..DocumentFilter::default() };
    let documents = restored.documents(&owner(), filter).await.unwrap().items;
    assert!(!documents.is_empty());
    for document in documents {
        let n = document.uri.trim_end_matches(".md");
        assert_eq!(document.n_chunks, 2, "{n}");
        let first = format!("first {n}");
        assert!(texts(&restored, &owner(), &first).await.contains(&first), "{n} is not found");
        let original = restored.original(&owner(), document.id, None).await.unwrap();
        restored.read_blob(&original.content).await.unwrap();
    }
    let report = restored.compare().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
}

in_every_home!(
    what_is_restored_is_what_was_backed_up,
    a_backup_made_while_others_write_is_one_state_of_the_past,
);

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_waited_to_be_published_is_published_after_a_restore() {
    let home = Home::new().await;
    let c = home.store.ensure_collection("c").await.unwrap();
    put(&home.store, c, "a.md", &["words that serve"]).await;
    let (archive, _) = backup(&home.store, home.folder.path()).await;
    let folder = tempfile::tempdir().unwrap();
    restore(&archive, folder.path()).await.unwrap();
    let restored = Store::open(options(folder.path())).await.unwrap();
    assert_eq!(restored.integrity().await.unwrap().n_outbox_rows, 0);
    put(&restored, c, "b.md", &["words that came later"]).await;
    assert_eq!(texts(&restored, &owner(), "later").await, ["words that came later"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_empty_is_refused_and_stays_as_it_is() {
    let home = Home::new().await;
    fill(&home.store).await;
    let (archive, _) = backup(&home.store, home.folder.path()).await;
    let other = Home::new().await;
    let c = other.store.ensure_collection("c").await.unwrap();
    put(&other.store, c, "mine.md", &["my own words"]).await;
    let target = other.folder.path().to_owned();

    let in_use = restore(&archive, &target).await.unwrap_err();
    assert_eq!(in_use.kind(), ErrorKind::Conflict);
    other.store.close().await.unwrap();
    drop(other.store);
    let not_empty = restore(&archive, &target).await.unwrap_err();
    assert_eq!(not_empty.kind(), ErrorKind::Conflict);
    assert!(not_empty.message().contains("not empty"), "{}", not_empty.message());
    let again = Store::open(options(&target)).await.unwrap();
    assert_eq!(texts(&again, &owner(), "words").await, ["my own words"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_was_killed_says_so_and_is_done_again() {
    let home = Home::new().await;
    fill(&home.store).await;
    let (archive, _) = backup(&home.store, home.folder.path()).await;
    for left_over in [&["restoring/catalog.db"][..], &["restoring/catalog.db", "blobs/aa/half"]] {
        let target = tempfile::tempdir().unwrap();
        for name in left_over {
            let path = target.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "half").unwrap();
        }
        let error = Store::open(options(target.path())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.message().contains("has not finished"), "{}", error.message());
        restore(&archive, target.path()).await.unwrap();
        let restored = Store::open(options(target.path())).await.unwrap();
        assert_eq!(Seen::of(&restored).await, Seen::of(&home.store).await);
        assert!(!target.path().join("blobs/aa/half").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_that_is_stopped_leaves_nothing_behind() {
    let home = Home::new().await;
    fill(&home.store).await;
    let (archive, _) = backup(&home.store, home.folder.path()).await;
    let cancel = CancellationToken::new();
    let stages = Mutex::new(Vec::new());
    let progress = |step: TransferStep| {
        stages.lock().unwrap().push(step.stage);
        cancel.cancel();
    };
    let watch = Watch { progress: &progress, cancel: &cancel };

    let folder = tempfile::tempdir().unwrap();
    let second = ArchiveFile::Path(folder.path().join("second.footnote"));
    let error = home.store.backup(&second, watch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(stages.lock().unwrap().contains(&TransferStage::Rows));

    let target = folder.path().join("target");
    let to = StoreOptions { space: None, ..options(&target) };
    let error = Store::restore(&archive, &to, watch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(!target.join("restoring").exists() && !target.join("catalog.db").exists());
    restore(&archive, &target).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_that_is_missing_or_damaged_is_named_and_the_rest_is_kept() {
    let home = Home::new().await;
    fill(&home.store).await;
    let c = home.store.collection_named(&owner(), "handbook").await.unwrap();
    let document = document_id(c, "leave.md");
    let content = home.store.original(&owner(), document, None).await.unwrap().content;
    let hex = content.hex();
    let path = home.folder.path().join("blobs").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    for damage in [Some("other bytes"), None] {
        match damage {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let (archive, report) = backup(&home.store, home.folder.path()).await;
        assert_eq!((report.n_originals, report.missing), (4, vec![content]));
        let target = tempfile::tempdir().unwrap();
        restore(&archive, target.path()).await.unwrap();
        let restored = Store::open(options(target.path())).await.unwrap();
        assert_eq!(texts(&restored, &owner(), "everybody").await.len(), 1);
        let error = restored.original(&owner(), document, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_to_postgresql_and_back_without_a_difference() {
    let Some(database) = Database::create().await else { return };
    let config = StoreConfig { catalog: database.url(), ..StoreConfig::default() };
    moves_there_and_back(config).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_moves_to_postgresql_and_qdrant_and_back_without_a_difference() {
    let Some(database) = Database::create().await else { return };
    let host = Host::own().await;
    let config = StoreConfig {
        catalog: database.url(),
        index: host.url.clone(),
        index_key: host.key.clone(),
        ..StoreConfig::default()
    };
    moves_there_and_back(config).await;
    host.leave().await;
}

async fn moves_there_and_back(config: StoreConfig) {
    let home = Home::new().await;
    fill(&home.store).await;
    let before = Seen::of(&home.store).await;
    let folder = home.folder;
    home.store.close().await.unwrap();
    drop(home.store);

    let there = tempfile::tempdir().unwrap();
    let to = StoreOptions { config, space: None, ..options(there.path()) };
    let from = StoreOptions { space: None, ..options(folder.path()) };
    let moved = migrate(&from, &to).await.unwrap();
    assert_eq!((moved.n_documents, moved.n_originals), (5, 5));
    let error = migrate(&from, &to).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "it is not empty any more");
    {
        let cluster = Store::open(to.clone()).await.unwrap();
        assert_eq!(Seen::of(&cluster).await, before);
        let c = cluster.collection_named(&owner(), "handbook").await.unwrap();
        put(&cluster, c, "later.md", &["numbers go on where they were"]).await;
        cluster.remove_document(document_id(c, "later.md")).await.unwrap();
        cluster.reindex(&|_, _| ()).await.unwrap();
        let back = tempfile::tempdir().unwrap();
        let home_again = StoreOptions { space: None, ..options(back.path()) };
        let error = migrate(&to, &home_again).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "somebody works with it");
        cluster.close().await.unwrap();
    }
    let back = tempfile::tempdir().unwrap();
    let home_again = StoreOptions { space: None, ..options(back.path()) };
    migrate(&to, &home_again).await.unwrap();
    let store = Store::open(home_again).await.unwrap();
    assert_eq!(Seen::of(&store).await, before);
    let untouched = Store::open(from).await.unwrap();
    assert_eq!(Seen::of(&untouched).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_data_directory_is_restored_into_a_database() {
    let Some(database) = Database::create().await else { return };
    let home = Home::new().await;
    fill(&home.store).await;
    let (archive, _) = backup(&home.store, home.folder.path()).await;
    let there = tempfile::tempdir().unwrap();
    let config = StoreConfig { catalog: database.url(), ..StoreConfig::default() };
    let to = StoreOptions { config, space: None, ..options(there.path()) };
    let bytes = std::fs::read(home.folder.path().join("all.footnote")).unwrap();
    let cut = home.folder.path().join("cut.footnote");
    std::fs::write(&cut, &bytes[..bytes.len() - 9]).unwrap();
    let damaged = ArchiveFile::Path(cut);
    let error = run(|watch| Store::restore(&damaged, &to, watch)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    // Nothing was left of the damaged one.
    run(|watch| Store::restore(&archive, &to, watch)).await.unwrap();
    let restored = Store::open(to).await.unwrap();
    assert_eq!(Seen::of(&restored).await, Seen::of(&home.store).await);
}

async fn migrate(from: &StoreOptions, to: &StoreOptions) -> Result<TransferReport> {
    let migration = Migration { from: from.clone(), to: to.clone() };
    run(|watch| async move { Store::migrate(&migration, watch).await }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_needs_the_source_for_itself_and_another_place() {
    let home = Home::new().await;
    fill(&home.store).await;
    let target = tempfile::tempdir().unwrap();
    let to = StoreOptions { space: None, ..options(target.path()) };
    let error = migrate(&home.options(), &to).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    home.store.close().await.unwrap();
    let from = home.options();
    drop(home.store);
    let error = migrate(&from, &from).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    migrate(&from, &to).await.unwrap();
}
