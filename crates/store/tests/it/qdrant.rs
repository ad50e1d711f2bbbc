//! The index on a Qdrant server: what goes beyond the promises of every index.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::index::{Hit, Index, IndexQuery, IndexedVersion, Point, SparseVector};
use footnote_core::model::Embedding;
use footnote_core::query::Filter;
use footnote_store::index::edge::EdgeIndex;
use footnote_store::index::qdrant::{QdrantOptions, QdrantServer};
use qdrant_client::qdrant::{
    CreateCollectionBuilder, Distance, VectorParamsBuilder, VectorParamsMap, VectorsConfig,
    vectors_config,
};
use std::time::Duration;

use crate::fixture::{DIMENSION, embed, owner};
use crate::qdrant_host::Host;

#[tokio::test(flavor = "multi_thread")]
async fn order_and_scores_are_those_of_the_index_in_this_process() {
    let host = Host::find().await;
    let folder = tempfile::tempdir().unwrap();
    let here = EdgeIndex::open(&folder.path().join("index"), DIMENSION).unwrap();
    let there = host.server().open(1, DIMENSION).await.unwrap();
    for n in 0..20 {
        let (version, points) = filled(&format!("document {n}"), 100);
        here.replace(&version, points.clone()).await.unwrap();
        there.replace(&version, points).await.unwrap();
    }
    let reader = Principal::reader("reader", [CollectionId::named("even")]).scope(&[]).unwrap();
    for n in 0..20 {
        let question = question(&format!("question {n}"), 50);
        for scope in [&owner(), &reader] {
            let (a, b) = (here.search(scope, &question), there.search(scope, &question));
            let (a, b) = (a.await.unwrap(), b.await.unwrap());
            assert_same(&a.dense, &b.dense);
            assert_same(&a.lexical, &b.lexical);
            assert_eq!(a.dense.len(), 50);
            assert!(!a.lexical.is_empty());
        }
        let terms = question.sparse.unwrap().indices;
        let (a, b) = (here.term_weights(&terms), there.term_weights(&terms));
        for (a, b) in a.await.unwrap().into_iter().zip(b.await.unwrap()) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
    }
    assert_eq!(here.versions().await.unwrap(), there.versions().await.unwrap());
    assert_eq!(there.term_weights(&[]).await.unwrap(), [0.0; 0]);
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_many_chunks_is_written_in_several_batches() {
    let host = Host::find().await;
    let index = host.server().open(1, DIMENSION).await.unwrap();
    let (version, points) = filled("long", 2_500);
    let shorter = points[..1_000].to_vec();
    for points in [points, shorter, Vec::new()] {
        let n_points = points.len();
        index.replace(&version, points).await.unwrap();
        assert_eq!(index.count().await.unwrap(), n_points);
        let counted = index.versions().await.unwrap().get(&version.version).copied();
        assert_eq!(counted.unwrap_or_default(), n_points);
    }
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_without_words_is_found_by_meaning() {
    let host = Host::find().await;
    let index = host.server().open(1, DIMENSION).await.unwrap();
    let (version, mut points) = filled("wordless", 1);
    points[0].sparse = SparseVector::default();
    index.replace(&version, points).await.unwrap();
    let hits = index.search(&owner(), &question("any", 10)).await.unwrap();
    assert_eq!((hits.dense.len(), hits.lexical.len()), (1, 0));
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_unavailable_and_one_that_is_back_goes_on() {
    let mut host = Host::own().await;
    let index = host.server().open(1, DIMENSION).await.unwrap();
    let (version, points) = filled("a", 3);
    index.replace(&version, points.clone()).await.unwrap();
    host.stop().await;

    let nobody = Principal::reader("nobody", []).scope(&[]).unwrap();
    let question = question("any", 10);
    assert!(index.search(&nobody, &question).await.unwrap().dense.is_empty(), "nothing is asked");
    for error in [
        index.search(&owner(), &question).await.unwrap_err(),
        index.replace(&version, points.clone()).await.unwrap_err(),
        index.count().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.message(), format!("cannot reach the Qdrant server at {}", host.url));
        assert!(error.advice().unwrap().contains("`store.index`"));
    }

    let back = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        host.start_again().await;
    };
    let everything = owner();
    let (hits, ()) = tokio::join!(index.search(&everything, &question), back);
    assert_eq!(hits.unwrap().dense.len(), 3, "it was asked again until the server was back");
    index.remove(version.version).await.unwrap();
    assert_eq!(index.count().await.unwrap(), 0);
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_and_not_repeated() {
    let host = Host::own().await;
    for key in ["", "a-wrong-secret"] {
        let options = QdrantOptions { key: key.to_owned(), ..host.options() };
        let server = QdrantServer::new(options).unwrap();
        let error = server.open(1, DIMENSION).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains("refuses the key"), "{}", error.chain());
        assert!(error.advice().unwrap().contains("`store.index_key`"));
        assert!(!format!("{error:?}").contains("a-wrong-secret"));
    }
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_where_no_encryption_or_no_qdrant_is_cannot_be_reached() {
    let host = Host::own().await;
    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!("http://{}", other.local_addr().unwrap());
    let encrypted = host.url.replace("http://", "https://");
    tokio::spawn(async move {
        loop {
            drop(other.accept().await.unwrap());
        }
    });
    for url in [encrypted, elsewhere] {
        let options = QdrantOptions { url: url.clone(), ..host.options() };
        let error = QdrantServer::new(options).unwrap().exists(1).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.chain().contains(&url), "{}", error.chain());
        assert!(error.advice().unwrap().contains("6334"), "{}", error.chain());
    }
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn generations_are_made_once_listed_and_removed() {
    let host = Host::find().await;
    let server = host.server();
    assert!(!server.exists(3).await.unwrap());
    let (others, another) = (host.server(), host.server());
    let (a, b, c) =
        tokio::join!(server.open(3, DIMENSION), others.open(3, DIMENSION), another.open(3, 4));
    let n_refused = [a.is_err(), b.is_err(), c.is_err()].into_iter().filter(|is| *is).count();
    assert!(c.is_err() && n_refused == 1 || c.is_ok() && n_refused == 2, "one dimension is made");
    server.open(12, DIMENSION).await.unwrap();
    assert_eq!(server.list().await.unwrap(), [3, 12]);
    server.switch_alias(3).await.unwrap();
    server.switch_alias(12).await.unwrap();
    assert_eq!(alias(&host).await, Some("12".to_owned()));
    assert_eq!(server.switch_alias(4).await.unwrap_err().kind(), ErrorKind::Unavailable);
    for _ in 0..2 {
        server.remove(3).await.unwrap();
        assert_eq!(server.list().await.unwrap(), [12]);
    }
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_is_not_ours_or_of_another_dimension_is_refused() {
    let host = Host::find().await;
    let server = host.server();
    server.open(1, DIMENSION).await.unwrap();
    let error = server.open(1, 384).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("16 dimensions"), "{}", error.message());

    let vectors = [("image".to_owned(), VectorParamsBuilder::new(4, Distance::Cosine).build())];
    let vectors = vectors_config::Config::ParamsMap(VectorParamsMap { map: vectors.into() });
    let name = format!("footnote_{}_2", host.options().installation);
    let foreign =
        CreateCollectionBuilder::new(name).vectors_config(VectorsConfig { config: Some(vectors) });
    host.client().create_collection(foreign).await.unwrap();
    let error = server.open(2, DIMENSION).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("not made by Footnote"), "{}", error.message());
    host.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_removed_is_said_to_be_gone() {
    let host = Host::find().await;
    let server = host.server();
    let index = server.open(1, DIMENSION).await.unwrap();
    server.remove(1).await.unwrap();
    let error = index.count().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.advice().unwrap().contains("footnote reindex"), "{}", error.chain());
    host.leave().await;
}

/// Returns the generation that the alias names.
async fn alias(host: &Host) -> Option<String> {
    let alias = format!("footnote_{}", host.options().installation);
    let aliases = host.client().list_aliases().await.unwrap().aliases;
    let named = aliases.into_iter().find(|known| known.alias_name == alias)?;
    named.collection_name.strip_prefix(&format!("{alias}_")).map(str::to_owned)
}

/// Makes a version with points whose vectors and words depend on its name.
fn filled(uri: &str, n_points: u32) -> (IndexedVersion, Vec<Point>) {
    let is_even = uri.len().is_multiple_of(2);
    let collection = CollectionId::named(if is_even { "even" } else { "odd" });
    let document = DocumentId::derive(collection, "root", uri);
    let version = VersionId::derive(document, &ContentHash::of(uri.as_bytes()), "test");
    let point = |ordinal| {
        let text = format!("{uri}, {ordinal}");
        let chunk = ChunkId::nth(version, ordinal);
        Point { chunk, dense: embed(&text), sparse: words(&text) }
    };
    let points = (0..n_points).map(point).collect();
    let media_type = "text/plain".to_owned();
    (IndexedVersion { collection, document, version, media_type }, points)
}

fn question(text: &str, limit: usize) -> IndexQuery {
    let (dense, sparse) = (Some(embed(text)), Some(words(text)));
    IndexQuery { dense, sparse, limit, filter: Filter::default() }
}

/// Returns eight of 256 words, weighted, that depend on the text alone.
fn words(text: &str) -> SparseVector {
    let Embedding(weights) = embed(&format!("words of {text}"));
    let digest = ContentHash::of(text.as_bytes());
    let mut indices: Vec<u32> = digest.as_bytes().iter().take(8).copied().map(u32::from).collect();
    indices.sort_unstable();
    indices.dedup();
    let values = indices.iter().zip(weights).map(|(_, weight)| 1.0 + weight).collect();
    SparseVector { indices, values }
}

/// Compares two lists. The engine adds up the words of a chunk in any order, so the last digit of a
/// score, and with it the order of two that are equal otherwise, is left to it.
fn assert_same(here: &[Hit], there: &[Hit]) {
    let is_close = |a: f32, b: f32| (a - b).abs() < 1e-5;
    assert_eq!(here.len(), there.len());
    let Some(last) = here.last() else { return };
    for (a, b) in here.iter().zip(there) {
        assert!(is_close(a.score, b.score), "{a:?} {b:?}");
        let same = there.iter().find(|hit| hit.chunk == a.chunk);
        let is_same = same.is_some_and(|hit| is_close(hit.score, a.score));
        assert!(is_same || is_close(a.score, last.score), "{a:?} {same:?}");
    }
}
