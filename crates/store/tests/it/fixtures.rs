//! Data directories of earlier releases, as their programs left them: each is opened, searched,
//! quoted, brought up to date, backed up and restored. `scripts/make-fixture` makes them.

use footnote_core::ErrorKind;
use footnote_core::corpus::Corpus as _;
use footnote_core::query::{Passage, SearchRequest};
use footnote_store::{DocumentFilter, Store, StoreOptions, VersionState};
use std::fs::File;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

use crate::fixture::{options, owner};
use crate::transfer::{backup, restore};

/// Returns the fixtures with the numbers of their newest migrations, oldest first.
fn fixtures() -> Vec<(i64, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/fixtures");
    let mut fixtures: Vec<(i64, PathBuf)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap()[..4].parse().unwrap(), path))
        .collect();
    fixtures.sort();
    fixtures
}

fn unpack(path: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let stream = zstd::Decoder::new(File::open(path).unwrap()).unwrap();
    tar::Archive::new(stream).unpack(folder.path()).unwrap();
    folder
}

fn as_it_is(data_dir: &Path) -> StoreOptions {
    StoreOptions { space: None, ..options(data_dir) }
}

/// Finds passages by words and makes sure that each quotes the stored text.
async fn found(store: &Store, question: &str) -> Vec<Passage> {
    let request =
        SearchRequest { lexical: Some(question.to_owned()), limit: 10, ..SearchRequest::default() };
    let found = store.search(&owner(), &request).await.unwrap().lexical;
    let passages: Vec<Passage> = found.into_iter().map(|found| found.passage).collect();
    for passage in &passages {
        let quote = store.quote(&owner(), passage.document.version, passage.span).await.unwrap();
        assert_eq!(quote, passage.text);
        let id = passage.document.id;
        let text = store.document_text(&owner(), id, None).await.unwrap().text;
        assert_eq!(text[passage.span.bytes()], quote);
    }
    passages
}

/// Reads everything that the samples in a fixture must show.
async fn read(store: &Store, what: &str) -> Vec<Passage> {
    let documents = store.documents(&owner(), DocumentFilter::default()).await.unwrap().items;
    let uris: Vec<&str> = documents.iter().map(|document| &*document.uri).collect();
    assert_eq!(uris, ["benefits.html", "leave-policy.md", "运费与计价.md"], "{what}");
    for document in &documents {
        let original = store.original(&owner(), document.id, None).await.unwrap();
        let bytes = store.read_blob(&original.content).await.unwrap();
        assert_eq!(bytes.len() as u64, document.size_bytes, "{what}");
    }
    let versions = store.versions(&owner(), documents[1].id).await.unwrap();
    let states: Vec<VersionState> = versions.iter().map(|version| version.state).collect();
    assert_eq!(states, [VersionState::Live, VersionState::Superseded], "{what}");
    let mut passages = found(store, "annual leave of full-time employees").await;
    assert_eq!(passages[0].document.uri, "leave-policy.md", "{what}");
    let chinese = found(store, "运费怎么计算").await;
    assert_eq!(chinese[0].document.uri, "运费与计价.md", "{what}");
    passages.extend(chinese);
    passages
}

#[tokio::test(flavor = "multi_thread")]
async fn every_release_reads_what_all_earlier_ones_wrote() {
    for (schema, path) in fixtures() {
        let what = format!("the fixture of migration {schema}");
        let folder = unpack(&path);
        let store = Store::open(as_it_is(folder.path())).await.unwrap();
        let passages = read(&store, &what).await;
        let report = store.integrity().await.unwrap();
        assert_eq!(report.problems, [""; 0], "{what}");
        assert!(schema <= report.schema_version, "{what}");
        let compared = store.compare().await.unwrap();
        assert_eq!((compared.n_mended, compared.n_orphans), (0, 0), "{what}");

        let (archive, written) = backup(&store, folder.path()).await;
        assert_eq!((written.n_documents, written.n_originals), (3, 4), "{what}");
        let other = tempfile::tempdir().unwrap();
        restore(&archive, other.path()).await.unwrap();
        let restored = Store::open(as_it_is(other.path())).await.unwrap();
        assert_eq!(read(&restored, &what).await, passages, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_older_release_nothing_is_brought_up_to_date() {
    let (schema, path) = fixtures().remove(0);
    assert_eq!(schema, 1);
    let folder = unpack(&path);
    let error = Store::open_shared(as_it_is(folder.path())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    Store::open(as_it_is(folder.path())).await.unwrap();
    Store::open_shared(as_it_is(folder.path())).await.unwrap();
}
