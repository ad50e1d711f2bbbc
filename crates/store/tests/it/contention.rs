//! Many processes write the same documents at once, and none is told that it was in another's way.

use footnote_core::ErrorKind;
use footnote_core::id::{CollectionId, DocumentId};
use footnote_store::{Store, StoreOptions, Which};

use crate::fixture::{Home, document_id, owner, put_embeddings, texts, version};

/// How many documents everybody works on, how many do, and how long.
const N_DOCUMENTS: usize = 4;
const N_WRITERS: usize = 6;
const N_ROUNDS: usize = 25;

/// What two writers at once may be told: what one needed, the vectors of a text too, another has
/// removed.
fn is_fair(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Invalid)
}

/// Numbers that look random, the same ones every time.
fn scattered(n: usize) -> usize {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}

/// Puts, removes and purges documents in an order of its own.
async fn write(store: &Store, collection: CollectionId, writer: usize) {
    for round in 0..N_ROUNDS {
        let chance = scattered(writer * 1_000 + round);
        let first = chance % N_DOCUMENTS;
        let mut ids: Vec<DocumentId> =
            (0..N_DOCUMENTS).map(|n| document_id(collection, &format!("doc-{n}"))).collect();
        ids.rotate_left(first);
        let outcome = match chance / N_DOCUMENTS % 8 {
            0 => store.remove_documents(&ids).await,
            1 => store.remove_document(ids[0]).await,
            2 => store.purge(Which::Documents(ids)).await.map(drop),
            3 => store.purge(Which::Everything).await.map(drop),
            edition => {
                let text = format!("penguins in edition {}", edition % 2);
                let new = version(collection, &format!("doc-{first}"), &["shared words", &text]);
                put_embeddings(store, &new).await;
                store.put_version(new, None).await.map(drop)
            }
        };
        if let Err(error) = outcome {
            assert!(is_fair(error.kind()), "{}", error.chain());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_the_same_documents_never_wait_for_each_other_in_a_circle() {
    let Some(home) = Home::in_a_cluster().await else { return };
    let collection = home.store.ensure_collection("c").await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut stores = Vec::new();
    for n in 0..N_WRITERS {
        let data_dir = elsewhere.path().join(n.to_string());
        stores.push(Store::open(StoreOptions { data_dir, ..home.options() }).await.unwrap());
    }
    let writers = stores.iter().enumerate().map(|(n, store)| write(store, collection, n));
    futures_util::future::join_all(writers).await;

    for n in 0..N_DOCUMENTS {
        let new = version(collection, &format!("doc-{n}"), &["shared words", "the last edition"]);
        put_embeddings(&home.store, &new).await;
        home.store.put_version(new, None).await.unwrap();
    }
    assert_eq!(texts(&home.store, &owner(), "last edition").await.len(), N_DOCUMENTS);
    let problems = home.store.integrity().await.unwrap().problems;
    assert_eq!(problems, [""; 0]);
    let report = home.store.reconcile().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0), "{report:?}");
}
