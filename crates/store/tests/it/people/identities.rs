//! Who somebody is at a provider never changes, whatever they are called there, and what the
//! provider says of groups undoes nothing that was done by hand.

use footnote_core::ErrorKind;
use footnote_core::access::Subject;
use footnote_core::id::{GroupId, PersonId};
use footnote_store::{Identity, NewPerson, Store};
use std::collections::BTreeSet;

use super::add;
use crate::fixture::{Home, options};
use crate::transfer::{backup, restore};

fn identity(issuer: &str, subject: &str) -> Identity {
    Identity { issuer: issuer.to_owned(), subject: subject.to_owned() }
}

fn new(login: &str) -> NewPerson {
    NewPerson { login: login.to_owned(), name: login.to_owned(), password: None, role: None }
}

async fn who(store: &Store, identity: &Identity) -> Option<PersonId> {
    store.person_of(identity).await.unwrap().map(|person| person.id)
}

pub(super) async fn somebody_at_a_provider_is_one_person_here(home: Home) {
    let store = &home.store;
    let (ada, other) = (identity("https://a", "1"), identity("https://b", "1"));
    assert_eq!(who(store, &ada).await, None);
    let id = store.create_person_of(new("Ada"), &ada).await.unwrap();
    assert_eq!(who(store, &ada).await, Some(id));
    assert_eq!(who(store, &other).await, None, "the same subject of another provider");
    assert_eq!(store.person(id).await.unwrap().login, "ada");

    let refusals = [
        store.create_person_of(new("another"), &ada).await.unwrap_err(),
        store.create_person_of(new("ada"), &other).await.unwrap_err(),
        store.link_identity(&identity("https://a", "2"), id).await.unwrap_err(),
        store.link_identity(&ada, add(store, "bob", None).await).await.unwrap_err(),
    ];
    assert!(refusals.iter().all(|error| error.kind() == ErrorKind::Conflict), "{refusals:?}");
    assert!(store.credentials("another").await.unwrap().is_none(), "nobody is left half made");
    assert_eq!(who(store, &other).await, None);
    store.link_identity(&other, id).await.unwrap();
    assert_eq!(who(store, &other).await, Some(id));
    let nobody = store.link_identity(&identity("https://c", "1"), PersonId::generate()).await;
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::NotFound);

    let (archive, _) = backup(store, home.folder.path()).await;
    let copy = tempfile::tempdir().unwrap();
    restore(&archive, copy.path()).await.unwrap();
    let restored = Store::open(options(copy.path())).await.unwrap();
    assert_eq!(who(&restored, &ada).await, Some(id));
}

pub(super) async fn groups_follow_the_provider_and_leave_alone_what_was_made_by_hand(home: Home) {
    let store = &home.store;
    let ada = store.create_person_of(new("ada"), &identity("https://a", "1")).await.unwrap();
    let mut groups = Vec::new();
    for name in ["legal", "sales", "board", "outer"] {
        groups.push(store.create_group(name).await.unwrap());
    }
    let [legal, sales, board, outer] = <[GroupId; 4]>::try_from(groups).unwrap();
    store.add_member(outer, Subject::Group(legal)).await.unwrap();
    store.add_member(board, Subject::Person(ada)).await.unwrap();
    let follow = async |names: &[&str]| {
        let names: BTreeSet<String> = names.iter().map(|&name| name.to_owned()).collect();
        store.follow_groups(ada, &names).await.unwrap()
    };
    let is_in = async || {
        let mut found = Vec::new();
        for group in [legal, sales, board, outer] {
            found.push(store.members(group).await.unwrap().contains(&Subject::Person(ada)));
        }
        <[bool; 4]>::try_from(found).unwrap()
    };
    assert_eq!(follow(&["legal", "board", "unknown"]).await, [legal]);
    assert_eq!(is_in().await, [true, false, true, false]);
    assert!(follow(&["legal", "board"]).await.is_empty(), "again changes nothing");
    assert_eq!(follow(&["sales"]).await.len(), 2);
    assert_eq!(is_in().await, [false, true, true, false]);
    store.add_member(sales, Subject::Person(ada)).await.unwrap();
    assert!(follow(&[]).await.is_empty(), "what was done by hand since stays");
    assert_eq!(is_in().await, [false, true, true, false]);
}
