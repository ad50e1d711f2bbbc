//! What is stored is kept, found and read back as it was.

use footnote_core::ErrorKind;
use footnote_core::clock::Timestamp;
use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::Span;
use footnote_core::id::ContentHash;
use footnote_core::model::Fingerprint;
use footnote_store::{
    DocumentFilter, DocumentState, SpaceSpec, Store, StoreOptions, VersionRef, holder,
};

use crate::fixture::{
    DIMENSION, Home, document_id, embed, in_every_home, options, owner, put, put_embeddings,
    search, space, texts, version,
};

in_every_home![
    characters_that_a_database_refuses_do_no_harm,
    another_embedding_model_is_refused_with_what_to_do,
    the_model_that_serves_is_known_before_one_is_loaded,
    a_document_is_found_by_words_and_by_meaning_and_read_back,
    everything_about_a_document_can_be_read,
    a_long_text_is_quoted_across_its_stored_pieces,
    collections_are_counted_and_a_wrong_name_is_answered_with_the_nearest,
    embeddings_are_needed_before_a_version_and_must_fit,
];

async fn a_document_is_found_by_words_and_by_meaning_and_read_back(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("员工手册").await.unwrap();
    assert_eq!(store.ensure_collection("员工手册").await.unwrap(), id);
    put(store, id, "a.txt", &["The annual leave is thirty days.", "年假为三十天。"]).await;

    let found = search(store, &owner(), "a.txt\nThe annual leave is thirty days.").await;
    assert_eq!(found.dense[0].passage.text, "The annual leave is thirty days.");
    assert!(0.99 < found.dense[0].score);
    assert_eq!(found.lexical[0].passage, found.dense[0].passage);
    assert!(0.0 < found.lexical_self_score);
    assert_eq!(found.n_orphans, 0);
    assert_eq!(texts(store, &owner(), "年假").await, ["年假为三十天。"]);

    let passage = &search(store, &owner(), "年假").await.lexical[0].passage;
    assert_eq!(passage.document.title, "Title of a.txt");
    assert_eq!((passage.ordinal, passage.page), (1, Some(2)));
    let quote = store.quote(&owner(), passage.document.version, passage.span).await.unwrap();
    assert_eq!(quote, passage.text);
    let neighbours = store.neighbours(&owner(), passage).await.unwrap();
    assert_eq!(neighbours.len(), 1);
    assert_eq!(neighbours[0].text, "The annual leave is thirty days.");
}

async fn everything_about_a_document_can_be_read(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let stored = put(store, id, "a.txt", &["one", "two"]).await;
    let document = document_id(id, "a.txt");

    let summary = store.document(&owner(), document).await.unwrap();
    assert_eq!((summary.n_chunks, summary.size_bytes, summary.state), (2, 7, DocumentState::Live));
    assert_eq!(summary.notes, ["a note"]);
    let text = store.document_text(&owner(), document, None).await.unwrap();
    assert_eq!((text.version, text.text.as_str()), (stored, "one\ntwo"));
    let by_content = Some(VersionRef::Content(ContentHash::of(b"one\ntwo")));
    assert_eq!(store.document_text(&owner(), document, by_content).await.unwrap(), text);
    let parsed = store.document_parsed(&owner(), document, by_content).await.unwrap();
    assert_eq!((parsed.version, parsed.content), (stored, text.content));
    assert_eq!(parsed.parsed, version(id, "a.txt", &["one", "two"]).parsed);
    assert_eq!(store.document_chunks(&owner(), document, None).await.unwrap().1[1].text, "two");
    let original = store.original(&owner(), document, None).await.unwrap();
    assert_eq!(store.read_blob(&original.content).await.unwrap(), b"one\ntwo");

    let known = store.known_documents(id, "/root").await.unwrap();
    assert_eq!((known.len(), known[0].modified), (1, None));
    store.touch(document, Some(Timestamp(5))).await.unwrap();
    assert_eq!(store.known_documents(id, "/root").await.unwrap()[0].modified, Some(Timestamp(5)));
    assert!(store.known_documents(id, "/elsewhere").await.unwrap().is_empty());
}

