//! Every step that can fail is made to fail, one after the other: nothing is lost, nothing is half
//! done, and the next run finishes.

use footnote_core::corpus::Corpus as _;
use footnote_core::document::Chunk;
use footnote_core::id::{CollectionId, ContentHash};
use footnote_core::query::{Filter, SearchRequest};
use footnote_core::{ErrorKind, Result};
use footnote_store::{Faults, Store, Which};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

use crate::canary::{Canary, files_with};
use crate::fixture::{document_id, embed, options, owner, space, version};

/// More steps than the story can have: a loop that gets here does not end by itself.
const TOO_MANY_STEPS: u64 = 5_000;

const FIRST: [&str; 2] = ["the first paragraph", "the second paragraph"];
const REMOVED: [&str; 2] = ["a paragraph that is to be gone for good", "the second paragraph"];
const CHANGED: [&str; 1] = ["a paragraph that says something else"];

/// What the documents are known to be: their paragraphs, or gone.
type Known = BTreeMap<&'static str, &'static [&'static str]>;

/// What was acknowledged, and what was being done when a step failed.
#[derive(Default)]
struct Books {
    known: Known,
    in_flight: Option<(&'static str, &'static [&'static str])>,
}

impl Books {
    fn begin(&mut self, uri: &'static str, paragraphs: &'static [&'static str]) {
        self.in_flight = Some((uri, paragraphs));
    }

    fn acknowledge(&mut self) {
        self.known.extend(self.in_flight.take());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_step_fails_once_the_next_run_finishes() {
    let n_steps = walk(Faults::once).await;
    println!("{n_steps} steps were made to fail, each once");
    assert!(100 < n_steps, "the story has only {n_steps} steps");
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_step_begins_to_fail_for_good_the_next_run_finishes() {
    let n_steps = walk(Faults::from).await;
    println!("{n_steps} steps were made to fail, each with all that came after it");
}

/// Tells the story with the first step failing, the second, and so on, until it is over before the
/// step that was to fail. Returns how many steps there were.
async fn walk(faults_at: impl Fn(u64) -> Faults) -> u64 {
    for step in 1..TOO_MANY_STEPS {
        let folder = folder();
        let (faults, mut books) = (faults_at(step), Books::default());
        let outcome = story(folder.path(), faults.clone(), &mut books).await;
        if !faults.was_hit() {
            outcome.unwrap();
            return step - 1;
        }
        if let Err(error) = outcome {
            let kinds = [ErrorKind::Unavailable, ErrorKind::Internal];
            assert!(kinds.contains(&error.kind()), "step {step}: {}", error.chain());
            assert!(error.chain().contains("on purpose"), "step {step}: {}", error.chain());
        }
        finish(folder.path(), &books, step).await;
    }
    panic!("the story never ends");
}

/// Makes a folder in memory where there is such a thing: the faults are our own, and a real disk
/// only makes thousands of openings slow.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Three documents are put, one is changed, one removed for good, and the store is tidied and
/// opened again.
async fn story(folder: &Path, faults: Faults, books: &mut Books) -> Result<()> {
    let store = Store::open_with_faults(options(folder), faults.clone()).await?;
    let told = tell(&store, books).await;
    let closed = store.close().await;
    drop(store);
    told.and(closed)?;
    Store::open_with_faults(options(folder), faults).await?.close().await
}

async fn tell(store: &Store, books: &mut Books) -> Result<()> {
    let collection = store.ensure_collection("c").await?;
    put(store, (collection, "a", &FIRST), books).await?;
    put(store, (collection, "b", &FIRST), books).await?;
    put(store, (collection, "c", &REMOVED), books).await?;
    put(store, (collection, "b", &CHANGED), books).await?;
    let gone = document_id(collection, "c");
    books.begin("c", &[]);
    store.remove_document(gone).await?;
    books.acknowledge();
    store.purge(Which::Documents(vec![gone])).await?;
    store.checkpoint().await?;
    store.reindex(&|_, _| ()).await?;
    store.vacuum().await?;
    store.optimize().await
}

async fn put(
    store: &Store,
    (collection, uri, paragraphs): (CollectionId, &'static str, &'static [&'static str]),
    books: &mut Books,
) -> Result<()> {
    books.begin(uri, paragraphs);
    let new = version(collection, uri, paragraphs);
    let embeddings: Vec<_> = paragraphs
        .iter()
        .map(|paragraph| Chunk::embedded_text(uri, paragraph))
        .map(|text| (ContentHash::of(text.as_bytes()), embed(&text)))
        .collect();
    store.put_embeddings(&space().fingerprint, &embeddings).await?;
    store.put_version(new, None).await?;
    books.acknowledge();
    Ok(())
}

/// Opens the store without faults, looks at what is there, and tells the story again; afterwards
/// everything is as it was to be.
async fn finish(folder: &Path, books: &Books, step: u64) {
    let store = Store::open(options(folder)).await.unwrap();
    check(&store, books, step).await;
    if books.known.get("c").is_some_and(|paragraphs| paragraphs.is_empty()) {
        // A purge that was interrupted anywhere is finished by the next one.
        let gone = document_id(CollectionId::named("c"), "c");
        store.purge(Which::Documents(vec![gone])).await.unwrap();
        let canary = Canary { word: REMOVED[0].to_owned() };
        assert_eq!(files_with(folder, &canary), [""; 0], "step {step}");
    }
    let mut books = Books::default();
    tell(&store, &mut books).await.unwrap_or_else(|error| panic!("step {step}: {}", error.chain()));
    assert_eq!(books.known["b"], CHANGED);
    check(&store, &books, step).await;
    store.close().await.unwrap();
}

/// Everything acknowledged is there, what was being done is there as a whole or not at all, and
/// index and catalog agree.
async fn check(store: &Store, books: &Books, step: u64) {
    let collection = store.ensure_collection("c").await.unwrap();
    for uri in ["a", "b", "c"] {
        let acknowledged = books.known.get(uri).copied().unwrap_or_default();
        let in_flight = books.in_flight.filter(|(of, _)| *of == uri).map(|(_, to)| to);
        let found = paragraphs(store, collection, uri).await;
        let is_known = found == acknowledged || in_flight.is_some_and(|to| found == to);
        assert!(is_known, "step {step}: {uri} is {found:?}, not {acknowledged:?}");
    }
    let report = store.reconcile().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0), "step {step}");
    assert_eq!(store.integrity().await.unwrap().problems, [""; 0], "step {step}");
}

/// Returns the paragraphs of a document in order, as they are stored; each is found by its meaning.
async fn paragraphs(store: &Store, collection: CollectionId, uri: &str) -> Vec<String> {
    let id = document_id(collection, uri);
    let Ok((_, chunks)) = store.document_chunks(&owner(), id, None).await else {
        return Vec::new();
    };
    for chunk in &chunks {
        let request = SearchRequest {
            dense: Some(embed(&Chunk::embedded_text(uri, &chunk.text))),
            limit: 10,
            filter: Filter { documents: vec![id], ..Filter::default() },
            ..SearchRequest::default()
        };
        let found = store.search(&owner(), &request).await.unwrap();
        assert_eq!((found.dense.len(), found.n_orphans), (chunks.len(), 0));
        assert_eq!(found.dense[0].passage.text, chunk.text);
    }
    chunks.into_iter().map(|chunk| chunk.text).collect()
}
