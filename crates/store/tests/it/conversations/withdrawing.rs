//! An answer goes with what it was drawn from, and is hidden with it.

use footnote_core::ErrorKind;
use footnote_core::access::{Principal, Rights, Role};
use footnote_core::clock::Timestamp;
use footnote_core::id::PersonId;
use footnote_store::{Feedback, Rating, TurnBody, Which};
use std::collections::BTreeSet;

use super::{a, answered, body, everything, question, reader, shown};
use crate::canary::{Canary, files_with};
use crate::fixture::{Home, document_id, in_every_home, owner, put};

in_every_home![
    an_answer_is_withdrawn_with_a_document_and_erased_by_a_purge,
    an_answer_is_withdrawn_with_a_collection_and_erased_by_a_vacuum,
    an_answer_that_ends_after_its_document_went_is_never_written,
    an_answer_is_hidden_with_what_it_names_and_comes_back,
    an_answer_outlives_another_version_and_another_reading_of_its_document,
    an_answer_that_stands_alone_is_forgotten_unless_somebody_judged_it,
];

async fn an_answer_is_withdrawn_with_a_document_and_erased_by_a_purge(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["penguins in a"]).await;
    put(store, c, "b", &["penguins in b"]).await;
    let (whose, scope) = everything();
    let b = document_id(c, "b");
    let canary = Canary { word: "pinguinus7391".to_owned() };
    let text = format!("{} is in both", canary.word);
    let both = [(a(c), "penguins in a"), (b, "penguins in b")];
    let of_both = answered(store, whose, &text, &both).await;
    let of_b = answered(store, whose, "b alone", &both[1..]).await;
    let of_none = answered(store, whose, "nothing said", &[]).await;
    assert_eq!(body(store, whose, &scope, of_both).await, shown(&text));

    store.remove_document(a(c)).await.unwrap();
    assert_eq!(body(store, whose, &scope, of_both).await, TurnBody::Withdrawn, "at once");
    let path = store.path_to_turn(whose, &scope, of_both, 9).await.unwrap();
    assert_eq!(path[0].ended.as_ref().unwrap().body, TurnBody::Withdrawn);
    let report = store.purge(Which::Documents(vec![a(c)])).await.unwrap();
    assert_eq!(report.n_answers, 1);
    assert_eq!(body(store, whose, &scope, of_both).await, TurnBody::Withdrawn);
    assert_eq!(body(store, whose, &scope, of_b).await, shown("b alone"));
    assert_eq!(body(store, whose, &scope, of_none).await, shown("nothing said"));
    assert_eq!(store.purge(Which::Documents(vec![a(c)])).await.unwrap().n_answers, 0);
    put(store, c, "a", &["penguins in a"]).await;
    let back = body(store, whose, &scope, of_both).await;
    assert_eq!(back, TurnBody::Withdrawn, "what was erased does not come back");
    assert_eq!(files_with(home.folder.path(), &canary), [""; 0]);
}

async fn an_answer_is_withdrawn_with_a_collection_and_erased_by_a_vacuum(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    let other = store.ensure_collection("other").await.unwrap();
    for collection in [c, other] {
        put(store, collection, "a", &["penguins"]).await;
    }
    let (whose, scope) = everything();
    let canary = Canary { word: "pinguinus7392".to_owned() };
    let gone = answered(store, whose, &canary.word, &[(a(c), "penguins")]).await;
    let stays = answered(store, whose, "stays", &[(a(other), "penguins")]).await;
    // Two pages of what is to be erased, and a few more.
    for n in 0..260 {
        answered(store, whose, &format!("answer {n}"), &[(a(c), "penguins")]).await;
    }
    store.remove_collection(c).await.unwrap();
    assert_eq!(body(store, whose, &scope, gone).await, TurnBody::Withdrawn);
    let of_other = store.purge(Which::Collection(other)).await.unwrap();
    assert_eq!(of_other.n_answers, 0);
    let report = store.vacuum().await.unwrap();
    assert_eq!((report.n_answers, report.n_waiting), (261, 0));
    assert_eq!(body(store, whose, &scope, gone).await, TurnBody::Withdrawn);
    assert_eq!(body(store, whose, &scope, stays).await, shown("stays"));
    assert_eq!(files_with(home.folder.path(), &canary), [""; 0]);
}

