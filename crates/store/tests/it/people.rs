//! People sign in and are stopped, groups are never in themselves, and what was done stays written
//! down.

mod identities;

use footnote_core::ErrorKind;
use footnote_core::access::{
    Grant, Granted, KeyScope, PasswordHash, Principal, Role, Subject, TokenHash,
};
use footnote_core::clock::Timestamp;
use footnote_core::id::{KeyId, PersonId};
use footnote_store::{
    AuditFilter, DocumentFilter, NewAudit, NewKey, NewPerson, NewSession, Store, StoreOptions,
};
use std::collections::BTreeSet;

use identities::{
    groups_follow_the_provider_and_leave_alone_what_was_made_by_hand,
    somebody_at_a_provider_is_one_person_here,
};

use crate::fixture::{Home, document_id, in_every_home, options, put};
use crate::transfer::{backup, restore};

in_every_home![
    a_login_belongs_to_one_person,
    a_session_ends_with_the_password_and_with_the_person,
    a_key_does_what_it_is_for_and_no_more,
    one_admin_stays,
    a_group_is_never_in_itself,
    a_grant_ends_with_what_it_is_on,
    the_audit_log_is_paged_and_exported_in_full,
    people_come_along_in_a_backup_and_not_in_a_bundle,
    somebody_at_a_provider_is_one_person_here,
    groups_follow_the_provider_and_leave_alone_what_was_made_by_hand,
];

/// Far enough that no test sees it.
const LATER: Timestamp = Timestamp(i64::MAX / 2);

async fn add(store: &Store, login: &str, role: Option<Role>) -> PersonId {
    let password = Some(PasswordHash::new("a hash"));
    let (login, name) = (login.to_owned(), format!("{login} by name"));
    store.create_person(NewPerson { login, name, password, role }).await.unwrap()
}

fn session(person: PersonId, epoch: u64, token: &str) -> NewSession {
    let (token, user_agent) = (TokenHash::of(token), "a browser".to_owned());
    NewSession { person, epoch, token, expires: LATER, user_agent }
}

fn key(person: PersonId, token: &str, scopes: &[KeyScope]) -> NewKey {
    NewKey {
        id: KeyId::generate(),
        person,
        epoch: 0,
        token: TokenHash::of(token),
        name: "a script".to_owned(),
        scopes: scopes.iter().copied().collect(),
        collections: None,
        expires: None,
    }
}

async fn a_login_belongs_to_one_person(home: Home) {
    let store = &home.store;
    let ada = add(store, "Ada", None).await;
    let again = NewPerson {
        login: " ADA ".to_owned(),
        name: "another".to_owned(),
        password: None,
        role: None,
    };
    assert_eq!(store.create_person(again).await.unwrap_err().kind(), ErrorKind::Conflict);
    let bob = add(store, "bob", None).await;
    store.rename_person(ada, "Ada L.").await.unwrap();
    let found = store.credentials("aDa").await.unwrap().unwrap();
    assert_eq!((found.person.id, &*found.person.name), (ada, "Ada L."));
    assert_eq!(found.password.unwrap(), PasswordHash::new("a hash"));
    assert!(store.credentials("carol").await.unwrap().is_none());

    let first = store.people(None, 1).await.unwrap();
    assert_eq!(first[0].id, ada);
    let next = store.people(Some(&first[0].login), 9).await.unwrap();
    assert_eq!(next.iter().map(|person| person.id).collect::<Vec<_>>(), [bob]);
    let nobody = PersonId::generate();
    let missing = [
        store.rename_person(nobody, "x").await.unwrap_err(),
        store.disable_person(nobody).await.unwrap_err(),
        store.set_password(nobody, &PasswordHash::new("x")).await.unwrap_err(),
        store.rights_of(nobody).await.unwrap_err(),
    ];
    assert!(missing.iter().all(|error| error.kind() == ErrorKind::NotFound));
}

