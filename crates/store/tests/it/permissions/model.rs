//! What everybody may do, computed the plain way.

use footnote_core::access::{Action, Granted, Role, Subject};
use footnote_core::id::{CollectionId, DocumentId, GroupId, PersonId, VersionId};
use std::collections::{BTreeMap, BTreeSet};

/// A document with the versions that are kept of it, the live one last.
pub(super) struct Document {
    pub(super) id: DocumentId,
    pub(super) uri: String,
    pub(super) collection: CollectionId,
    pub(super) container: Option<DocumentId>,
    /// Each with the word that only its text has; none while it is removed.
    pub(super) versions: Vec<(VersionId, String)>,
}

impl Document {
    pub(super) fn is_there(&self) -> bool {
        !self.versions.is_empty()
    }
}

/// People, groups, documents and grants.
#[derive(Default)]
pub(super) struct Model {
    pub(super) people: Vec<PersonId>,
    pub(super) groups: Vec<GroupId>,
    pub(super) collections: Vec<CollectionId>,
    pub(super) documents: Vec<Document>,
    pub(super) grants: BTreeMap<(Subject, Granted), Role>,
    pub(super) members: BTreeSet<(GroupId, Subject)>,
    pub(super) removed: BTreeSet<CollectionId>,
    /// Those that everybody may read.
    pub(super) public: BTreeSet<CollectionId>,
    pub(super) disabled: BTreeSet<PersonId>,
    pub(super) roles: BTreeMap<PersonId, Role>,
}

impl Model {
    /// Tells whether somebody or a group is in a group, directly or not.
    pub(super) fn is_in(&self, group: GroupId, subject: Subject) -> bool {
        let members = self.members.iter().filter(|(of, _)| *of == group);
        members.into_iter().any(|(_, member)| match *member {
            member if member == subject => true,
            Subject::Group(inner) => self.is_in(inner, subject),
            Subject::Person(_) => false,
        })
    }

    /// Tells whether somebody may do something by a grant on a thing itself, or by their own role.
    fn may_on(&self, person: PersonId, action: Action, on: Granted) -> bool {
        let grants =
            self.grants.iter().filter(|((_, granted), role)| *granted == on && role.may(action));
        grants.into_iter().any(|((subject, _), _)| match *subject {
            Subject::Person(id) => id == person,
            Subject::Group(group) => self.is_in(group, Subject::Person(person)),
        })
    }

    fn may_everywhere(&self, person: PersonId, action: Action) -> bool {
        self.roles.get(&person).is_some_and(|role| role.may(action))
    }

    /// Tells whether somebody may do something to a collection and all that is in it.
    pub(super) fn may(&self, person: PersonId, action: Action, collection: CollectionId) -> bool {
        !self.disabled.contains(&person)
            && !self.removed.contains(&collection)
            && ((action == Action::Read && self.public.contains(&collection))
                || self.may_everywhere(person, action)
                || self.may_on(person, action, Granted::Collection(collection)))
    }

    /// Tells whether somebody may do something to a document.
    pub(super) fn may_document(&self, person: PersonId, action: Action, of: &Document) -> bool {
        if !of.is_there() || self.disabled.contains(&person) {
            return false;
        }
        let container = of.container.and_then(|id| self.documents.iter().find(|d| d.id == id));
        self.may(person, action, of.collection)
            || self.may_on(person, action, Granted::Document(of.id))
            || container.is_some_and(|container| self.may_document(person, action, container))
    }
}
