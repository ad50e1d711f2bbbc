//! Searching what held at an earlier moment.

use footnote_core::access::{Principal, Scope};
use footnote_core::clock::Timestamp;
use footnote_core::corpus::Corpus as _;
use footnote_core::id::CollectionId;
use footnote_core::query::{Candidates, Filter, SearchRequest};
use footnote_store::Store;
use std::sync::Arc;
use std::time::Instant;

use crate::fixture::{Home, SetClock, document_id, embed, owner, put};

/// Searches what held at a moment.
async fn search(store: &Store, scope: &Scope, question: &str, moment: i64) -> Candidates {
    let request = SearchRequest {
        dense: Some(embed(question)),
        lexical: Some(question.to_owned()),
        limit: 5,
        as_of: Some(Timestamp(moment)),
        ..SearchRequest::default()
    };
    store.search(scope, &request).await.unwrap()
}

/// Returns the texts that a search finds by words, in no order.
async fn words(store: &Store, question: &str, moment: i64) -> Vec<String> {
    let found = search(store, &owner(), question, moment).await;
    let mut texts: Vec<String> =
        found.lexical.into_iter().map(|candidate| candidate.passage.text).collect();
    texts.sort();
    texts
}

async fn put_at(
    clock: &SetClock,
    store: &Store,
    c: CollectionId,
    (at, uri, text): (i64, &str, &str),
) {
    clock.set(Timestamp(at));
    put(store, c, uri, &[text]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_live_then_is_found_and_nothing_else() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put_at(&clock, store, c, (100, "a", "penguins swim")).await;
    put_at(&clock, store, c, (100, "b", "penguins walk")).await;
    put_at(&clock, store, c, (200, "a", "penguins fly, some say")).await;
    put_at(&clock, store, c, (300, "c", "penguins sleep")).await;
    put_at(&clock, store, c, (400, "a", "penguins swim")).await;

    let history: [(i64, &[&str]); 5] = [
        (99, &[]),
        (100, &["penguins swim", "penguins walk"]),
        (299, &["penguins fly, some say", "penguins walk"]),
        (300, &["penguins fly, some say", "penguins sleep", "penguins walk"]),
        (400, &["penguins sleep", "penguins swim", "penguins walk"]),
    ];
    for (moment, expected) in history {
        assert_eq!(words(store, "penguins", moment).await, expected, "at {moment}");
    }
    let then = search(store, &owner(), "a\npenguins fly, some say", 250).await;
    assert_eq!(then.dense[0].passage.text, "penguins fly, some say");
    assert!(0.99 < then.dense[0].score);
    assert_eq!((then.dense.len(), then.n_orphans), (2, 0));
    let passage = &then.dense[0].passage;
    let quote = store.quote(&owner(), passage.document.version, passage.span).await.unwrap();
    assert_eq!(quote, passage.text, "it can be cited");

    clock.set(Timestamp(500));
    store.remove_document(document_id(c, "b")).await.unwrap();
    let without_b = ["penguins fly, some say", "penguins sleep"];
    assert_eq!(words(store, "penguins", 300).await, without_b, "what was removed stays gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_chunks_score_as_they_did_when_they_were_live() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let question = "a\nthe annual leave of penguins 年假";
    put_at(&clock, store, c, (100, "a", "The annual leave of penguins is 30 days. 年假为三十天。"))
        .await;
    for n in 0..20 {
        let words = ["annual leave, unlike penguins, of 年假", "weekends off"][n % 2];
        let text = format!("Walrus {n} has {words}.");
        put_at(&clock, store, c, (100, &format!("b-{n}"), &text)).await;
    }
    let live = search(store, &owner(), question, 100).await;
    put_at(&clock, store, c, (200, "a", "Nothing of the kind any more.")).await;
    let old = search(store, &owner(), question, 100).await;
    assert_eq!(live.dense.len(), old.dense.len());
    for (live, old) in live.dense.iter().zip(&old.dense) {
        assert_eq!(live.passage, old.passage);
        assert!((live.score - old.score).abs() < 1e-4, "{} and {}", live.score, old.score);
    }
    // The weights of the terms are those of the index now, which holds one document less of them.
    let (live, old) = (&live.lexical[0], &old.lexical[0]);
    assert_eq!(live.passage, old.passage);
    assert!((0.9..1.2).contains(&(old.score / live.score)), "{} and {}", live.score, old.score);
}

#[tokio::test(flavor = "multi_thread")]
async fn scope_and_filter_hold_for_the_past_too() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let open = store.ensure_collection("open").await.unwrap();
    let secret = store.ensure_collection("secret").await.unwrap();
    for (at, word) in [(100, "old"), (200, "new")] {
        put_at(&clock, store, open, (at, "a", &format!("{word} open penguins"))).await;
        put_at(&clock, store, secret, (at, "s", &format!("{word} secret penguins"))).await;
    }
    let reader = Principal::reader("r", [open]).scope(&[]).unwrap();
    let found = search(store, &reader, "penguins", 150).await;
    let texts: Vec<_> = found.lexical.iter().map(|found| found.passage.text.as_str()).collect();
    assert_eq!((texts.as_slice(), found.dense.len()), (["old open penguins"].as_slice(), 1));

    let filtered = |documents, media_type: &str| SearchRequest {
        lexical: Some("penguins".to_owned()),
        limit: 5,
        as_of: Some(Timestamp(150)),
        filter: Filter { documents, media_types: vec![media_type.to_owned()] },
        ..SearchRequest::default()
    };
    let hidden = filtered(vec![document_id(secret, "s")], "text/plain");
    assert!(store.search(&reader, &hidden).await.unwrap().lexical.is_empty());
    let other_type = filtered(vec![document_id(open, "a")], "application/pdf");
    assert!(store.search(&owner(), &other_type).await.unwrap().lexical.is_empty());
    let wanted = filtered(vec![document_id(open, "a")], "text/plain");
    assert_eq!(store.search(&owner(), &wanted).await.unwrap().lexical.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_newer_documents_hide_nothing_and_cost_little() {
    let clock = Arc::new(SetClock::default());
    let home = Home::going_by(&clock).await;
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    for n in 0..10 {
        put_at(&clock, store, c, (100, &format!("old-{n}"), &format!("penguin {n} of then"))).await;
    }
    for n in 0..200 {
        put_at(&clock, store, c, (200, &format!("new-{n}"), &format!("penguin {n}"))).await;
    }
    put_at(&clock, store, c, (300, "old-3", "not a bird")).await;
    let began = Instant::now();
    let found = search(store, &owner(), "penguin of then", 150).await;
    println!("searched the past behind 200 newer documents in {:?}", began.elapsed());
    assert_eq!((found.lexical.len(), found.dense.len()), (5, 5));
    let all = found.lexical.iter().chain(&found.dense);
    assert!(all.clone().all(|found| found.passage.document.uri.starts_with("old-")));
    let everything = SearchRequest {
        lexical: Some("penguin".to_owned()),
        limit: 50,
        as_of: Some(Timestamp(150)),
        ..SearchRequest::default()
    };
    assert_eq!(store.search(&owner(), &everything).await.unwrap().lexical.len(), 10);
}
