//! Conversations and the questions in them, each somebody's own.

use footnote_core::clock::Timestamp;
use footnote_core::id::{AnswerId, ConversationId, PersonId};
use footnote_core::{Error, ErrorKind};
use footnote_store::{
    ConversationChange, ConversationFilter, Feedback, Rating, Store, StoreOptions, TurnBody,
    TurnOutcome,
};
use std::collections::BTreeSet;
use std::time::Duration;

use super::{answer, answered, ask, body, everything, ids, question, shown};
use crate::fixture::{Home, in_every_home, options, owner};
use crate::transfer::{backup, restore};

in_every_home![
    a_conversation_is_named_pinned_put_away_and_removed,
    pages_of_conversations_stay_in_place_while_others_are_begun,
    what_is_somebody_elses_looks_like_what_does_not_exist,
    a_question_follows_one_of_its_own_conversation,
    branches_are_listed_as_a_tree_and_followed_to_the_root,
    an_answer_ends_once,
    what_was_being_answered_when_the_program_died_ends_as_interrupted,
    conversations_come_along_in_a_backup,
];

/// Waits until the clock, which counts whole milliseconds, shows another moment.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

async fn titles(store: &Store, filter: &ConversationFilter) -> Vec<String> {
    let found = store.conversations(None, filter).await.unwrap();
    found.into_iter().map(|conversation| conversation.title).collect()
}