async fn a_session_ends_with_the_password_and_with_the_person(home: Home) {
    let store = &home.store;
    let ada = add(store, "ada", None).await;
    let is_in = async |token: &str| {
        let found = store.session(&TokenHash::of(token)).await.unwrap();
        found.is_some_and(|found| found.person.id == ada)
    };
    let first = store.open_session(&session(ada, 0, "first")).await.unwrap();
    store.open_session(&session(ada, 0, "second")).await.unwrap();
    let past = NewSession { expires: Timestamp(1), ..session(ada, 0, "past") };
    store.open_session(&past).await.unwrap();
    assert!(is_in("first").await && is_in("second").await);
    assert!(!is_in("past").await && !is_in("never").await);
    assert_eq!(store.sessions(ada).await.unwrap().len(), 2);
    assert_eq!(store.forget_ended_sessions().await.unwrap(), 1);
    store.end_session(ada, first).await.unwrap();
    let of_another = store.end_session(PersonId::generate(), first).await.unwrap_err();
    assert_eq!(of_another.kind(), ErrorKind::NotFound);
    assert!(!is_in("first").await && is_in("second").await);

    store.create_key(&key(ada, "key", &[KeyScope::Read])).await.unwrap();
    store.set_password(ada, &PasswordHash::new("another")).await.unwrap();
    assert!(!is_in("second").await, "another password stops sessions");
    assert!(store.key(&TokenHash::of("key")).await.unwrap().is_none(), "and keys");
    let late = store.open_session(&session(ada, 0, "late")).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict, "it was proved with the password of before");

    store.open_session(&session(ada, 1, "third")).await.unwrap();
    store.disable_person(ada).await.unwrap();
    assert!(!is_in("third").await);
    let disabled = store.open_session(&session(ada, 2, "fourth")).await.unwrap_err();
    assert_eq!(disabled.kind(), ErrorKind::Conflict);
    store.enable_person(ada).await.unwrap();
    assert!(!is_in("third").await, "what was stopped stays stopped");
    store.open_session(&session(ada, 2, "fifth")).await.unwrap();
    assert!(is_in("fifth").await);
    store.end_sessions(ada).await.unwrap();
    assert!(!is_in("fifth").await);
}

async fn a_key_does_what_it_is_for_and_no_more(home: Home) {
    let store = &home.store;
    let ada = add(store, "ada", None).await;
    let [one, two] = ["one", "two"].map(|name| store.ensure_collection(name));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    for on in [one, two] {
        let (subject, on) = (Subject::Person(ada), Granted::Collection(on));
        store.put_grant(&Grant { subject, role: Role::Editor, on }).await.unwrap();
    }
    let narrow = NewKey {
        collections: Some(BTreeSet::from([one])),
        ..key(ada, "narrow", &[KeyScope::Read, KeyScope::Ask])
    };
    store.create_key(&narrow).await.unwrap();
    store.create_key(&key(ada, "wide", &[KeyScope::Ingest])).await.unwrap();
    let ended = NewKey { expires: Some(Timestamp(1)), ..key(ada, "ended", &[KeyScope::Admin]) };
    store.create_key(&ended).await.unwrap();
    assert!(store.key(&TokenHash::of("ended")).await.unwrap().is_none());

    let rights = store.rights_of(ada).await.unwrap();
    let used = store.key(&TokenHash::of("narrow")).await.unwrap().unwrap();
    assert_eq!((used.person.id, used.key.used), (ada, None));
    store.note_key(&used.key).await.unwrap();
    let noted = store.key(&TokenHash::of("narrow")).await.unwrap().unwrap();
    assert!(noted.key.used.is_some());
    let principal = Principal::person(ada, "ada", used.key.narrow(&rights));
    assert!(principal.scope(&[one]).is_ok() && principal.scope(&[two]).is_err());
    let may = async |token: &str| {
        let key = store.key(&TokenHash::of(token)).await.unwrap().unwrap().key;
        let principal = Principal::person(ada, "ada", key.narrow(&rights));
        principal.authorize::<_, footnote_core::access::Write>(store, one).await.is_ok()
    };
    assert!(!may("narrow").await && may("wide").await);

    let keys = store.keys(ada).await.unwrap();
    assert_eq!(keys.len(), 2);
    store.end_key(ada, narrow.id).await.unwrap();
    assert!(store.key(&TokenHash::of("narrow")).await.unwrap().is_none());
    assert_eq!(store.end_key(ada, narrow.id).await.unwrap_err().kind(), ErrorKind::NotFound);
}

