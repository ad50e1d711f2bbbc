//! A new version takes the place of the old one; what is removed is gone at once.

use footnote_core::ErrorKind;
use footnote_core::corpus::Corpus as _;
use footnote_store::{DocumentFilter, VersionRef};

use crate::fixture::{Home, document_id, in_every_home, owner, put, search, texts, version};

in_every_home![
    a_new_version_is_found_instead_of_the_old_whose_citations_still_open,
    the_old_version_serves_until_the_new_one_is_complete,
    going_back_to_an_earlier_content_and_repeating_change_nothing_else,
    a_removed_document_is_gone_from_everything_and_can_come_back,
    a_removed_collection_takes_its_documents_along,
];

async fn a_new_version_is_found_instead_of_the_old_whose_citations_still_open(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    put(store, id, "a", &["old penguins", "old walruses"]).await;
    let old = search(store, &owner(), "penguins").await.lexical[0].passage.clone();
    put(store, id, "a", &["new penguins"]).await;

    assert_eq!(texts(store, &owner(), "penguins walruses").await, ["new penguins"]);
    let found = search(store, &owner(), "walruses").await;
    assert_eq!((found.dense.len(), found.n_orphans), (1, 0), "the old points are gone");
    let quote = store.quote(&owner(), old.document.version, old.span).await.unwrap();
    assert_eq!(quote, "old penguins");
    let superseded = Some(VersionRef::Id(old.document.version));
    let text = store.document_text(&owner(), old.document.id, superseded).await.unwrap();
    assert_eq!(text.text, "old penguins\nold walruses");
}

async fn the_old_version_serves_until_the_new_one_is_complete(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    put(store, id, "a", &["old penguins"]).await;
    let error = store.put_version(version(id, "a", &["new penguins"]), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "it has no embeddings");
    assert_eq!(texts(store, &owner(), "penguins").await, ["old penguins"]);
}

async fn going_back_to_an_earlier_content_and_repeating_change_nothing_else(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let first = put(store, id, "a", &["first penguins", "tail"]).await;
    put(store, id, "a", &["second penguins"]).await;
    assert_eq!(put(store, id, "a", &["first penguins", "tail"]).await, first);
    assert_eq!(put(store, id, "a", &["first penguins", "tail"]).await, first);
    assert_eq!(texts(store, &owner(), "penguins").await, ["first penguins"]);
    let home = home.reopen().await;
    assert_eq!(texts(&home.store, &owner(), "penguins").await, ["first penguins"]);
    assert_eq!(home.store.reconcile().await.unwrap().n_points, 2);
}

async fn a_removed_document_is_gone_from_everything_and_can_come_back(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    put(store, id, "a", &["old penguins"]).await;
    put(store, id, "a", &["penguins"]).await;
    let passage = search(store, &owner(), "penguins").await.lexical[0].passage.clone();
    let document = document_id(id, "a");
    store.remove_document(document).await.unwrap();

    let found = search(store, &owner(), "penguins").await;
    assert_eq!((found.lexical.len(), found.n_orphans), (0, 0));
    let version = passage.document.version;
    let gone = [
        store.document(&owner(), document).await.unwrap_err(),
        store.document_text(&owner(), document, Some(VersionRef::Id(version))).await.unwrap_err(),
        store.document_parsed(&owner(), document, None).await.unwrap_err(),
        store.document_chunks(&owner(), document, None).await.unwrap_err(),
        store.original(&owner(), document, None).await.unwrap_err(),
        store.quote(&owner(), version, passage.span).await.unwrap_err(),
        store.neighbours(&owner(), &passage).await.unwrap_err(),
        store.remove_document(document).await.unwrap_err(),
    ];
    assert!(gone.iter().all(|error| error.kind() == ErrorKind::NotFound));
    assert!(store.known_documents(id, "/root").await.unwrap().is_empty());
    let page = store.documents(&owner(), DocumentFilter::default()).await.unwrap();
    assert!(page.items.is_empty());

    put(store, id, "a", &["penguins"]).await;
    assert_eq!(texts(store, &owner(), "penguins").await, ["penguins"]);
}

async fn a_removed_collection_takes_its_documents_along(home: Home) {
    let store = &home.store;
    let gone = store.ensure_collection("gone").await.unwrap();
    let stays = store.ensure_collection("stays").await.unwrap();
    put(store, gone, "a", &["penguins"]).await;
    put(store, stays, "a", &["penguins stay"]).await;
    store.remove_collection(gone).await.unwrap();

    assert_eq!(texts(store, &owner(), "penguins").await, ["penguins stay"]);
    assert_eq!(store.collections(&owner()).await.unwrap().len(), 1);
    let error = store.remove_collection(gone).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = store.put_version(version(gone, "b", &["x"]), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    store.ensure_collection("gone").await.unwrap();
    assert_eq!(store.collections(&owner()).await.unwrap()[0].n_documents, 0);
}
