//! What every index promises, told against each of them.

use footnote_core::access::{Principal, Rights, Role};
use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, PersonId, VersionId};
use footnote_core::index::{Index, IndexQuery, IndexedVersion, Point, SparseVector};
use footnote_core::model::Embedding;
use footnote_core::query::Filter;
use footnote_core::{ErrorKind, Result};
use footnote_store::index::edge::EdgeIndex;
use footnote_store::index::memory::MemoryIndex;

use crate::qdrant_host::Host;

const DIMENSION: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn the_index_in_memory_keeps_its_promises() {
    story(&MemoryIndex::new(DIMENSION)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_in_this_process_keeps_its_promises() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/down");
    let index = EdgeIndex::open(&path, DIMENSION).unwrap();
    story(&index).await;
    drop(index);

    let reopened = EdgeIndex::open(&path, DIMENSION).unwrap();
    assert_eq!(reopened.count().await.unwrap(), 3, "what was flushed is there again");
    assert!(!EdgeIndex::is_doubtful(&path));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_on_a_server_keeps_its_promises() {
    let host = Host::find().await;
    let server = host.server();
    let index = server.open(1, DIMENSION).await.unwrap();
    story(&index).await;
    drop(index);

    let reopened = server.open(1, DIMENSION).await.unwrap();
    assert_eq!(reopened.count().await.unwrap(), 3, "what was written is there again");
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flush_that_fails_is_an_error_and_leaves_no_panic_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let index = EdgeIndex::open(&path, DIMENSION).unwrap();
    let one = version("one", "a", "text/plain");
    index.replace(&one, points(&one, 2)).await.unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    assert_eq!(index.flush().await.unwrap_err().kind(), ErrorKind::Unavailable);
    let scope = Principal::owner().scope(&[]).unwrap();
    let question = query(vec![1.0; 4], &[(1, 1.0)]);
    assert_eq!(index.search(&scope, &question).await.unwrap().dense.len(), 2, "reads go on");
    std::fs::create_dir(&path).unwrap();
    index.flush().await.unwrap_err();
    assert!(EdgeIndex::is_doubtful(&path), "what it holds is in doubt from now on");
    drop(index);
}

async fn story(index: &dyn Index) {
    both_lists_are_best_first(index).await;
    filters_and_scopes_hide(index).await;
    terms_weigh_what_their_rarity_says(index).await;
    replacing_and_removing_may_be_repeated(index).await;
    wrong_dimensions_are_refused(index).await;
    index.optimize().await.unwrap();
    index.flush().await.unwrap();
}

async fn both_lists_are_best_first(index: &dyn Index) {
    let one = version("one", "a", "text/plain");
    index.replace(&one, points(&one, 2)).await.unwrap();
    let two = version("two", "b", "text/html");
    index.replace(&two, points(&two, 1)).await.unwrap();
    assert_eq!(index.count().await.unwrap(), 3);

    let question = query(vec![0.1, 1.0, 0.0, 0.0], &[(1, 1.0), (9, 1.0)]);
    let hits = index.search(&Principal::owner().scope(&[]).unwrap(), &question).await.unwrap();
    assert_eq!(hits.dense[0].chunk, ChunkId::nth(one.version, 1));
    assert!((hits.dense[0].score - 0.995).abs() < 0.01, "the score is the cosine");
    assert_eq!(hits.dense.len(), 3);
    assert_eq!(hits.lexical[0].chunk, ChunkId::nth(one.version, 1));
    assert_eq!(hits.lexical.len(), 1, "only what shares a word is found by words");
}

async fn filters_and_scopes_hide(index: &dyn Index) {
    let one = version("one", "a", "text/plain");
    let two = version("two", "b", "text/html");
    let everything = Principal::owner().scope(&[]).unwrap();
    let reader = Principal::reader("reader", [one.collection]).scope(&[]).unwrap();
    let nobody = Principal::reader("nobody", []).scope(&[]).unwrap();
    let question = query(vec![1.0; 4], &[(0, 1.0), (1, 1.0)]);
    let count = async |scope, question: &IndexQuery| {
        let hits = index.search(scope, question).await.unwrap();
        (hits.dense.len(), hits.lexical.len())
    };
    let mut rights = Rights::default();
    rights.on_document(two.document, two.collection, Role::Reader);
    let of_one = Principal::person(PersonId::generate(), "of one", rights.clone());
    rights.on_collection(one.collection, Role::Reader);
    let of_both = Principal::person(PersonId::generate(), "of both", rights);
    let (of_one, of_both) = (of_one.scope(&[]).unwrap(), of_both.scope(&[]).unwrap());
    assert_eq!(count(&of_one, &question).await, (1, 1), "a single document");
    assert_eq!(count(&of_both, &question).await, (3, 3), "a collection and a single document");
    assert_eq!(count(&everything, &question).await, (3, 3));
    assert_eq!(count(&reader, &question).await, (2, 2));
    assert_eq!(count(&nobody, &question).await, (0, 0));

    let html = Filter { media_types: vec!["text/html".to_owned()], ..Filter::default() };
    let html = IndexQuery { filter: html, ..question.clone() };
    assert_eq!(count(&everything, &html).await, (1, 1));
    assert_eq!(count(&reader, &html).await, (0, 0));
    let document = Filter { documents: vec![two.document], ..Filter::default() };
    let document = IndexQuery { filter: document, ..question.clone() };
    assert_eq!(count(&everything, &document).await, (1, 1));
    let limited = IndexQuery { limit: 1, ..question };
    assert_eq!(count(&everything, &limited).await, (1, 1));
}

async fn replacing_and_removing_may_be_repeated(index: &dyn Index) {
    let many = version("one", "many", "text/plain");
    for n_points in [400, 400, 3, 0] {
        index.replace(&many, points(&many, n_points)).await.unwrap();
        assert_eq!(index.count().await.unwrap(), 3 + n_points as usize);
        let counted = index.versions().await.unwrap().get(&many.version).copied();
        assert_eq!(counted.unwrap_or_default(), n_points as usize);
    }
    index.replace(&many, points(&many, 5)).await.unwrap();
    for _ in 0..2 {
        index.remove(many.version).await.unwrap();
        assert_eq!(index.count().await.unwrap(), 3);
    }
}

async fn terms_weigh_what_their_rarity_says(index: &dyn Index) {
    let weights = index.term_weights(&[0, 1, 77]).await.unwrap();
    let idf = |n: f32, df: f32| ((n - df + 0.5) / (df + 0.5) + 1.0).ln();
    for (weight, expected) in weights.iter().zip([idf(3.0, 2.0), idf(3.0, 1.0), idf(3.0, 0.0)]) {
        assert!((weight - expected).abs() < 0.01, "{weights:?}: {expected}");
    }
}

async fn wrong_dimensions_are_refused(index: &dyn Index) {
    let short = query(vec![1.0], &[]);
    let scope = Principal::owner().scope(&[]).unwrap();
    let refused: Result<_> = index.search(&scope, &short).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Invalid);
    let one = version("one", "c", "text/plain");
    let mut wrong = points(&one, 1);
    wrong[0].dense = Embedding(vec![1.0; 5]);
    assert_eq!(index.replace(&one, wrong).await.unwrap_err().kind(), ErrorKind::Invalid);
}

fn version(collection: &str, uri: &str, media_type: &str) -> IndexedVersion {
    let collection = CollectionId::named(collection);
    let document = DocumentId::derive(collection, "root", uri);
    let version = VersionId::derive(document, &ContentHash::of(uri.as_bytes()), "test");
    IndexedVersion { collection, document, version, media_type: media_type.to_owned() }
}

/// Makes points of which each means and says its ordinal.
fn points(version: &IndexedVersion, n_points: u32) -> Vec<Point> {
    let point = |ordinal: u32| {
        let mut values = vec![0.0; DIMENSION];
        values[ordinal as usize % DIMENSION] = 1.0;
        Point {
            chunk: ChunkId::nth(version.version, ordinal),
            dense: Embedding(values),
            sparse: SparseVector { indices: vec![ordinal], values: vec![1.5] },
        }
    };
    (0..n_points).map(point).collect()
}

fn query(dense: Vec<f32>, terms: &[(u32, f32)]) -> IndexQuery {
    let (indices, values) = terms.iter().copied().unzip();
    IndexQuery {
        dense: Some(Embedding(dense)),
        sparse: Some(SparseVector { indices, values }),
        limit: 10,
        filter: Filter::default(),
    }
}
