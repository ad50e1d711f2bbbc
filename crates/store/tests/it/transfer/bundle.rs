//! Export and import: collections that go from one installation into another.

use super::*;
use async_trait::async_trait;
use footnote_core::access::{Principal, Scope};
use footnote_core::clock::Timestamp;
use footnote_core::id::CollectionId;
use footnote_core::model::{Embedder, Embedding, Fingerprint, Language, Purpose};
use footnote_store::{Export, Import, ImportReport, SpaceSpec, VersionRef};
use std::sync::Arc;

use crate::fixture::{DIMENSION, SetClock};

const WHOLE: Export = Export { with_originals: true, with_superseded: false };

async fn export(store: &Store, names: &[&str], what: Export, folder: &Path) -> ArchiveFile {
    let ids: Vec<CollectionId> = names.iter().map(|name| CollectionId::named(name)).collect();
    let scope = Principal::owner().scope(&ids).unwrap();
    let archive = ArchiveFile::Path(folder.join("some.footnote"));
    run(|watch| store.export(&scope, what, &archive, watch)).await.unwrap();
    archive
}

async fn import(store: &Store, from: &ArchiveFile, into: Option<&str>) -> Result<ImportReport> {
    let what = Import { from: from.clone(), into: into.map(str::to_owned), embedder: None };
    run(|watch| async move { store.import(&owner(), &what, watch).await }).await
}

fn only(name: &str) -> Scope {
    Principal::owner().scope(&[CollectionId::named(name)]).unwrap()
}

async fn a_bundle_becomes_part_of_another_installation(home: Home) {
    fill(&home.store).await;
    let bundle = export(&home.store, &["handbook"], WHOLE, home.folder.path()).await;
    assert_eq!(Store::space_in(&bundle).await.unwrap(), Some(space()));

    let other = Home::new().await;
    let c = other.store.ensure_collection("handbook").await.unwrap();
    put(&other.store, c, "travel.md", &["The travel budget is set by the team."]).await;
    put(&other.store, c, "leave.md", &["Here are other rules on leave."]).await;
    put(&other.store, c, "mine.md", &["Words that were here before."]).await;
    let report = import(&other.store, &bundle, None).await.unwrap();
    assert_eq!((report.n_ready, report.n_unchanged, report.n_chunks), (2, 1, 42));
    assert_eq!((report.collections, report.n_embedded), (vec!["handbook".to_owned()], 0));

    let document = document_id(c, "leave.md");
    let text = other.store.document_text(&owner(), document, None).await.unwrap().text;
    assert_eq!(text, "Everybody has 25 days of annual leave.\n员工有二十五天年假。");
    let original = other.store.original(&owner(), document, None).await.unwrap();
    assert_eq!(other.store.read_blob(&original.content).await.unwrap(), text.as_bytes());
    assert_eq!(other.store.versions(&owner(), document).await.unwrap().len(), 2);
    assert_eq!(texts(&other.store, &owner(), "annual").await.len(), 1);
    assert_eq!(texts(&other.store, &owner(), "words").await.len(), 10);
    let known = other.store.documents(&owner(), DocumentFilter::default()).await.unwrap();
    assert_eq!(known.items.len(), 4, "what was removed or is elsewhere did not come");

    let again = import(&other.store, &bundle, None).await.unwrap();
    assert_eq!((again.n_ready, again.n_unchanged), (0, 3));
    let left: Vec<String> = std::fs::read_dir(other.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("importing"))
        .collect();
    assert_eq!(left, [""; 0]);
}

