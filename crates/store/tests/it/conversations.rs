//! Conversations are somebody's own, answers are kept as they were shown, and what they were drawn
//! from takes them along when it goes.

mod asking;
mod feedback;
mod withdrawing;

use footnote_core::access::{Principal, Scope};
use footnote_core::id::{
    AnswerId, CollectionId, ContentHash, ConversationId, DocumentId, PersonId,
};
use footnote_store::{NewTurn, Store, Turn, TurnBody, TurnEnd, TurnOutcome};
use serde_json::json;
use std::collections::BTreeSet;

use crate::fixture::{document_id, owner};

/// Somebody's question in a conversation, after another one.
fn question(conversation: Option<ConversationId>, parent: Option<AnswerId>, text: &str) -> NewTurn {
    NewTurn {
        id: AnswerId::generate(),
        conversation,
        parent,
        question: text.to_owned(),
        request: json!({"mode": "quote", "collections": ["col_1"]}),
    }
}

/// Begins a turn and returns its id.
async fn ask(
    store: &Store,
    whose: Option<PersonId>,
    conversation: ConversationId,
    parent: Option<AnswerId>,
) -> AnswerId {
    let new = question(Some(conversation), parent, "How many days?");
    store.begin_turn(whose, &new).await.unwrap();
    new.id
}

/// An answer with a text, from the versions of documents with these texts.
fn answer(text: &str, from: &[(DocumentId, &str)]) -> TurnEnd {
    let versions =
        from.iter().map(|(document, text)| (*document, ContentHash::of(text.as_bytes())));
    TurnEnd {
        outcome: TurnOutcome::Completed,
        body: Some(text.as_bytes().to_vec()),
        versions: versions.collect(),
    }
}

/// Asks a question alone and answers it.
async fn answered(
    store: &Store,
    whose: Option<PersonId>,
    text: &str,
    from: &[(DocumentId, &str)],
) -> AnswerId {
    let new = question(None, None, "How many days?");
    store.begin_turn(whose, &new).await.unwrap();
    store.end_turn(whose, new.id, &answer(text, from)).await.unwrap();
    new.id
}

/// Returns what is shown of an answer.
async fn body(store: &Store, whose: Option<PersonId>, scope: &Scope, id: AnswerId) -> TurnBody {
    store.turn(whose, scope, id).await.unwrap().ended.unwrap().body
}

fn shown(text: &str) -> TurnBody {
    TurnBody::Shown(text.as_bytes().to_vec())
}

fn ids(turns: &[Turn]) -> Vec<AnswerId> {
    turns.iter().map(|turn| turn.id).collect()
}

/// A scope of somebody who may read one collection alone.
fn reader(collection: CollectionId) -> Scope {
    Principal::reader("reader", BTreeSet::from([collection])).scope(&[]).unwrap()
}

/// The document `a` of a collection.
fn a(collection: CollectionId) -> DocumentId {
    document_id(collection, "a")
}

/// Whoever owns the data directory, and a scope of everything.
fn everything() -> (Option<PersonId>, Scope) {
    (None, owner())
}
