//! The embedding model is changed while questions are answered, and changed back.

use async_trait::async_trait;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::Chunk;
use footnote_core::id::ContentHash;
use footnote_core::model::{Embedder, Embedding, Fingerprint, Language, Purpose};
use footnote_core::query::{Candidates, SearchRequest};
use footnote_core::{ErrorKind, Result};
use footnote_store::{SpaceSpec, SpaceState, Store, StoreOptions};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::fixture::{Home, embed, in_every_home, owner, put, put_embeddings, space, version};

in_every_home![
    another_model_takes_over_while_documents_come_and_questions_are_answered,
    questions_of_the_model_before_are_answered_until_it_is_dropped,
    going_back_is_one_step_unless_documents_came_since,
    what_was_half_embedded_is_gone_on_with_after_a_restart,
    a_space_that_serves_is_neither_begun_nor_dropped,
    a_third_model_drops_the_first,
];

/// How many values a vector of the other model has.
const OTHER_DIMENSION: usize = 8;

/// An embedder of another dimension, whose vectors are the first half of the usual ones.
struct OtherEmbedder(Fingerprint);

impl OtherEmbedder {
    fn new() -> Self {
        Self::named("other")
    }

    fn named(name: &str) -> Self {
        Self(Fingerprint(format!("{name}-fingerprint")))
    }

    fn spec(&self) -> SpaceSpec {
        SpaceSpec::of(self.0.0.strip_suffix("-fingerprint").unwrap(), self)
    }
}

#[async_trait]
impl Embedder for OtherEmbedder {
    fn fingerprint(&self) -> &Fingerprint {
        &self.0
    }

    fn dimension(&self) -> usize {
        OTHER_DIMENSION
    }

    fn max_tokens(&self) -> usize {
        512
    }

    fn reads(&self, _language: Language) -> bool {
        true
    }

    fn token_starts(&self, text: &str) -> Result<Vec<usize>> {
        Ok(text.char_indices().map(|(at, _)| at).collect())
    }

    async fn embed(&self, texts: Vec<String>, _purpose: Purpose) -> Result<Vec<Embedding>> {
        Ok(texts.iter().map(|text| short(text)).collect())
    }
}

fn short(text: &str) -> Embedding {
    let Embedding(mut values) = embed(text);
    values.truncate(OTHER_DIMENSION);
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    Embedding(values.iter().map(|value| value / length).collect())
}

async fn another_model_takes_over_while_documents_come_and_questions_are_answered(home: Home) {
    let (store, other) = (&home.store, OtherEmbedder::new());
    let collection = store.ensure_collection("c").await.unwrap();
    for n in 0..40 {
        put(store, collection, &format!("doc-{n}"), &[&text(n), "the same in all"]).await;
    }
    store.begin_space(&other.spec()).await.unwrap();
    let is_done = AtomicBool::new(false);
    let (n_asked, n_written) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let asking = async {
        while !is_done.load(Ordering::Relaxed) {
            let n = n_asked.fetch_add(1, Ordering::Relaxed) % 40;
            assert_eq!(found_by_meaning(store, n).await, text(n));
        }
    };
    let writing = async {
        for n in 40.. {
            if is_done.load(Ordering::Relaxed) {
                break;
            }
            n_written.fetch_add(1, Ordering::Relaxed);
            let new = version(collection, &format!("doc-{n}"), &[&text(n)]);
            put_embeddings(store, &new).await;
            if let Err(error) = store.put_version(new, None).await {
                assert_eq!(error.kind(), ErrorKind::Conflict, "{}", error.chain());
            }
        }
    };
    let switching = async {
        reembed(store, &other).await;
        store.finish_space(&other, &|_, _| ()).await.unwrap();
        is_done.store(true, Ordering::Relaxed);
    };
    tokio::join!(asking, writing, switching);

    assert!(0 < n_asked.into_inner() && 0 < n_written.into_inner());
    assert_eq!(store.space(), Some(other.spec()));
    for n in 0..40 {
        assert_eq!(ask(store, &other, n).await.dense[0].passage.text, text(n));
    }
    let integrity = store.integrity().await.unwrap();
    assert!(integrity.problems.is_empty(), "{:?}", integrity.problems);
    let report = store.reconcile().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0));
}

