//! What everybody may read, computed the plain way.

use std::collections::BTreeSet;

use super::super::visitor::Visitor;

/// A collection, which may be removed and made again.
pub(super) struct Collection {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) is_there: bool,
    pub(super) is_public: bool,
}

/// A document with the words that only its kept versions have, the live one's last.
pub(super) struct Document {
    pub(super) id: String,
    pub(super) uri: String,
    pub(super) collection: usize,
    /// The place of the document in which it lies.
    pub(super) container: Option<usize>,
    /// The numbers of the texts that are kept of it; none while it is removed.
    pub(super) texts: Vec<usize>,
    /// Those of what lies in it, which its original holds too.
    pub(super) inner_texts: Vec<usize>,
}

/// Somebody, with what they show when they ask.
pub(super) struct Person {
    pub(super) id: String,
    pub(super) login: String,
    pub(super) has_role: bool,
    pub(super) is_disabled: bool,
    pub(super) lookers: Vec<Looker>,
    pub(super) answers: Vec<String>,
    pub(super) conversations: Vec<String>,
}

/// A way in which somebody asks: signed in, or with a key.
#[derive(Clone)]
pub(super) struct Looker {
    pub(super) who: Visitor,
    /// The places of the collections that the key reaches; all where there is nothing.
    pub(super) reach: Option<Vec<usize>>,
}

impl Looker {
    fn reaches(&self, collection: usize) -> bool {
        self.reach.as_ref().is_none_or(|reach| reach.contains(&collection))
    }
}

/// Everybody and everything.
#[derive(Default)]
pub(super) struct Model {
    pub(super) people: Vec<Person>,
    pub(super) groups: Vec<String>,
    pub(super) collections: Vec<Collection>,
    pub(super) documents: Vec<Document>,
    /// Who has a role on what.
    pub(super) grants: BTreeSet<(String, String)>,
    /// Which group has which member.
    pub(super) members: BTreeSet<(String, String)>,
    /// Each job with the place of its collection.
    pub(super) jobs: Vec<(String, usize)>,
}

impl Model {
    /// Tells whether somebody or a group is in a group, directly or not.
    pub(super) fn is_in(&self, group: &str, subject: &str) -> bool {
        let mut members = self.members.iter().filter(|(of, _)| of == group);
        members.any(|(_, member)| member == subject || self.is_in(member, subject))
    }

    fn is_granted(&self, person: &Person, on: &str) -> bool {
        let mut grants = self.grants.iter().filter(|(_, granted)| granted == on);
        grants.any(|(subject, _)| *subject == person.id || self.is_in(subject, &person.id))
    }

    /// Tells whether somebody may read everything in a collection.
    pub(super) fn may_all(&self, person: &Person, looker: &Looker, place: usize) -> bool {
        let collection = &self.collections[place];
        let may =
            collection.is_public || person.has_role || self.is_granted(person, &collection.id);
        !person.is_disabled && collection.is_there && looker.reaches(place) && may
    }

    /// Tells whether somebody may read a document.
    pub(super) fn may(&self, person: &Person, looker: &Looker, document: &Document) -> bool {
        let is_there = !person.is_disabled && !document.texts.is_empty();
        let container = document.container.map(|place| &self.documents[place]);
        is_there
            && looker.reaches(document.collection)
            && (self.may_all(person, looker, document.collection)
                || self.is_granted(person, &document.id)
                || container.is_some_and(|container| self.may(person, looker, container)))
    }

    /// Tells whether somebody may know that there is a collection.
    pub(super) fn may_know(&self, person: &Person, looker: &Looker, place: usize) -> bool {
        let mut documents = self.documents.iter().filter(|d| d.collection == place);
        self.may_all(person, looker, place) || documents.any(|d| self.may(person, looker, d))
    }

    /// Returns the numbers of all texts that somebody may read.
    pub(super) fn readable(&self, person: &Person, looker: &Looker) -> BTreeSet<usize> {
        let documents = self.documents.iter().filter(|d| self.may(person, looker, d));
        documents.flat_map(|d| d.texts.iter().chain(&d.inner_texts)).copied().collect()
    }
}
