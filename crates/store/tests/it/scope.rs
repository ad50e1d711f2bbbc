//! Nobody reads what is outside the scope, and what is hidden looks like what is missing.

use footnote_core::ErrorKind;
use footnote_core::access::{Principal, Rights, Role, Scope};
use footnote_core::corpus::Corpus as _;
use footnote_core::id::{CollectionId, PersonId};
use footnote_core::job::{JobFilter, JobKind, NewJob};
use footnote_core::query::{Filter, SearchRequest};
use footnote_store::{DocumentFilter, VersionRef};

use crate::fixture::{Home, document_id, embed, in_every_home, owner, put, search};

in_every_home![
    a_single_document_is_read_and_nothing_beside_it,
    who_may_read_little_still_gets_ten_passages,
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

/// Returns what somebody may read who may read single documents.
fn single(documents: &[(CollectionId, &str)]) -> Scope {
    let mut rights = Rights::default();
    for (collection, uri) in documents {
        rights.on_document(document_id(*collection, uri), *collection, Role::Reader);
    }
    Principal::person(PersonId::generate(), "reader", rights).scope(&[]).unwrap()
}

async fn a_single_document_is_read_and_nothing_beside_it(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let other = store.ensure_collection("other").await.unwrap();
    for (collection, uri) in [(c, "mine"), (c, "theirs"), (other, "theirs")] {
        put(store, collection, uri, &["the same penguins"]).await;
    }
    let new = NewJob {
        collection: c,
        source: "a folder".to_owned(),
        kind: JobKind::Ingest,
        request: String::new(),
        priority: 0,
    };
    let job = store.create_job(new).await.unwrap();
    let scope = single(&[(c, "mine")]);

    let found = search(store, &scope, "penguins").await;
    let all: Vec<_> = found.dense.iter().chain(&found.lexical).collect();
    assert_eq!((all.len(), found.n_orphans), (2, 0));
    assert!(all.iter().all(|found| found.passage.document.id == document_id(c, "mine")));
    store.document_text(&scope, document_id(c, "mine"), None).await.unwrap();
    let hidden = store.document_text(&scope, document_id(c, "theirs"), None).await.unwrap_err();
    assert_eq!(hidden.kind(), ErrorKind::NotFound);
    assert_eq!(store.documents(&scope, DocumentFilter::default()).await.unwrap().items.len(), 1);
    let collections = store.collections(&scope).await.unwrap();
    assert_eq!(collections.len(), 1);
    assert_eq!((collections[0].id, collections[0].n_documents), (c, 1));
    assert!(store.duplicates(&scope).await.unwrap().groups.is_empty());
    assert_eq!(store.duplicates(&owner()).await.unwrap().groups[0].documents.len(), 3);
    assert!(store.jobs(&scope, &JobFilter::default(), 9).await.unwrap().is_empty());
    assert_eq!(store.job(&scope, job).await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn who_may_read_little_still_gets_ten_passages(home: Home) {
    let store = &home.store;
    let foreign = store.ensure_collection("foreign").await.unwrap();
    for n in 0..20 {
        let texts: Vec<String> = (0..250).map(|m| format!("penguins, penguins {n} {m}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        put(store, foreign, &format!("foreign-{n}"), &texts).await;
    }
    let shared = store.ensure_collection("shared").await.unwrap();
    let uris: Vec<String> = (0..14).map(|n| format!("mine-{n}")).collect();
    for uri in &uris {
        let text = "In a long text on something else there may stand a word on penguins too.";
        put(store, shared, uri, &[text]).await;
    }
    let best = search(store, &owner(), "penguins").await;
    let all = best.dense.iter().chain(&best.lexical);
    assert!(all.into_iter().all(|found| found.passage.document.collection == foreign));

    let documents: Vec<(CollectionId, &str)> = uris.iter().map(|uri| (shared, &**uri)).collect();
    let whole = Principal::reader("reader", [shared]).scope(&[]).unwrap();
    for scope in [single(&documents), single(&documents[..10]), whole] {
        let found = search(store, &scope, "penguins").await;
        assert_eq!((found.dense.len(), found.lexical.len()), (10, 10));
        let mut all = found.dense.iter().chain(&found.lexical);
        assert!(all.all(|found| found.passage.document.collection == shared));
    }
}
