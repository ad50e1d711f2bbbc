//! Requests are done once, and settings and collections are changed by whoever has seen them last.

use footnote_core::ErrorKind;
use footnote_core::access::Principal;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, ContentHash, PersonId};
use footnote_store::{
    Claim, ClaimedRequest, CollectionChange, NewPerson, RequestKey, Store, StoreOptions,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fixture::{Home, SetClock, in_every_home, owner, put};

in_every_home![
    of_many_who_claim_a_request_at_once_one_does_it,
    a_request_is_done_once_and_its_response_repeated,
    a_request_that_was_given_up_is_fresh_again,
    settings_are_changed_by_whoever_has_seen_them_last,
    a_collection_is_changed_by_whoever_has_seen_it_last,
    a_collection_is_public_until_it_is_removed_and_not_when_it_comes_back,
    a_wrong_name_is_answered_with_names_that_may_be_read,
];

/// How many claim a request at once.
const N_CLAIMANTS: usize = 16;

const MINUTE: i64 = 60_000;

fn request(key: &str, body: &str) -> RequestKey {
    let [key, body] = [key, body].map(|text| ContentHash::of(text.as_bytes()));
    RequestKey { owner: None, key, body }
}

async fn fresh(store: &Store, request: &RequestKey) -> ClaimedRequest {
    match store.claim_request(request).await.unwrap() {
        Claim::Fresh(claimed) => claimed,
        other => panic!("{other:?} is not fresh"),
    }
}

async fn of_many_who_claim_a_request_at_once_one_does_it(home: Home) {
    let store = Arc::new(home.store);
    for round in 0..5 {
        let request = request(&format!("key {round}"), "body");
        let claims = (0..N_CLAIMANTS).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.claim_request(&request).await.unwrap() })
        });
        let claims: Vec<Claim> = futures_util::future::join_all(claims.collect::<Vec<_>>())
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let n_fresh = claims.iter().filter(|claim| matches!(claim, Claim::Fresh(_))).count();
        let n_running = claims.iter().filter(|claim| **claim == Claim::Running).count();
        assert_eq!((n_fresh, n_running), (1, N_CLAIMANTS - 1));
    }
}

async fn a_request_is_done_once_and_its_response_repeated(home: Home) {
    let store = &home.store;
    let request = request("key", "body");
    let claimed = fresh(store, &request).await;
    let other_body = RequestKey { body: ContentHash::of(b"another"), ..request };
    assert_eq!(store.claim_request(&request).await.unwrap(), Claim::Running);
    assert_eq!(store.claim_request(&other_body).await.unwrap(), Claim::OtherBody);
    let too_long = store.finish_request(&claimed, 201, &vec![0; 16 * 1024 + 1]).await.unwrap_err();
    assert_eq!(too_long.kind(), ErrorKind::Invalid);
    store.finish_request(&claimed, 201, b"{\"id\":\"ans_1\"}").await.unwrap();
    let done = Claim::Done { status: 201, body: b"{\"id\":\"ans_1\"}".to_vec() };
    assert_eq!(store.claim_request(&request).await.unwrap(), done);
    assert_eq!(store.claim_request(&other_body).await.unwrap(), Claim::OtherBody);
    let again = store.finish_request(&claimed, 500, b"").await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    store.release_request(&claimed).await.unwrap();
    assert_eq!(store.claim_request(&request).await.unwrap(), done, "what is done stays done");
    fresh(store, &RequestKey { owner: Some(PersonId::generate()), ..request }).await;
}

async fn a_request_that_was_given_up_is_fresh_again(home: Home) {
    let clock = Arc::new(SetClock::default());
    let now = Arc::<SetClock>::clone(&clock);
    let options = StoreOptions { clock: now, ..home.options() };
    let home = home.try_reopen(options).await.unwrap();
    let store = &home.store;
    let minute = |n: i64| clock.set(Timestamp(1_700_000_000_000 + n * MINUTE));
    minute(0);
    let request = request("key", "body");
    let released = fresh(store, &request).await;
    store.release_request(&released).await.unwrap();
    let lost = fresh(store, &request).await;
    minute(9);
    assert_eq!(store.claim_request(&request).await.unwrap(), Claim::Running);
    minute(10);
    let other_body = RequestKey { body: ContentHash::of(b"another"), ..request };
    assert_eq!(store.claim_request(&other_body).await.unwrap(), Claim::OtherBody);
    let taken_up = fresh(store, &request).await;
    let late = store.finish_request(&lost, 201, b"late").await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
    store.release_request(&lost).await.unwrap();
    store.finish_request(&taken_up, 200, b"in time").await.unwrap();
    minute(10 + 24 * 60 - 1);
    assert_eq!(store.forget_old_requests().await.unwrap(), 0);
    let done = Claim::Done { status: 200, body: b"in time".to_vec() };
    assert_eq!(store.claim_request(&request).await.unwrap(), done);
    minute(10 + 24 * 60);
    fresh(store, &other_body).await;
    minute(20 + 2 * 24 * 60);
    assert_eq!(store.forget_old_requests().await.unwrap(), 1);
    assert_eq!(store.forget_old_requests().await.unwrap(), 0);
}