async fn a_conversation_is_named_pinned_put_away_and_removed(home: Home) {
    let store = &home.store;
    let leave = store.create_conversation(None, " Urlaub und Überstunden ").await.unwrap();
    let pay = store.create_conversation(None, "100% pay").await.unwrap();
    assert_eq!(
        (&*leave.title, leave.is_pinned, leave.archived),
        ("Urlaub und Überstunden", false, None)
    );
    for unfit in ["", "  ", &"x".repeat(201)] {
        let error = store.create_conversation(None, unfit).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
    let with =
        |text: &str| ConversationFilter { text: Some(text.to_owned()), ..Default::default() };
    assert_eq!(titles(store, &with("ÜBERstunden")).await, [&*leave.title]);
    assert_eq!(titles(store, &with("0%")).await, ["100% pay"]);
    assert!(titles(store, &with("_")).await.is_empty(), "a text stands for itself");

    let change = ConversationChange { is_pinned: Some(true), ..Default::default() };
    let pinned = store.change_conversation(None, leave.id, &change).await.unwrap();
    assert!(pinned.is_pinned && pinned.title == leave.title && pinned.updated == leave.updated);
    let away = ConversationChange {
        title: Some("Away".to_owned()),
        is_archived: Some(true),
        is_pinned: None,
    };
    let archived = store.change_conversation(None, leave.id, &away).await.unwrap();
    assert!(archived.is_pinned && archived.archived.is_some());
    let again = store.change_conversation(None, leave.id, &away).await.unwrap();
    assert_eq!(again, archived, "put away once");
    assert_eq!(titles(store, &ConversationFilter::default()).await, ["100% pay"]);
    let archived = ConversationFilter { is_archived: true, ..Default::default() };
    assert_eq!(titles(store, &archived).await, ["Away"]);
    assert!(titles(store, &with("urlaub")).await.is_empty());
    let back = ConversationChange { is_archived: Some(false), ..Default::default() };
    assert_eq!(store.change_conversation(None, leave.id, &back).await.unwrap().archived, None);
    let pins = ConversationFilter { is_pinned: Some(true), ..Default::default() };
    assert_eq!(titles(store, &pins).await, ["Away"]);

    let asked = ask(store, None, pay.id, None).await;
    store.remove_conversation(None, pay.id).await.unwrap();
    let gone = [
        store.remove_conversation(None, pay.id).await.unwrap_err(),
        store.conversation(None, pay.id).await.unwrap_err(),
        store.turn(None, &owner(), asked).await.unwrap_err(),
        store.end_turn(None, asked, &answer("late", &[])).await.unwrap_err(),
    ];
    assert!(gone.iter().all(|error| error.kind() == ErrorKind::NotFound));
}

async fn pages_of_conversations_stay_in_place_while_others_are_begun(home: Home) {
    let store = &home.store;
    let mut expected = Vec::new();
    for n in 0..7 {
        let title = format!("conversation {n}");
        store.create_conversation(None, &title).await.unwrap();
        expected.insert(0, title);
        // Two of a moment as well as two of different moments are next to each other.
        if n % 2 == 0 {
            a_moment().await;
        }
    }
    let mut filter = ConversationFilter { limit: 2, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.conversations(None, &filter).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some((last.updated, last.id));
        seen.extend(page.into_iter().map(|conversation| conversation.title));
        a_moment().await;
        store.create_conversation(None, "meanwhile").await.unwrap();
    }
    assert_eq!(seen, expected);
}

/// Does everything that names a conversation and an answer in it as somebody else.
async fn as_another(
    store: &Store,
    id: ConversationId,
    asked: AnswerId,
    other: Option<PersonId>,
) -> Vec<Error> {
    let (scope, change) = (owner(), ConversationChange::default());
    let new = question(Some(id), None, "mine?");
    let own = store.create_conversation(other, "own").await.unwrap();
    let foreign_parent = question(Some(own.id), Some(asked), "after yours");
    let feedback =
        Feedback { rating: Rating::Up, reasons: BTreeSet::new(), comment: String::new() };
    vec![
        store.conversation(other, id).await.unwrap_err(),
        store.change_conversation(other, id, &change).await.unwrap_err(),
        store.remove_conversation(other, id).await.unwrap_err(),
        store.begin_turn(other, &new).await.unwrap_err(),
        store.begin_turn(other, &foreign_parent).await.unwrap_err(),
        store.end_turn(other, asked, &answer("theirs", &[])).await.unwrap_err(),
        store.turn(other, &scope, asked).await.unwrap_err(),
        store.turns((other, &scope), id, None, 9).await.unwrap_err(),
        store.path_to_turn(other, &scope, asked, 9).await.unwrap_err(),
        store.put_feedback(other, asked, &feedback).await.unwrap_err(),
    ]
}

async fn what_is_somebody_elses_looks_like_what_does_not_exist(home: Home) {
    let store = &home.store;
    let [ada, bob] = [PersonId::generate(), PersonId::generate()].map(Some);
    let of_ada = store.create_conversation(ada, "of ada").await.unwrap();
    let asked = ask(store, ada, of_ada.id, None).await;
    for other in [bob, None] {
        let foreign = as_another(store, of_ada.id, asked, other).await;
        let (id, none) = (ConversationId::generate(), AnswerId::generate());
        let missing = as_another(store, id, none, other).await;
        for (foreign, missing) in foreign.iter().zip(&missing) {
            assert_eq!(foreign.kind(), ErrorKind::NotFound);
            assert_eq!(foreign.chain(), missing.chain(), "hidden looks like missing");
        }
        let listed = store.conversations(other, &ConversationFilter::default()).await.unwrap();
        assert!(listed.iter().all(|conversation| conversation.title == "own"));
        store.remove_feedback(other, asked).await.unwrap();
        assert!(store.feedback(other, asked).await.unwrap().is_none());
    }
    let turn = store.turn(ada, &owner(), asked).await.unwrap();
    assert_eq!((turn.ended, turn.conversation), (None, Some(of_ada.id)));
    store.end_turn(ada, asked, &answer("yours", &[])).await.unwrap();
}

async fn a_question_follows_one_of_its_own_conversation(home: Home) {
    let store = &home.store;
    let one = store.create_conversation(None, "one").await.unwrap();
    let two = store.create_conversation(None, "two").await.unwrap();
    let in_one = ask(store, None, one.id, None).await;
    let alone = question(None, None, "alone");
    store.begin_turn(None, &alone).await.unwrap();
    for parent in [in_one, alone.id, AnswerId::generate()] {
        let astray = question(Some(two.id), Some(parent), "astray");
        let error = store.begin_turn(None, &astray).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
    let loose = question(None, Some(alone.id), "loose");
    assert_eq!(store.begin_turn(None, &loose).await.unwrap_err().kind(), ErrorKind::Invalid);
    let again = store.begin_turn(None, &alone).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
    assert_eq!(
        store.conversation(None, two.id).await.unwrap().updated,
        two.updated,
        "what was refused has changed nothing"
    );
}

async fn branches_are_listed_as_a_tree_and_followed_to_the_root(home: Home) {
    let store = &home.store;
    let c = store.create_conversation(None, "c").await.unwrap();
    a_moment().await;
    let other = store.create_conversation(None, "other").await.unwrap();
    a_moment().await;
    let root = ask(store, None, c.id, None).await;
    let left = ask(store, None, c.id, Some(root)).await;
    let right = ask(store, None, c.id, Some(root)).await;
    let leaf = ask(store, None, c.id, Some(right)).await;
    let again = ask(store, None, c.id, None).await;
    ask(store, None, other.id, None).await;
    let (whose, scope) = everything();

    let first = store.turns((whose, &scope), c.id, None, 3).await.unwrap();
    let rest = store.turns((whose, &scope), c.id, Some(first[2].id), 9).await.unwrap();
    let mut listed = ids(&first);
    listed.extend(ids(&rest));
    let in_time = store.turns((whose, &scope), c.id, None, 9).await.unwrap();
    assert_eq!(listed, ids(&in_time), "pages are whole");
    assert!(in_time.is_sorted_by_key(|turn| (turn.created, turn.id)));
    assert_eq!(BTreeSet::from_iter(listed), BTreeSet::from([root, left, right, leaf, again]));
    let parent = |id| in_time.iter().find(|turn| turn.id == id).unwrap().parent;
    assert_eq!([parent(root), parent(left), parent(again)], [None, Some(root), None]);
    assert_eq!(in_time[0].request["mode"], "quote");

    let path = async |id, n| ids(&store.path_to_turn(whose, &scope, id, n).await.unwrap());
    assert_eq!(path(leaf, 9).await, [root, right, leaf]);
    assert_eq!(path(leaf, 2).await, [right, leaf]);
    assert_eq!(path(again, 9).await, [again]);
    let updated = store.conversation(None, c.id).await.unwrap().updated;
    assert!(c.updated < updated, "a question brings its conversation to the front");
}

async fn an_answer_ends_once(home: Home) {
    let store = &home.store;
    let c = store.create_conversation(None, "c").await.unwrap();
    let asked = ask(store, None, c.id, None).await;
    let exact = "{\"text\":\"28 days \\u0000[^1]\",\n \"id\" : 1}";
    store.end_turn(None, asked, &answer(exact, &[])).await.unwrap();
    let before = store.turn(None, &owner(), asked).await.unwrap();
    assert_eq!(before.ended.as_ref().unwrap().body, shown(exact));
    let again = answer("another", &[(super::a(footnote_core::id::CollectionId::named("c")), "x")]);
    let error = store.end_turn(None, asked, &again).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(store.turn(None, &owner(), asked).await.unwrap(), before);

    let many = question(None, None, "raced");
    store.begin_turn(None, &many).await.unwrap();
    let texts = ["one", "two", "three", "four"].map(|text| answer(text, &[]));
    let ends = texts.iter().map(|end| store.end_turn(None, many.id, end));
    let outcomes = futures_util::future::join_all(ends).await;
    let ended: Vec<usize> = (0..4).filter(|n| outcomes[*n].is_ok()).collect();
    assert_eq!(ended.len(), 1, "one of several ends it");
    let kept = body(store, None, &owner(), many.id).await;
    assert_eq!(kept, TurnBody::Shown(texts[ended[0]].body.clone().unwrap()));
}

async fn what_was_being_answered_when_the_program_died_ends_as_interrupted(home: Home) {
    let c = home.store.create_conversation(None, "c").await.unwrap();
    let cut_off = ask(&home.store, None, c.id, None).await;
    let done = answered(&home.store, None, "28 days", &[]).await;
    a_moment().await;
    let home = home.reopen().await;
    let store = &home.store;
    assert_eq!(store.end_interrupted_turns(Timestamp(1)).await.unwrap(), 0, "not as old as that");
    let began = store.create_conversation(None, "after").await.unwrap().created;
    let running = ask(store, None, c.id, None).await;
    assert_eq!(store.end_interrupted_turns(began).await.unwrap(), 1);
    let ended = store.turn(None, &owner(), cut_off).await.unwrap().ended.unwrap();
    assert_eq!((ended.outcome, ended.body), (TurnOutcome::Interrupted, TurnBody::Empty));
    assert_eq!(store.turn(None, &owner(), running).await.unwrap().ended, None);
    assert_eq!(body(store, None, &owner(), done).await, shown("28 days"));
    let late = store.end_turn(None, cut_off, &answer("late", &[])).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
}

async fn conversations_come_along_in_a_backup(home: Home) {
    let store = &home.store;
    let ada = Some(PersonId::generate());
    let c = store.create_conversation(ada, "c").await.unwrap();
    let root = ask(store, ada, c.id, None).await;
    store.end_turn(ada, root, &answer("28 days", &[])).await.unwrap();
    ask(store, ada, c.id, Some(root)).await;
    let comment = "so it is".to_owned();
    let feedback = Feedback { rating: Rating::Up, reasons: BTreeSet::new(), comment };
    store.put_feedback(ada, root, &feedback).await.unwrap();
    let changes = [("name".to_owned(), Some(serde_json::json!("Ours")))].into();
    store.put_app_settings(None, &changes).await.unwrap();

    let (archive, _) = backup(store, home.folder.path()).await;
    let other = tempfile::tempdir().unwrap();
    restore(&archive, other.path()).await.unwrap();
    let as_it_is = StoreOptions { space: None, ..options(other.path()) };
    let restored = Store::open(as_it_is).await.unwrap();
    let before = store.turns((ada, &owner()), c.id, None, 9).await.unwrap();
    assert_eq!(restored.turns((ada, &owner()), c.id, None, 9).await.unwrap(), before);
    assert_eq!(before.len(), 2);
    assert_eq!(restored.feedback(ada, root).await.unwrap(), Some(feedback));
    assert_eq!(restored.app_settings().await.unwrap(), store.app_settings().await.unwrap());
    assert_eq!(restored.integrity().await.unwrap().problems, [""; 0]);
}
