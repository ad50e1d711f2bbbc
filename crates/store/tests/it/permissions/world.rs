//! A store with people and documents in it, which is changed together with its model.

use footnote_core::ErrorKind;
use footnote_core::access::{Action, Grant, Granted, Role, Subject};
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_core::id::{CollectionId, GroupId, PersonId};
use footnote_core::job::{JobKind, NewJob};
use footnote_store::{CollectionChange, NewPerson, Store};

use super::chance::Chance;
use super::model::{Document, Model};
use crate::fixture::{document_id, put_embeddings, version};

const N_PEOPLE: usize = 5;
const N_GROUPS: usize = 4;
const COLLECTIONS: [&str; 4] = ["one", "two", "three", "four"];
const ROLES: [Role; 3] = [Role::Reader, Role::Editor, Role::Admin];

/// The documents of each collection, with that in which each lies.
const URIS: [(&str, Option<&str>); 6] = [
    ("a", None),
    ("b", None),
    ("mail", None),
    ("mail!/letter", Some("mail")),
    ("mail!/box", Some("mail")),
    ("mail!/box!/deep", Some("mail!/box")),
];

pub(super) struct World<'a> {
    pub(super) store: &'a Store,
    pub(super) model: Model,
    /// When everything was there for the first time.
    pub(super) began: Timestamp,
    n_texts: usize,
}

impl<'a> World<'a> {
    pub(super) async fn new(store: &'a Store) -> Self {
        let mut model = Model::default();
        for n in 0..N_PEOPLE {
            let (login, name) = (format!("person-{n}"), "Somebody".to_owned());
            let new = NewPerson { login, name, password: None, role: None };
            model.people.push(store.create_person(new).await.unwrap());
        }
        let admin = NewPerson {
            login: "admin".to_owned(),
            name: "Somebody else".to_owned(),
            password: None,
            role: Some(Role::Admin),
        };
        store.create_person(admin).await.unwrap();
        for n in 0..N_GROUPS {
            model.groups.push(store.create_group(&format!("group {n}")).await.unwrap());
        }
        let mut world = World { store, model, began: Timestamp(0), n_texts: 0 };
        for name in COLLECTIONS {
            world.make_collection(name).await;
        }
        for place in 0..world.model.documents.len() {
            world.put(place).await;
        }
        world.began = SystemClock.now();
        world
    }

    async fn make_collection(&mut self, name: &str) {
        let id = self.store.ensure_collection(name).await.unwrap();
        self.model.collections.push(id);
        for (uri, container) in URIS {
            self.model.documents.push(Document {
                id: document_id(id, uri),
                uri: uri.to_owned(),
                collection: id,
                container: container.map(|container| document_id(id, container)),
                versions: Vec::new(),
            });
        }
        let new = NewJob {
            collection: id,
            source: format!("job of {name}"),
            kind: JobKind::Ingest,
            request: String::new(),
            priority: 0,
        };
        self.store.create_job(new).await.unwrap();
    }

    /// Changes something.
    pub(super) async fn change(&mut self, chance: &mut Chance) {
        match chance.below(18) {
            0..=4 => self.grant(chance).await,
            5..=6 => self.revoke(chance).await,
            7..=8 => self.join(chance).await,
            9 => self.leave(chance).await,
            10..=12 => {
                let place = chance.below(self.model.documents.len());
                self.put(place).await;
            }
            13 => self.remove(chance).await,
            14 => self.remove_or_revive_collection(chance).await,
            15..=16 => self.publish_or_unpublish(chance).await,
            _ => self.change_person(chance).await,
        }
    }

    fn subject(&self, chance: &mut Chance) -> Subject {
        match chance.below(2) {
            0 => Subject::Person(*chance.one_of(&self.model.people)),
            _ => Subject::Group(*chance.one_of(&self.model.groups)),
        }
    }

    async fn grant(&mut self, chance: &mut Chance) {
        let subject = self.subject(chance);
        let role = *chance.one_of(&ROLES);
        let document = chance.one_of(&self.model.documents);
        let (on, is_there) = match chance.below(3) {
            0 => {
                let collection = document.collection;
                (Granted::Collection(collection), !self.model.removed.contains(&collection))
            }
            _ => (Granted::Document(document.id), document.is_there()),
        };
        match self.store.put_grant(&Grant { subject, role, on }).await {
            Ok(()) => assert!(is_there, "what is not there was granted"),
            Err(error) => {
                assert_eq!((error.kind(), is_there), (ErrorKind::NotFound, false));
                return;
            }
        }
        self.model.grants.insert((subject, on), role);
    }

    async fn revoke(&mut self, chance: &mut Chance) {
        let grants: Vec<_> = self.model.grants.keys().copied().collect();
        if grants.is_empty() {
            return;
        }
        let (subject, on) = *chance.one_of(&grants);
        self.store.remove_grant(subject, on).await.unwrap();
        self.model.grants.remove(&(subject, on));
    }