in_every_home!(a_bundle_becomes_part_of_another_installation);

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_goes_to_a_collection_of_another_name() {
    let home = Home::new().await;
    fill(&home.store).await;
    let bundle = export(&home.store, &["other"], WHOLE, home.folder.path()).await;
    let report = import(&home.store, &bundle, Some("copies")).await.unwrap();
    assert_eq!(report.n_ready, 1);
    assert_eq!(texts(&home.store, &only("copies"), "budget").await.len(), 1);
    let both = export(&home.store, &["other", "handbook"], WHOLE, home.folder.path()).await;
    let error = import(&home.store, &both, Some("copies")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_originals_everything_else_comes() {
    let home = Home::new().await;
    fill(&home.store).await;
    let what = Export { with_originals: false, ..WHOLE };
    let bundle = export(&home.store, &["handbook"], what, home.folder.path()).await;
    let other = Home::new().await;
    import(&other.store, &bundle, None).await.unwrap();
    let document = document_id(CollectionId::named("handbook"), "leave.md");
    assert_eq!(texts(&other.store, &owner(), "annual").await.len(), 1);
    let error = other.store.original(&owner(), document, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_comes_when_it_is_asked_for() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let c = home.store.ensure_collection("c").await.unwrap();
    for (moment, words) in [(100, "first words"), (200, "second words"), (300, "third words")] {
        clock.set(Timestamp(moment));
        put(&home.store, c, "a.md", &[words]).await;
    }
    let what = Export { with_superseded: true, ..WHOLE };
    let bundle = export(&home.store, &["c"], what, home.folder.path()).await;

    clock.set(Timestamp(1000));
    let other = Home::going_by(&clock).await;
    for n_superseded in [2, 0] {
        let report = import(&other.store, &bundle, None).await.unwrap();
        assert_eq!(report.n_superseded, n_superseded);
        for (moment, words) in [(150, "first words"), (250, "second words"), (500, "third words")] {
            let version = Some(VersionRef::AsOf(Timestamp(moment)));
            let id = document_id(c, "a.md");
            let then = other.store.document_text(&owner(), id, version).await.unwrap();
            assert_eq!(then.text, words, "at {moment}");
        }
    }
    assert_eq!(texts(&other.store, &owner(), "words").await, ["third words"]);
}

/// Embeds as the fixture does, under another name.
struct OtherModel(Fingerprint);

#[async_trait]
impl Embedder for OtherModel {
    fn fingerprint(&self) -> &Fingerprint {
        &self.0
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn max_tokens(&self) -> usize {
        512
    }

    fn reads(&self, _language: Language) -> bool {
        true
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        Ok((0..text.len()).collect())
    }

    async fn embed(&self, texts: Vec<String>, _purpose: Purpose) -> Result<Vec<Embedding>> {
        Ok(texts.iter().map(|text| embed(text)).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_of_another_space_are_never_mixed_in() {
    let home = Home::new().await;
    fill(&home.store).await;
    let bundle = export(&home.store, &["handbook"], WHOLE, home.folder.path()).await;
    let model = OtherModel(Fingerprint("another-fingerprint".to_owned()));
    let folder = tempfile::tempdir().unwrap();
    let spec = SpaceSpec::of("another-model", &model);
    let to = StoreOptions { space: Some(spec), ..options(folder.path()) };
    let other = Store::open(to).await.unwrap();

    let error = import(&other, &bundle, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.advice().unwrap().contains("--embed"));
    let nothing = other.documents(&owner(), DocumentFilter::default()).await.unwrap();
    assert!(nothing.items.is_empty());

    let embedder: Arc<dyn Embedder> = Arc::new(model);
    let what = Import { from: bundle, into: None, embedder: Some(embedder) };
    let scope = owner();
    let report = run(|watch| other.import(&scope, &what, watch)).await.unwrap();
    assert_eq!((report.n_ready, report.n_embedded), (3, 43));
    assert_eq!(texts(&other, &owner(), "annual").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_not_imported_and_a_bundle_not_restored() {
    let home = Home::new().await;
    fill(&home.store).await;
    let (all, _) = backup(&home.store, home.folder.path()).await;
    let error = import(&home.store, &all, None).await.unwrap_err();
    assert!(error.advice().unwrap().contains("footnote restore"));
    let some = export(&home.store, &["handbook"], WHOLE, home.folder.path()).await;
    let target = tempfile::tempdir().unwrap();
    let error = restore(&some, target.path()).await.unwrap_err();
    assert!(error.advice().unwrap().contains("footnote import"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_stopped_goes_on_where_it_was() {
    let home = Home::new().await;
    fill(&home.store).await;
    let bundle = export(&home.store, &["handbook"], WHOLE, home.folder.path()).await;
    let other = Home::new().await;
    let cancel = CancellationToken::new();
    let progress = |step: TransferStep| {
        if step.stage == TransferStage::Documents {
            cancel.cancel();
        }
    };
    let watch = Watch { progress: &progress, cancel: &cancel };
    let what = Import { from: bundle.clone(), into: None, embedder: None };
    let error = other.store.import(&owner(), &what, watch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let report = import(&other.store, &bundle, None).await.unwrap();
    assert_eq!((report.n_ready, report.n_unchanged), (2, 1));
}