async fn questions_of_the_model_before_are_answered_until_it_is_dropped(home: Home) {
    let (store, other) = (&home.store, OtherEmbedder::new());
    let collection = store.ensure_collection("c").await.unwrap();
    put(store, collection, "doc-1", &[&text(1)]).await;
    put(store, collection, "doc-2", &[&text(2)]).await;
    change(store, &other).await;
    store.remove_document(crate::fixture::document_id(collection, "doc-2")).await.unwrap();

    assert_eq!(found_by_meaning(store, 1).await, text(1));
    let before = ask_with(store, embed(&question(2)), &space().fingerprint).await;
    assert_eq!((before.dense.len(), before.n_orphans), (1, 0), "what is removed is gone there too");
    let wrong = SearchRequest { dense: Some(embed("x")), limit: 1, ..SearchRequest::default() };
    assert_eq!(store.search(&owner(), &wrong).await.unwrap_err().kind(), ErrorKind::Invalid);

    store.drop_space(&space().fingerprint).await.unwrap();
    let request = SearchRequest {
        dense: Some(embed("x")),
        space: Some(space().fingerprint),
        limit: 1,
        ..SearchRequest::default()
    };
    assert_eq!(store.search(&owner(), &request).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(ask(store, &other, 1).await.dense[0].passage.text, text(1));
    assert_eq!(store.roll_back().await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn going_back_is_one_step_unless_documents_came_since(home: Home) {
    let other = OtherEmbedder::new();
    let collection = home.store.ensure_collection("c").await.unwrap();
    put(&home.store, collection, "doc-1", &[&text(1)]).await;
    change(&home.store, &other).await;
    let spec = Some(other.spec());
    let options = StoreOptions { space: spec.clone(), ..home.options() };
    let home = home.try_reopen(options).await.unwrap();
    let store = &home.store;
    assert_eq!(found_by_meaning(store, 1).await, text(1), "it is kept when the store opens again");
    assert_eq!(store.roll_back().await.unwrap(), space());
    assert_eq!(ask(store, &other, 1).await.dense[0].passage.text, text(1));
    assert_eq!(store.roll_back().await.unwrap(), other.spec());

    let new = version(collection, "doc-2", &[&text(2)]);
    store.put_embeddings(&other.0, &[(new.chunks[0].embedded, short(&question(2)))]).await.unwrap();
    store.put_version(new, None).await.unwrap();
    let error = store.roll_back().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.message().contains("doc-2"), "{}", error.message());
    assert!(error.advice().unwrap().contains("--embedder test-model"));
    assert_eq!(store.space(), spec);
}

async fn what_was_half_embedded_is_gone_on_with_after_a_restart(home: Home) {
    let other = OtherEmbedder::new();
    let collection = home.store.ensure_collection("c").await.unwrap();
    for n in 0..10 {
        put(&home.store, collection, &format!("doc-{n}"), &[&text(n)]).await;
    }
    home.store.begin_space(&other.spec()).await.unwrap();
    let page = home.store.texts_to_embed(&other.0, None, 4).await.unwrap();
    let vectors: Vec<_> = page.iter().map(|text| (text.hash, short(&text.text))).collect();
    home.store.put_embeddings(&other.0, &vectors).await.unwrap();

    let home = home.reopen().await;
    let store = &home.store;
    let states: Vec<_> =
        store.spaces().await.unwrap().into_iter().map(|space| space.state).collect();
    assert_eq!(states, [SpaceState::Serving, SpaceState::Building]);
    assert_eq!(store.n_texts_to_embed(&other.0).await.unwrap(), 6);
    change(store, &other).await;
    assert_eq!(ask(store, &other, 7).await.dense[0].passage.text, text(7));
}

async fn a_space_that_serves_is_neither_begun_nor_dropped(home: Home) {
    let (store, other) = (&home.store, OtherEmbedder::new());
    let again = store.begin_space(&space()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    let serves = store.drop_space(&space().fingerprint).await.unwrap_err();
    assert_eq!(serves.kind(), ErrorKind::Conflict);
    let unknown = store.finish_space(&other, &|_, _| ()).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Conflict);
    store.begin_space(&other.spec()).await.unwrap();
    let second = store.begin_space(&OtherEmbedder::named("third").spec()).await.unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Conflict);
    let hash = ContentHash::of(b"text");
    let wrong = store.put_embeddings(&other.0, &[(hash, embed("text"))]).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::Invalid, "its dimension is another");
    store.drop_space(&other.0).await.unwrap();
    assert_eq!(store.spaces().await.unwrap().len(), 1);
}

async fn a_third_model_drops_the_first(home: Home) {
    let (store, second, third) = (&home.store, OtherEmbedder::new(), OtherEmbedder::named("third"));
    let collection = store.ensure_collection("c").await.unwrap();
    put(store, collection, "doc-1", &[&text(1)]).await;
    change(store, &second).await;
    change(store, &third).await;
    let spaces = store.spaces().await.unwrap();
    let known: Vec<_> =
        spaces.iter().map(|space| (space.spec.model.as_str(), space.state)).collect();
    assert_eq!(known, [("third", SpaceState::Serving), ("other", SpaceState::Retired)]);
    if !home.is_cluster() {
        let n_indexes = std::fs::read_dir(home.folder.path().join("index")).unwrap().count();
        assert_eq!(n_indexes, 2);
    }
}

/// Changes the model.
async fn change(store: &Store, embedder: &OtherEmbedder) {
    store.begin_space(&embedder.spec()).await.unwrap();
    reembed(store, embedder).await;
    let report = store.finish_space(embedder, &|_, _| ()).await.unwrap();
    assert!(0 < report.n_points);
}

/// Embeds what a space lacks, as a job does.
async fn reembed(store: &Store, embedder: &OtherEmbedder) {
    let mut after = None;
    loop {
        let page = store.texts_to_embed(&embedder.0, after, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.hash);
        let vectors: Vec<_> = page.iter().map(|text| (text.hash, short(&text.text))).collect();
        store.put_embeddings(&embedder.0, &vectors).await.unwrap();
    }
}

fn text(n: usize) -> String {
    format!("penguin number {n}")
}

/// Returns a text whose vector is that of the nth document's chunk.
fn question(n: usize) -> String {
    Chunk::embedded_text(&format!("doc-{n}"), &text(n))
}

/// Asks by meaning with the model that the fixture's documents are embedded with.
async fn found_by_meaning(store: &Store, n: usize) -> String {
    let found = ask_with(store, embed(&question(n)), &space().fingerprint).await;
    found.dense[0].passage.text.clone()
}

async fn ask(store: &Store, embedder: &OtherEmbedder, n: usize) -> Candidates {
    ask_with(store, short(&question(n)), &embedder.0).await
}

async fn ask_with(store: &Store, dense: Embedding, fingerprint: &Fingerprint) -> Candidates {
    let request = SearchRequest {
        dense: Some(dense),
        space: Some(fingerprint.clone()),
        lexical: Some("penguin".to_owned()),
        limit: 5,
        ..SearchRequest::default()
    };
    store.search(&owner(), &request).await.unwrap()
}