async fn one_admin_stays(home: Home) {
    let store = &home.store;
    assert!(!store.has_admin().await.unwrap());
    let ada = add(store, "ada", Some(Role::Admin)).await;
    assert!(store.has_admin().await.unwrap());
    let alone = [
        store.disable_person(ada).await.unwrap_err(),
        store.set_role(ada, Some(Role::Reader)).await.unwrap_err(),
    ];
    assert!(alone.iter().all(|error| error.kind() == ErrorKind::Conflict));
    let bob = add(store, "bob", None).await;
    store.set_role(bob, Some(Role::Admin)).await.unwrap();
    store.disable_person(ada).await.unwrap();
    assert_eq!(store.set_role(bob, None).await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(store.person(bob).await.unwrap().role, Some(Role::Admin));
}

async fn a_group_is_never_in_itself(home: Home) {
    let store = &home.store;
    let outer = store.create_group("outer").await.unwrap();
    let middle = store.create_group("middle").await.unwrap();
    let inner = store.create_group("inner").await.unwrap();
    assert_eq!(store.create_group("inner").await.unwrap_err().kind(), ErrorKind::Conflict);
    store.add_member(outer, Subject::Group(middle)).await.unwrap();
    store.add_member(middle, Subject::Group(inner)).await.unwrap();
    for (to, member) in [(inner, outer), (inner, middle), (middle, outer), (outer, outer)] {
        let error = store.add_member(to, Subject::Group(member)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
    store.add_member(outer, Subject::Group(inner)).await.unwrap();
    let ada = add(store, "ada", None).await;
    store.add_member(outer, Subject::Person(ada)).await.unwrap();
    let members = store.members(outer).await.unwrap();
    let expected = [Subject::Person(ada), Subject::Group(middle), Subject::Group(inner)];
    assert_eq!(members, expected);
    store.rename_group(inner, "core").await.unwrap();
    let taken = store.rename_group(inner, "outer").await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::Conflict);
    store.remove_group(middle).await.unwrap();
    let names: Vec<_> = store.groups().await.unwrap().into_iter().map(|g| g.name).collect();
    assert_eq!(names, ["core", "outer"]);
    store.add_member(inner, Subject::Group(outer)).await.unwrap_err();
    store.remove_member(outer, Subject::Group(inner)).await.unwrap();
    store.add_member(inner, Subject::Group(outer)).await.unwrap();
}

async fn a_grant_ends_with_what_it_is_on(home: Home) {
    let store = &home.store;
    let ada = add(store, "ada", None).await;
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["penguins"]).await;
    let (subject, a) = (Subject::Person(ada), document_id(c, "a"));
    for on in [Granted::Collection(c), Granted::Document(a)] {
        store.put_grant(&Grant { subject, role: Role::Reader, on }).await.unwrap();
        store.put_grant(&Grant { subject, role: Role::Editor, on }).await.unwrap();
        let grants = store.grants_on(on).await.unwrap();
        assert_eq!(grants, [Grant { subject, role: Role::Editor, on }], "one of each at most");
    }
    assert_eq!(store.grants_of(subject).await.unwrap().len(), 2);
    store.remove_document(a).await.unwrap();
    put(store, c, "a", &["penguins again"]).await;
    assert!(store.grants_on(Granted::Document(a)).await.unwrap().is_empty());
    store.remove_collection(c).await.unwrap();
    store.ensure_collection("c").await.unwrap();
    assert!(store.grants_of(subject).await.unwrap().is_empty());
    let gone = Grant { subject, role: Role::Reader, on: Granted::Document(a) };
    assert_eq!(store.put_grant(&gone).await.unwrap_err().kind(), ErrorKind::NotFound);
}

fn done(actor: &str, action: &str, target: &str) -> NewAudit {
    NewAudit {
        person: None,
        actor: actor.to_owned(),
        action: action.to_owned(),
        target: Some(target.to_owned()),
        origin: Some("127.0.0.1".to_owned()),
    }
}

async fn the_audit_log_is_paged_and_exported_in_full(home: Home) {
    let store = &home.store;
    let ada = add(store, "ada", None).await;
    for n in 0..7 {
        let person = (n % 2 == 0).then_some(ada);
        let new = NewAudit { person, ..done("ada", "document.removed", &format!("doc_{n}")) };
        store.append_audit(&new).await.unwrap();
    }
    let text = done("ada", "document.removed", "the text of a document");
    assert_eq!(store.append_audit(&text).await.unwrap_err().kind(), ErrorKind::Invalid);

    let mut filter = AuditFilter { limit: 3, ..AuditFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.audit(&filter).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.id);
        seen.extend(page.into_iter().map(|entry| entry.target.unwrap()));
    }
    assert_eq!(seen, ["doc_6", "doc_5", "doc_4", "doc_3", "doc_2", "doc_1", "doc_0"]);
    let of_ada = AuditFilter { person: Some(ada), ..AuditFilter::default() };
    assert_eq!(store.audit(&of_ada).await.unwrap().len(), 4);
    let other = AuditFilter { action: Some("sign-in".to_owned()), ..AuditFilter::default() };
    assert!(store.audit(&other).await.unwrap().is_empty());

    let mut exported = Vec::new();
    assert_eq!(store.export_audit(&mut exported).await.unwrap(), 7);
    let exported = String::from_utf8(exported).unwrap();
    let lines: Vec<serde_json::Value> =
        exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["target"], "doc_0");
    assert_eq!((lines.len(), &lines[6]["origin"]), (7, &"127.0.0.1".into()));
}

