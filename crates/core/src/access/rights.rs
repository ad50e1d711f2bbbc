//! What somebody may do at a moment: the sum of all that was granted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Ancestry, Role};
use crate::id::{CollectionId, DocumentId};

/// The roles that somebody has: on everything, on collections, on single documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    everything: Option<Role>,
    collections: BTreeMap<CollectionId, Role>,
    documents: BTreeMap<DocumentId, (CollectionId, Role)>,
}

impl Rights {
    /// Makes the rights of somebody who has a role on everything.
    #[must_use]
    pub fn everything(role: Role) -> Self {
        Self { everything: Some(role), ..Self::default() }
    }

    /// Adds a role on a collection; the highest counts.
    pub fn on_collection(&mut self, collection: CollectionId, role: Role) {
        let held = self.collections.entry(collection).or_insert(role);
        *held = role.max(*held);
    }

    /// Adds a role on a document of a collection; the highest counts.
    pub fn on_document(&mut self, document: DocumentId, collection: CollectionId, role: Role) {
        let (_, held) = self.documents.entry(document).or_insert((collection, role));
        *held = role.max(*held);
    }

    /// Narrows the rights to some collections and to what a role may do, as a key does.
    #[must_use]
    pub fn narrowed(&self, highest: Role, to: Option<&BTreeSet<CollectionId>>) -> Self {
        let is_kept = |collection| to.is_none_or(|to| to.contains(collection));
        let mut narrowed = Self::default();
        match (self.everything, to) {
            (None, _) => {}
            (Some(role), None) => narrowed.everything = Some(role.min(highest)),
            (Some(role), Some(to)) => {
                for id in to {
                    narrowed.on_collection(*id, role.min(highest));
                }
            }
        }
        for (collection, role) in self.collections.iter().filter(|(id, _)| is_kept(id)) {
            narrowed.on_collection(*collection, highest.min(*role));
        }
        for (document, (collection, role)) in &self.documents {
            if is_kept(collection) {
                narrowed.on_document(*document, *collection, highest.min(*role));
            }
        }
        narrowed
    }

    /// Tells whether something may be done to what stands in a place: a role on its collection, on
    /// its document, or on a document in which that lies, allows it.
    #[must_use]
    pub fn may(&self, action: Action, place: &Ancestry) -> bool {
        let of_collection = self.collections.get(&place.collection).copied();
        let of_documents = place.documents.iter().filter_map(|id| self.documents.get(id));
        let roles = of_documents.map(|(_, role)| *role).chain(self.everything).chain(of_collection);
        roles.into_iter().any(|role| role.may(action))
    }

    /// Returns the highest role that counts for a whole collection; `None` where at most some of its
    /// documents are reached.
    #[must_use]
    pub fn role_on(&self, collection: CollectionId) -> Option<Role> {
        self.everything.max(self.collections.get(&collection).copied())
    }

    /// Tells whether something may be done to everything, to people and settings too.
    #[must_use]
    pub fn may_everywhere(&self, action: Action) -> bool {
        self.everything.is_some_and(|role| role.may(action))
    }

    /// Tells whether everything may be read.
    pub(super) fn is_everything(&self) -> bool {
        self.everything.is_some()
    }

    /// Tells whether anything in a collection may be read.
    pub(super) fn reaches_into(&self, collection: CollectionId) -> bool {
        self.is_everything()
            || self.collections.contains_key(&collection)
            || self.documents.values().any(|(of, _)| *of == collection)
    }

    /// Returns the collections on which there is a role.
    pub(super) fn collections(&self) -> impl Iterator<Item = CollectionId> {
        self.collections.keys().copied()
    }

    /// Returns the documents, with their collections, that only a role on themselves makes readable.
    pub(super) fn single_documents(&self) -> impl Iterator<Item = (DocumentId, CollectionId)> {
        let documents = self.documents.iter().map(|(id, (collection, _))| (*id, *collection));
        documents.filter(|(_, collection)| !self.collections.contains_key(collection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(collection: &str, documents: &[&str]) -> Ancestry {
        let collection = CollectionId::named(collection);
        let documents = documents.iter().map(|uri| DocumentId::derive(collection, "/", uri));
        Ancestry { collection, documents: documents.collect() }
    }

    fn rights() -> Rights {
        let mut rights = Rights::default();
        rights.on_collection(CollectionId::named("c"), Role::Editor);
        rights.on_collection(CollectionId::named("c"), Role::Reader);
        let mail = place("d", &["mail"]);
        rights.on_document(mail.documents[0], mail.collection, Role::Reader);
        rights
    }

    #[test]
    fn the_highest_of_several_roles_counts_and_what_lies_in_a_document_inherits() {
        let rights = rights();
        assert!(rights.may(Action::Write, &place("c", &["a"])));
        assert!(!rights.may(Action::Administer, &place("c", &[])));
        assert!(rights.may(Action::Read, &place("d", &["mail/attachment", "mail"])));
        assert!(!rights.may(Action::Write, &place("d", &["mail"])));
        assert!(!rights.may(Action::Read, &place("d", &["other"])));
        assert!(!rights.may(Action::Read, &place("d", &[])), "a document is not its collection");
        assert!(!rights.may_everywhere(Action::Read));
        let role_on = |collection| rights.role_on(CollectionId::named(collection));
        assert_eq!((role_on("c"), role_on("d")), (Some(Role::Editor), None));
    }

    #[test]
    fn a_key_never_allows_more_than_its_person_may() {
        let only = BTreeSet::from([CollectionId::named("c"), CollectionId::named("e")]);
        let key = rights().narrowed(Role::Reader, Some(&only));
        assert!(key.may(Action::Read, &place("c", &[])));
        assert!(!key.may(Action::Write, &place("c", &[])));
        assert!(!key.may(Action::Read, &place("d", &["mail"])));
        assert!(!key.may(Action::Read, &place("e", &[])));
        let of_admin = Rights::everything(Role::Admin).narrowed(Role::Editor, Some(&only));
        assert!(of_admin.may(Action::Write, &place("e", &[])));
        assert!(!of_admin.may(Action::Administer, &place("e", &[])));
        assert!(!of_admin.may(Action::Read, &place("d", &[])));
        assert!(!of_admin.may_everywhere(Action::Read));
    }
}