async fn an_answer_that_ends_after_its_document_went_is_never_written(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["penguins"]).await;
    let (whose, scope) = everything();
    let new = question(None, None, "How many penguins?");
    store.begin_turn(whose, &new).await.unwrap();
    store.remove_document(a(c)).await.unwrap();
    store.vacuum().await.unwrap();
    let canary = Canary { word: "pinguinus7393".to_owned() };
    let late = super::answer(&canary.word, &[(a(c), "penguins")]);
    store.end_turn(whose, new.id, &late).await.unwrap();
    assert_eq!(body(store, whose, &scope, new.id).await, TurnBody::Withdrawn);
    assert_eq!(files_with(home.folder.path(), &canary), [""; 0]);
    assert_eq!(store.vacuum().await.unwrap().n_answers, 0, "there is nothing to erase");
}

async fn an_answer_is_hidden_with_what_it_names_and_comes_back(home: Home) {
    let store = &home.store;
    let [one, two] = ["one", "two"].map(|name| store.ensure_collection(name));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    for collection in [one, two] {
        put(store, collection, "a", &["penguins"]).await;
    }
    let ada = PersonId::generate();
    let whose = Some(ada);
    let of_both =
        answered(store, whose, "both", &[(a(one), "penguins"), (a(two), "penguins")]).await;
    let of_one = answered(store, whose, "one", &[(a(one), "penguins")]).await;
    assert_eq!(body(store, whose, &owner(), of_both).await, shown("both"));
    assert_eq!(body(store, whose, &reader(one), of_both).await, TurnBody::Withdrawn);
    assert_eq!(body(store, whose, &reader(one), of_one).await, shown("one"));
    assert_eq!(body(store, whose, &reader(two), of_one).await, TurnBody::Withdrawn);
    let nobody = Principal::reader("nobody", []).scope(&[]).unwrap();
    assert_eq!(body(store, whose, &nobody, of_one).await, TurnBody::Withdrawn);
    assert_eq!(store.vacuum().await.unwrap().n_answers, 0, "what is hidden is not erased");

    let mut rights = Rights::default();
    rights.on_collection(one, Role::Reader);
    rights.on_document(a(two), two, Role::Reader);
    let granted = Principal::person(ada, "ada", rights).scope(&[]).unwrap();
    assert_eq!(body(store, whose, &granted, of_both).await, shown("both"));
    let error = store.turn(None, &owner(), of_both).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "who may read everything still is not ada");
}

async fn an_answer_outlives_another_version_and_another_reading_of_its_document(home: Home) {
    let store = &home.store;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["28 days"]).await;
    let (whose, scope) = everything();
    let id = answered(store, whose, "28", &[(a(c), "28 days")]).await;
    put(store, c, "a", &["30 days"]).await;
    assert_eq!(body(store, whose, &scope, id).await, shown("28"), "the version is kept");
    for n in 0..=home.config.keep_versions {
        put(store, c, "a", &[&format!("{n} days of another")]).await;
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    assert_eq!(body(store, whose, &scope, id).await, shown("28"));
    assert_eq!(store.vacuum().await.unwrap().n_answers, 1, "the version was dropped");
    assert_eq!(body(store, whose, &scope, id).await, TurnBody::Withdrawn);
}

async fn an_answer_that_stands_alone_is_forgotten_unless_somebody_judged_it(home: Home) {
    let store = &home.store;
    let (whose, scope) = everything();
    let conversation = store.create_conversation(whose, "kept").await.unwrap().id;
    let [old, judged] =
        [answered(store, whose, "x", &[]).await, answered(store, whose, "y", &[]).await];
    let told = super::ask(store, whose, conversation, None).await;
    let feedback =
        Feedback { rating: Rating::Down, reasons: BTreeSet::new(), comment: String::new() };
    store.put_feedback(whose, judged, &feedback).await.unwrap();
    assert_eq!(store.forget_single_answers(Timestamp(0)).await.unwrap(), 0);
    assert_eq!(store.forget_single_answers(Timestamp(i64::MAX)).await.unwrap(), 1);
    let gone = store.turn(whose, &scope, old).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    for kept in [judged, told] {
        store.turn(whose, &scope, kept).await.unwrap();
    }
}