async fn people_come_along_in_a_backup_and_not_in_a_bundle(home: Home) {
    let store = &home.store;
    let ada = add(store, "ada", None).await;
    let group = store.create_group("readers").await.unwrap();
    let outer = store.create_group("all").await.unwrap();
    store.add_member(group, Subject::Person(ada)).await.unwrap();
    store.add_member(outer, Subject::Group(group)).await.unwrap();
    let c = store.ensure_collection("c").await.unwrap();
    put(store, c, "a", &["penguins"]).await;
    let on = Granted::Document(document_id(c, "a"));
    let grant = Grant { subject: Subject::Group(outer), role: Role::Reader, on };
    store.put_grant(&grant).await.unwrap();
    store.open_session(&session(ada, 0, "session")).await.unwrap();
    store.create_key(&key(ada, "key", &[KeyScope::Read])).await.unwrap();
    store.append_audit(&done("ada", "grant.put", "doc_1")).await.unwrap();

    let (archive, _) = backup(store, home.folder.path()).await;
    let other = tempfile::tempdir().unwrap();
    restore(&archive, other.path()).await.unwrap();
    let as_it_is = StoreOptions { space: None, ..options(other.path()) };
    let restored = Store::open(as_it_is).await.unwrap();
    let rights = restored.rights_of(ada).await.unwrap();
    assert_eq!(rights, store.rights_of(ada).await.unwrap());
    let scope = Principal::person(ada, "ada", rights).scope(&[]).unwrap();
    let listed = restored.documents(&scope, DocumentFilter::default()).await.unwrap();
    assert_eq!(listed.items.len(), 1);
    assert!(restored.key(&TokenHash::of("key")).await.unwrap().is_some());
    assert!(restored.session(&TokenHash::of("session")).await.unwrap().is_none());
    assert_eq!(restored.audit(&AuditFilter::default()).await.unwrap().len(), 1);
}
