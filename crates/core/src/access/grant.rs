//! Grants: somebody has a role on something.

use uuid::Uuid;

use super::Role;
use crate::id::{CollectionId, DocumentId, GrantId, GroupId, PersonId};

/// A person or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// Everybody in a group, and in the groups in it.
    Group(GroupId),
}

/// What a role is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Granted {
    /// A collection, with all that is in it now and later.
    Collection(CollectionId),
    /// A document, with all that lies in it: the attachments of a mail too.
    Document(DocumentId),
}

impl Subject {
    /// Returns the UUID for storage.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        match self {
            Self::Person(id) => id.as_uuid(),
            Self::Group(id) => id.as_uuid(),
        }
    }
}

impl Granted {
    /// Returns the UUID for storage.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        match self {
            Self::Collection(id) => id.as_uuid(),
            Self::Document(id) => id.as_uuid(),
        }
    }
}

/// A person or a group has a role on a collection or on a single document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Who has it.
    pub subject: Subject,
    /// Which one.
    pub role: Role,
    /// What it is on.
    pub on: Granted,
}

impl Grant {
    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> GrantId {
        Self::id_of(self.subject, self.on)
    }

    /// Returns the id of the grant of a subject on a thing: there is one at most.
    #[must_use]
    pub fn id_of(subject: Subject, on: Granted) -> GrantId {
        GrantId::derive(subject.as_uuid(), on.as_uuid())
    }
}