async fn settings_are_changed_by_whoever_has_seen_them_last(home: Home) {
    let store = &home.store;
    assert_eq!(store.app_settings().await.unwrap(), (BTreeMap::new(), 0));
    let set = |name: &str, value: Value| BTreeMap::from([(name.to_owned(), Some(value))]);
    let mut both = set("name", json!("Ours"));
    both.insert("limits".to_owned(), Some(json!({"k": [1, null]})));
    assert_eq!(store.put_app_settings(Some(0), &both).await.unwrap(), 1);
    let late = store.put_app_settings(Some(0), &set("name", json!("Theirs"))).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
    let (settings, revision) = store.app_settings().await.unwrap();
    assert_eq!(
        (&settings["name"], &settings["limits"]["k"][0], revision),
        (&json!("Ours"), &json!(1), 1)
    );
    let unset = BTreeMap::from([("name".to_owned(), None), ("none".to_owned(), None)]);
    assert_eq!(store.put_app_settings(None, &unset).await.unwrap(), 2);
    let (settings, revision) = store.app_settings().await.unwrap();
    assert_eq!(
        (settings.into_keys().collect::<Vec<_>>(), revision),
        (vec!["limits".to_owned()], 2)
    );

    let changes: Vec<_> = (0..8).map(|n| set("n", json!(n))).collect();
    let put = changes.iter().map(|change| store.put_app_settings(Some(2), change));
    let outcomes = futures_util::future::join_all(put).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(store.app_settings().await.unwrap().1, 3);
}

async fn a_collection_is_changed_by_whoever_has_seen_it_last(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    let found = async || store.collections(&owner()).await.unwrap().remove(0);
    let before = found().await;
    assert_eq!(before.description, "");
    let says =
        |text: &str| CollectionChange { description: Some(text.to_owned()), is_public: None };
    let revision = store.change_collection(id, Some(before.revision), &says("ours")).await.unwrap();
    assert_eq!(revision, before.revision + 1);
    let late = store.change_collection(id, Some(before.revision), &says("theirs")).await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Conflict);
    store.ensure_collection("c").await.unwrap();
    assert_eq!((&*found().await.description, found().await.revision), ("ours", revision));
    store.change_collection(id, None, &says(&"ü".repeat(2_000))).await.unwrap();
    let long = store.change_collection(id, None, &says(&"ü".repeat(2_001))).await.unwrap_err();
    assert_eq!(long.kind(), ErrorKind::Invalid);
    let none = store.change_collection(CollectionId::named("none"), None, &says("x")).await;
    assert_eq!(none.unwrap_err().kind(), ErrorKind::NotFound);
    store.remove_collection(id).await.unwrap();
    let gone = store.change_collection(id, None, &says("x")).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    store.ensure_collection("c").await.unwrap();
    assert_eq!(found().await.description, "", "what comes back says nothing of before");
}

async fn a_collection_is_public_until_it_is_removed_and_not_when_it_comes_back(home: Home) {
    let store = &home.store;
    let id = store.ensure_collection("c").await.unwrap();
    put(store, id, "a", &["penguins"]).await;
    let (login, name) = ("somebody".to_owned(), "Somebody".to_owned());
    let new = NewPerson { login, name, password: None, role: None };
    let person = store.create_person(new).await.unwrap();
    let reads = async || {
        let rights = store.rights_of(person).await.unwrap();
        let scope = Principal::person(person, "somebody", rights).scope(&[]).unwrap();
        store.collections(&scope).await.unwrap().iter().any(|found| found.is_public)
    };
    let public = |is_public| CollectionChange { description: None, is_public: Some(is_public) };
    assert!(!reads().await, "a new collection is not public");
    let revision = store.change_collection(id, None, &public(true)).await.unwrap();
    let late = store.change_collection(id, Some(revision - 1), &public(false)).await.unwrap_err();
    assert_eq!((late.kind(), reads().await), (ErrorKind::Conflict, true));
    let says = CollectionChange { description: Some("ours".to_owned()), is_public: None };
    store.change_collection(id, Some(revision), &says).await.unwrap();
    assert!(reads().await, "what is not said stays");
    store.disable_person(person).await.unwrap();
    assert!(!reads().await, "whoever is kept out reads nothing");
    store.enable_person(person).await.unwrap();
    store.change_collection(id, None, &public(false)).await.unwrap();
    assert!(!reads().await);
    store.change_collection(id, None, &public(true)).await.unwrap();
    store.remove_collection(id).await.unwrap();
    assert!(!reads().await);
    store.ensure_collection("c").await.unwrap();
    assert!(!reads().await, "what comes back is not public");
}

async fn a_wrong_name_is_answered_with_names_that_may_be_read(home: Home) {
    let store = &home.store;
    let open = store.ensure_collection("open").await.unwrap();
    let secret = store.ensure_collection("openly-secret").await.unwrap();
    put(store, secret, "a", &["penguins"]).await;
    let reader = Principal::reader("reader", [open]).scope(&[]).unwrap();
    assert_eq!(store.collection_named(&reader, "open").await.unwrap(), open);
    let hidden = store.collection_named(&reader, "openly-secret").await.unwrap_err();
    let missing = store.collection_named(&reader, "openly-secreT").await.unwrap_err();
    for error in [&hidden, &missing] {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.advice(), Some("Did you mean `open`?"));
    }
    let nobody = Principal::reader("nobody", []).scope(&[]).unwrap();
    let error = store.collection_named(&nobody, "open").await.unwrap_err();
    assert!(!error.advice().unwrap().contains("`open`"));
    assert_eq!(store.collection_named(&owner(), "openly-secret").await.unwrap(), secret);
    let mut rights = footnote_core::access::Rights::default();
    let role = footnote_core::access::Role::Reader;
    rights.on_document(crate::fixture::document_id(secret, "a"), secret, role);
    let single = Principal::person(PersonId::generate(), "single", rights).scope(&[]).unwrap();
    assert_eq!(store.collection_named(&single, "openly-secret").await.unwrap(), secret);
}