async fn a_long_text_is_quoted_across_its_stored_pieces(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let long = "长文 text. ".repeat(9000);
    let stored = put(store, id, "long.txt", &[&long, "tail"]).await;
    let long_id = document_id(id, "long.txt");
    let (_, chunks) = store.document_chunks(&owner(), long_id, None).await.unwrap();
    assert_eq!(chunks[0].text, long);
    assert_eq!(chunks[1].text, "tail");
    let far = Span { start: 16_380, end: 16_393, char_start: 0, char_end: 0 };
    let quoted = store.quote(&owner(), stored, far).await;
    assert_eq!(quoted.ok().as_deref(), long.get(far.bytes()), "over the edge of a piece");
    let inside = Span { start: 1, end: 3, char_start: 0, char_end: 0 };
    let error = store.quote(&owner(), stored, inside).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

async fn characters_that_a_database_refuses_do_no_harm(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let mut new = version(id, "a.txt", &["penguin \0 walrus"]);
    new.parsed.title = Some("A\0title".to_owned());
    new.parsed.notes = vec!["a\0note".to_owned()];
    new.chunks[0].chunk.headings = vec!["a\0heading".to_owned()];
    "a\0context".clone_into(&mut new.chunks[0].context);
    put_embeddings(store, &new).await;
    store.put_version(new, None).await.unwrap();
    let passage = search(store, &owner(), "penguin").await.lexical[0].passage.clone();
    assert_eq!(
        (passage.text.as_str(), passage.document.title.as_str()),
        ("penguin \0 walrus", "Atitle")
    );
    assert_eq!(passage.headings, ["a\0heading"]);
}

async fn collections_are_counted_and_a_wrong_name_is_answered_with_the_nearest(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("handbook").await.unwrap();
    put(store, id, "a", &["one", "two"]).await;
    let summaries = store.collections(&owner()).await.unwrap();
    assert_eq!((summaries[0].n_documents, summaries[0].n_chunks), (1, 2));
    assert_eq!(store.collection_named(&owner(), "handbook").await.unwrap(), id);
    let error = store.collection_named(&owner(), "hanbook").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.advice().unwrap().contains("`handbook`"));
    let error = store.ensure_collection("a/b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

async fn embeddings_are_needed_before_a_version_and_must_fit(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let new = version(id, "a", &["text"]);
    let embedded = new.chunks[0].embedded;
    let error = store.put_version(new, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(store.known_documents(id, "/root").await.unwrap().is_empty());

    let fingerprint = &space().fingerprint;
    assert!(store.cached_embeddings(fingerprint, &[embedded]).await.unwrap().is_empty());
    put_embeddings(store, &version(id, "a", &["text"])).await;
    let cached = store.cached_embeddings(fingerprint, &[embedded]).await.unwrap();
    assert!(cached.contains(&embedded));
    let mut short = embed("x");
    short.0.pop();
    let error = store.put_embeddings(fingerprint, &[(embedded, short)]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

async fn another_embedding_model_is_refused_with_what_to_do(home: Home) {
    let other = SpaceSpec {
        model: "other".to_owned(),
        fingerprint: Fingerprint("other-fingerprint".to_owned()),
        dimension: DIMENSION,
    };
    let stranger = &other.fingerprint;
    let hash = ContentHash::of(b"text");
    let error = home.store.put_embeddings(stranger, &[(hash, embed("text"))]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let wrong = StoreOptions { space: Some(other), ..home.options() };
    let error = home.try_reopen(wrong).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("`test-model`"), "{}", error.message());
    assert!(error.advice().unwrap().contains("models.embedder"));
}

async fn the_model_that_serves_is_known_before_one_is_loaded(home: Home) {
    let serving = Store::serving_model(home.folder.path(), &home.config).await.unwrap();
    assert_eq!(serving.as_deref(), Some("test-model"));
    let any = StoreOptions { space: None, ..home.options() };
    let home = home.try_reopen(any).await.unwrap();
    assert_eq!(home.store.space(), Some(space()));
    let nowhere = tempfile::tempdir().unwrap();
    let nothing = Store::serving_model(nowhere.path(), &StoreConfig::default()).await.unwrap();
    assert_eq!(nothing, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_model_an_empty_store_lists_and_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions { space: None, ..options(folder.path()) };
    let store = Store::open(options).await.unwrap();
    assert!(store.documents(&owner(), DocumentFilter::default()).await.unwrap().items.is_empty());
    assert!(search(&store, &owner(), "anything").await.dense.is_empty());
    let id = store.ensure_collection("c").await.unwrap();
    let error = store.put_version(version(id, "a", &["text"]), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    store.checkpoint().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_refused_and_told_where_the_first_is() {
    let home = Home::new().await;
    home.store.describe("http://127.0.0.1:7878").unwrap();
    let error = Store::open(options(home.folder.path())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let held = holder(home.folder.path()).unwrap();
    assert_eq!(held.address.as_deref(), Some("http://127.0.0.1:7878"));
    assert_eq!(held.pid, std::process::id());
    drop(home.store);
    assert_eq!(holder(home.folder.path()), None);
}
