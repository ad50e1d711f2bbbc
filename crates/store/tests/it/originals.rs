//! What was named is kept, however a purge of the same bytes comes in between; and what is missing
//! or damaged is told.

use footnote_core::ErrorKind;
use footnote_core::id::{CollectionId, ContentHash, JobId};
use footnote_core::job::{JobKind, NewJob};
use footnote_store::{Original, OriginalCheck, OriginalFault, Store, Which};
use sqlx::Connection as _;
use sqlx::any::install_default_drivers;

use crate::fixture::{Home, document_id, in_every_home, put, put_embeddings, version};

in_every_home![
    an_upload_that_a_purge_came_before_is_kept_again,
    uploads_and_purges_of_the_same_bytes_at_once_lose_nothing,
    originals_that_are_missing_or_damaged_are_told_with_their_documents,
];

const WORDS: &str = "the same bytes";

fn original() -> Original {
    Original::Bytes(WORDS.as_bytes().into())
}

/// Writes down a job that names the bytes.
async fn name(store: &Store, collection: CollectionId, content: &ContentHash) -> JobId {
    let new = NewJob {
        collection,
        source: "upload b".to_owned(),
        kind: JobKind::Ingest,
        request: format!("{{\"content\":\"{content}\"}}"),
        priority: 0,
    };
    store.create_job(new).await.unwrap()
}

/// Puts a document of the same bytes; its vectors may be purged before it has them.
async fn put_through(store: &Store, collection: CollectionId) {
    loop {
        let new = version(collection, "b", &[WORDS]);
        put_embeddings(store, &new).await;
        match store.put_version(new, None).await {
            Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict) => {}
            outcome => {
                outcome.unwrap();
                return;
            }
        }
    }
}

async fn read(store: &Store, content: &ContentHash) {
    assert_eq!(store.read_blob(content).await.unwrap(), WORDS.as_bytes());
}

async fn an_upload_that_a_purge_came_before_is_kept_again(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &[WORDS]).await;
    let id = document_id(c, "a");
    store.remove_document(id).await.unwrap();
    let content = store.keep_blob(original()).await.unwrap();
    let report = store.purge(Which::Documents(vec![id])).await.unwrap();
    assert_eq!(report.n_originals, 1, "nobody has named it yet");

    name(store, c, &content).await;
    assert!(!store.still_keeps(&content).await.unwrap());
    store.keep_blob(original()).await.unwrap();
    assert!(store.still_keeps(&content).await.unwrap());
    store.purge(Which::Everything).await.unwrap();
    read(store, &content).await;
}

async fn uploads_and_purges_of_the_same_bytes_at_once_lose_nothing(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let uploading = async {
        for _ in 0..40 {
            let content = store.keep_blob(original()).await.unwrap();
            let job = name(store, c, &content).await;
            if !store.still_keeps(&content).await.unwrap() {
                store.keep_blob(original()).await.unwrap();
            }
            tokio::task::yield_now().await;
            read(store, &content).await;
            store.withdraw_job(job).await.unwrap();
        }
    };
    let putting = async {
        let content = ContentHash::of(WORDS.as_bytes());
        for _ in 0..10 {
            put_through(store, c).await;
            read(store, &content).await;
            store.remove_document(document_id(c, "b")).await.unwrap();
        }
    };
    let purging = async {
        for _ in 0..30 {
            store.purge(Which::Everything).await.unwrap();
        }
    };
    tokio::join!(uploading, putting, purging);
}

/// Does something to an original behind the store's back: leaves so many of its bytes, all changed.
async fn spoil(home: &Home, content: &ContentHash, n_left: usize) {
    if home.is_cluster() {
        install_default_drivers();
        let mut database = sqlx::AnyConnection::connect(&home.config.catalog).await.unwrap();
        let statement = match n_left {
            0 => "DELETE FROM blob_piece WHERE hash = $1 AND $2 = 0",
            _ => {
                "UPDATE blob_piece SET bytes = decode(repeat('20', CAST($2 AS INTEGER)), 'hex')
                 WHERE hash = $1"
            }
        };
        let spoilt = sqlx::query(statement)
            .bind(content.as_bytes().to_vec())
            .bind(i64::try_from(n_left).unwrap())
            .execute(&mut database)
            .await;
        assert_eq!(spoilt.unwrap().rows_affected(), 1);
        return;
    }
    let hex = content.hex();
    let file = home.folder.path().join("blobs").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    match n_left {
        0 => std::fs::remove_file(file).unwrap(),
        n_left => std::fs::write(file, " ".repeat(n_left)).unwrap(),
    }
}

async fn originals_that_are_missing_or_damaged_are_told_with_their_documents(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let mut contents = Vec::new();
    for uri in ["changed", "missing", "short", "sound"] {
        let words = format!("what stands in {uri}");
        put(store, c, uri, &[&words]).await;
        put(store, c, &format!("{uri}, copied"), &[&words]).await;
        contents.push(ContentHash::of(words.as_bytes()));
    }
    for check in [OriginalCheck::Sizes, OriginalCheck::Bytes] {
        let report = store.check_originals(check).await.unwrap();
        assert_eq!((report.n_originals, report.faulty), (4, vec![]));
    }
    let n_bytes = "what stands in changed".len();
    for (content, n_left) in contents.iter().zip([n_bytes, 0, 3]) {
        spoil(&home, content, n_left).await;
    }
    let faults = async |check| {
        let faulty = store.check_originals(check).await.unwrap().faulty;
        let mut told: Vec<_> = faulty.into_iter().map(|found| (found.uri, found.fault)).collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        told
    };
    let [changed, missing, short] = [
        ("changed".to_owned(), OriginalFault::Damaged),
        ("missing".to_owned(), OriginalFault::Missing),
        ("short".to_owned(), OriginalFault::Damaged),
    ];
    assert_eq!(faults(OriginalCheck::Sizes).await, [missing.clone(), short.clone()]);
    assert_eq!(faults(OriginalCheck::Bytes).await, [changed, missing, short]);
}
