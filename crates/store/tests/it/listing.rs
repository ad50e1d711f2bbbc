//! Documents are listed in the order and the stretch that are asked for.

use footnote_core::access::{Principal, Scope};
use footnote_core::id::CollectionId;
use footnote_store::{DocumentFilter, DocumentOrder, Store};

use crate::fixture::{Home, document_id, in_every_home, owner, put, put_embeddings, version};

in_every_home![
    documents_are_listed_page_by_page_in_every_order,
    documents_are_found_by_what_their_names_and_titles_hold_and_by_their_type,
    a_list_goes_on_behind_what_was_removed_and_not_behind_what_is_hidden,
];

/// Puts documents that differ in everything by which they can be ordered.
async fn with_documents(store: &Store) -> CollectionId {
    let id = store.ensure_collection("c").await.unwrap();
    for (uri, title, media_type, pages, paragraphs) in [
        ("b.txt", Some("alpha"), "text/plain", None, &["one"][..]),
        ("d.pdf", None, "application/pdf", Some(9), &["one", "two", "three, which is longer"]),
        ("a.md", Some("Beta 100%"), "text/markdown", None, &["one", "two"]),
        ("c.pdf", Some("GAMMA"), "application/pdf", Some(2), &["one, and a half"]),
    ] {
        let mut new = version(id, uri, paragraphs);
        new.parsed.title = title.map(str::to_owned);
        media_type.clone_into(&mut new.parsed.media_type);
        new.parsed.n_pages = pages;
        put_embeddings(store, &new).await;
        store.put_version(new, None).await.unwrap();
    }
    id
}

/// Lists everything, two by two.
async fn listed(store: &Store, scope: &Scope, mut filter: DocumentFilter) -> Vec<String> {
    let mut uris = Vec::new();
    filter.limit = 2;
    loop {
        let page = store.documents(scope, filter.clone()).await.unwrap();
        assert!(page.items.len() <= 2);
        uris.extend(page.items.into_iter().map(|document| document.uri));
        let Some(next) = page.next else { return uris };
        filter.after = Some(next);
    }
}

async fn documents_are_listed_page_by_page_in_every_order(home: Home) {
    let store = &home.store;
    with_documents(store).await;
    for (order, expected) in [
        (DocumentOrder::Uri, ["a.md", "b.txt", "c.pdf", "d.pdf"]),
        (DocumentOrder::Title, ["b.txt", "a.md", "d.pdf", "c.pdf"]),
        (DocumentOrder::Created, ["b.txt", "d.pdf", "a.md", "c.pdf"]),
        (DocumentOrder::Size, ["b.txt", "a.md", "c.pdf", "d.pdf"]),
    ] {
        let mut filter = DocumentFilter { order, ..DocumentFilter::default() };
        assert_eq!(listed(store, &owner(), filter.clone()).await, expected, "{order:?}");
        filter.is_reversed = true;
        let mut backwards = listed(store, &owner(), filter).await;
        backwards.reverse();
        assert_eq!(backwards, expected, "{order:?}");
    }
    // Of those that are alike in these, the ids decide: none is left out or shown twice.
    for order in [DocumentOrder::Chunks, DocumentOrder::Pages, DocumentOrder::MediaType] {
        let filter = DocumentFilter { order, ..DocumentFilter::default() };
        let found = listed(store, &owner(), filter).await;
        let last = if order == DocumentOrder::MediaType { "b.txt" } else { "d.pdf" };
        assert!(found.len() == 4 && (found[3] == last || found[2] == last), "{order:?}: {found:?}");
        let mut once = found.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), 4, "{order:?}: {found:?}");
    }
}

async fn documents_are_found_by_what_their_names_and_titles_hold_and_by_their_type(home: Home) {
    let store = &home.store;
    let id = with_documents(store).await;
    for (words, expected) in [
        ("gamma", &["c.pdf"][..]),
        (".PDF", &["c.pdf", "d.pdf"]),
        ("100%", &["a.md"]),
        ("%", &["a.md"]),
        ("_", &[]),
        ("none", &[]),
    ] {
        let words = Some(words.to_owned());
        let filter = DocumentFilter { collection: Some(id), words, ..DocumentFilter::default() };
        assert_eq!(listed(store, &owner(), filter.clone()).await, expected, "{filter:?}");
    }
    let media_type = Some("application/pdf".to_owned());
    let filter = DocumentFilter { media_type, ..DocumentFilter::default() };
    assert_eq!(listed(store, &owner(), filter).await, ["c.pdf", "d.pdf"]);
}

async fn a_list_goes_on_behind_what_was_removed_and_not_behind_what_is_hidden(home: Home) {
    let store = &home.store;
    let id = with_documents(store).await;
    let hidden = store.ensure_collection("hidden").await.unwrap();
    put(store, hidden, "b-hidden", &["text"]).await;
    store.remove_document(document_id(id, "b.txt")).await.unwrap();
    for order in [DocumentOrder::Uri, DocumentOrder::Title] {
        let after = Some(document_id(id, "b.txt"));
        let filter = DocumentFilter { collection: Some(id), after, order, ..Default::default() };
        let expected = match order {
            DocumentOrder::Title => ["a.md", "d.pdf", "c.pdf"].as_slice(),
            _ => &["c.pdf", "d.pdf"],
        };
        assert_eq!(listed(store, &owner(), filter).await, expected, "{order:?}");
    }
    // Where a hidden one stands among the others would tell what it is called.
    let reader = Principal::reader("reader", [id]).scope(&[]).unwrap();
    let after = Some(document_id(hidden, "b-hidden"));
    let filter = DocumentFilter { after, ..DocumentFilter::default() };
    assert!(listed(store, &reader, filter).await.is_empty());
}
