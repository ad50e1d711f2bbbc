//! Nobody reads what is outside the scope, and what is hidden looks like what is missing.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::corpus::Corpus as _;
use footnote_core::query::{Filter, SearchRequest};
use footnote_store::{DocumentFilter, VersionRef};

use crate::fixture::{Home, document_id, embed, in_every_home, owner, put, search};

in_every_home![
    a_reader_of_one_collection_never_sees_another,
    a_filter_narrows_the_scope_and_never_widens_it,
];

async fn a_reader_of_one_collection_never_sees_another(home: Home) {
    let store = &home.store;
    let open = store.ensure_collection("open").await.unwrap();
    let secret = store.ensure_collection("secret").await.unwrap();
    put(store, open, "a", &["penguins in the open"]).await;
    put(store, secret, "s", &["penguins in secret", "secret too"]).await;
    let hidden = document_id(secret, "s");
    let passage = search(store, &owner(), "secret penguins").await.lexical[0].passage.clone();
    let scope = Principal::reader("reader", [open]).scope(&[]).unwrap();

    let found = search(store, &scope, "secret penguins").await;
    let all = found.dense.iter().chain(&found.lexical);
    assert!(all.clone().count() == 2 && found.n_orphans == 0);
    assert!(all.clone().all(|candidate| candidate.passage.document.collection == open));

    let version = passage.document.version;
    let errors = [
        store.document(&scope, hidden).await.unwrap_err(),
        store.document_text(&scope, hidden, None).await.unwrap_err(),
        store.document_text(&scope, hidden, Some(VersionRef::Id(version))).await.unwrap_err(),
        store.document_parsed(&scope, hidden, None).await.unwrap_err(),
        store.document_chunks(&scope, hidden, None).await.unwrap_err(),
        store.original(&scope, hidden, None).await.unwrap_err(),
        store.quote(&scope, version, passage.span).await.unwrap_err(),
        store.neighbours(&scope, &passage).await.unwrap_err(),
    ];
    let missing = store.document(&scope, document_id(open, "none")).await.unwrap_err();
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::NotFound));
    assert_eq!(errors[0].message(), missing.message(), "hidden looks like missing");

    let page = store.documents(&scope, DocumentFilter::default()).await.unwrap();
    assert!(page.items.iter().all(|document| document.collection == open));
    let asked = DocumentFilter { collection: Some(secret), ..DocumentFilter::default() };
    assert!(store.documents(&scope, asked).await.unwrap().items.is_empty());
    let summaries = store.collections(&scope).await.unwrap();
    assert_eq!(summaries.iter().map(|summary| summary.id).collect::<Vec<_>>(), [open]);
}

async fn a_filter_narrows_the_scope_and_never_widens_it(home: Home) {
    let store = &home.store;
    let open = store.ensure_collection("open").await.unwrap();
    let secret = store.ensure_collection("secret").await.unwrap();
    put(store, open, "a", &["penguins"]).await;
    put(store, secret, "s", &["penguins"]).await;
    let scope = Principal::reader("reader", [open]).scope(&[]).unwrap();
    let request = |documents, media_types: &[&str]| SearchRequest {
        dense: Some(embed("penguins")),
        lexical: Some("penguins".to_owned()),
        limit: 5,
        filter: Filter {
            documents,
            media_types: media_types.iter().map(ToString::to_string).collect(),
        },
        ..SearchRequest::default()
    };
    let hidden = request(vec![document_id(secret, "s")], &[]);
    assert!(store.search(&scope, &hidden).await.unwrap().dense.is_empty());
    let mine = request(vec![document_id(open, "a")], &["text/plain"]);
    assert_eq!(store.search(&scope, &mine).await.unwrap().lexical.len(), 1);
    let other_type = request(Vec::new(), &["application/pdf"]);
    assert!(store.search(&scope, &other_type).await.unwrap().dense.is_empty());
}