    async fn join(&mut self, chance: &mut Chance) {
        let (group, member) = (*chance.one_of(&self.model.groups), self.subject(chance));
        let is_cycle = match member {
            Subject::Group(inner) => {
                inner == group || self.model.is_in(inner, Subject::Group(group))
            }
            Subject::Person(_) => false,
        };
        match self.store.add_member(group, member).await {
            Ok(()) => assert!(!is_cycle, "a group is in itself"),
            Err(error) => {
                assert_eq!((error.kind(), is_cycle), (ErrorKind::Conflict, true));
                return;
            }
        }
        self.model.members.insert((group, member));
    }

    async fn leave(&mut self, chance: &mut Chance) {
        let members: Vec<(GroupId, Subject)> = self.model.members.iter().copied().collect();
        if members.is_empty() {
            return;
        }
        let (group, member) = *chance.one_of(&members);
        self.store.remove_member(group, member).await.unwrap();
        self.model.members.remove(&(group, member));
    }

    /// Puts the document at a place, or another version of it, if what it lies in is there.
    async fn put(&mut self, place: usize) {
        self.n_texts += 1;
        let canary = format!("canary{}", self.n_texts);
        let document = &self.model.documents[place];
        let container = document.container;
        let is_missing = |id| self.model.documents.iter().any(|d| d.id == id && !d.is_there());
        if self.model.removed.contains(&document.collection) || container.is_some_and(is_missing) {
            return;
        }
        let text = format!("penguins and a {canary}");
        let mut new = version(document.collection, &document.uri, &[&text, "the end"]);
        new.container = container;
        put_embeddings(self.store, &new).await;
        let id = self.store.put_version(new, None).await.unwrap();
        self.model.documents[place].versions.push((id, canary));
    }

    async fn remove(&mut self, chance: &mut Chance) {
        let place = chance.below(self.model.documents.len());
        let document = &self.model.documents[place];
        if !document.is_there() {
            return;
        }
        self.store.remove_document(document.id).await.unwrap();
        let mut gone = vec![document.id];
        while let Some(id) = gone.pop() {
            for document in &mut self.model.documents {
                if document.id == id {
                    document.versions.clear();
                } else if document.container == Some(id) {
                    gone.push(document.id);
                }
            }
            self.model.grants.retain(|(_, on), _| *on != Granted::Document(id));
        }
    }

    async fn publish_or_unpublish(&mut self, chance: &mut Chance) {
        let id = *chance.one_of(&self.model.collections);
        let is_public = !self.model.public.contains(&id);
        let wanted = CollectionChange { description: None, is_public: Some(is_public) };
        match self.store.change_collection(id, None, &wanted).await {
            Ok(_revision) if is_public => self.model.public.insert(id),
            Ok(_revision) => self.model.public.remove(&id),
            Err(error) => {
                let is_removed = self.model.removed.contains(&id);
                assert_eq!((error.kind(), is_removed), (ErrorKind::NotFound, true));
                return;
            }
        };
        assert!(!self.model.removed.contains(&id), "what is not there was published");
    }

    async fn remove_or_revive_collection(&mut self, chance: &mut Chance) {
        let place = chance.below(COLLECTIONS.len());
        let id = self.model.collections[place];
        if self.model.removed.remove(&id) {
            self.store.ensure_collection(COLLECTIONS[place]).await.unwrap();
            return;
        }
        self.store.remove_collection(id).await.unwrap();
        self.model.removed.insert(id);
        self.model.public.remove(&id);
        let mut gone: Vec<Granted> = vec![Granted::Collection(id)];
        for document in self.model.documents.iter_mut().filter(|d| d.collection == id) {
            document.versions.clear();
            gone.push(Granted::Document(document.id));
        }
        self.model.grants.retain(|(_, on), _| !gone.contains(on));
    }

    async fn change_person(&mut self, chance: &mut Chance) {
        let id = *chance.one_of(&self.model.people);
        match chance.below(3) {
            0 if self.model.disabled.remove(&id) => self.store.enable_person(id).await.unwrap(),
            0 => {
                self.store.disable_person(id).await.unwrap();
                self.model.disabled.insert(id);
            }
            1 => {
                self.store.set_role(id, None).await.unwrap();
                self.model.roles.remove(&id);
            }
            _ => {
                let role = *chance.one_of(&ROLES);
                self.store.set_role(id, Some(role)).await.unwrap();
                self.model.roles.insert(id, role);
            }
        }
    }

    /// Returns the documents that somebody may read of some collections; none means all.
    pub(super) fn readable(
        &self,
        person: PersonId,
        wanted: &[CollectionId],
    ) -> impl Iterator<Item = &Document> {
        let is_wanted = |id| wanted.is_empty() || wanted.contains(&id);
        self.model.documents.iter().filter(move |document| {
            is_wanted(document.collection)
                && self.model.may_document(person, Action::Read, document)
        })
    }
}
