//! Who asks, and what they may do.
//!
//! **The seal:** every read takes a [`Scope`]; its fields are private and only
//! [`Principal::scope`] makes one. A search without permission does not compile. What is done to one
//! thing that a request names takes an [`Authorized`] id, which only [`Principal::authorize`] makes.

mod authorized;
mod grant;
mod rights;
mod role;
mod token;

use std::collections::BTreeSet;

use crate::id::{CollectionId, ContentHash, ContentHasher, DocumentId, PersonId};
use crate::{Error, Result};

pub use authorized::{Ancestors, Ancestry, Authorized, Target};
pub use grant::{Grant, Granted, Subject};
pub use rights::Rights;
pub use role::{Action, Administer, Permission, Read, Role, Write};
pub use token::{KeyScope, PasswordHash, TokenHash};

/// Somebody who asks: a person, a key, or the owner of the data directory.
#[derive(Debug, Clone)]
pub struct Principal {
    name: String,
    person: Option<PersonId>,
    rights: Rights,
}

impl Principal {
    /// Makes the owner of the data directory, who may do everything. Only `auth` and tests may.
    #[must_use]
    pub fn owner() -> Self {
        Self { name: "owner".to_owned(), person: None, rights: Rights::everything(Role::Admin) }
    }

    /// Makes somebody who may read the collections given. Only `auth` and tests may.
    #[must_use]
    pub fn reader(
        name: impl Into<String>,
        collections: impl IntoIterator<Item = CollectionId>,
    ) -> Self {
        let mut rights = Rights::default();
        for collection in collections {
            rights.on_collection(collection, Role::Reader);
        }
        Self { name: name.into(), person: None, rights }
    }

    /// Makes a person with the rights of the moment. Only `auth` and tests may.
    #[must_use]
    pub fn person(id: PersonId, name: impl Into<String>, rights: Rights) -> Self {
        Self { name: name.into(), person: Some(id), rights }
    }

    /// Returns the name for logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns which person it is, or stands for.
    #[must_use]
    pub fn id(&self) -> Option<PersonId> {
        self.person
    }

    /// Returns what may be done.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Narrows what may be read to what is wanted; nothing wanted means everything readable.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) for a collection that is hidden, which is one in
    /// which nothing may be read: the same as for one that does not exist.
    pub fn scope(&self, wanted: &[CollectionId]) -> Result<Scope> {
        let is_wanted =
            |collection: CollectionId| wanted.is_empty() || wanted.contains(&collection);
        if self.rights.is_everything() {
            let collections = (!wanted.is_empty()).then(|| wanted.iter().copied().collect());
            return Ok(Scope { collections, documents: BTreeSet::new() });
        }
        if wanted.iter().any(|collection| !self.rights.reaches_into(*collection)) {
            return Err(Error::not_found("no such collection"));
        }
        let collections = self.rights.collections().filter(|id| is_wanted(*id)).collect();
        let documents = self.rights.single_documents();
        let documents = documents.filter(|(_, collection)| is_wanted(*collection));
        Ok(Scope {
            collections: Some(collections),
            documents: documents.map(|(document, _)| document).collect(),
        })
    }
}

/// What one request may read: whole collections, and single documents of others. Made by
/// [`Principal::scope`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    collections: Option<BTreeSet<CollectionId>>,
    documents: BTreeSet<DocumentId>,
}

impl Scope {
    /// Returns the collections of which everything may be read; `None` means every one.
    #[must_use]
    pub fn collections(&self) -> Option<&BTreeSet<CollectionId>> {
        self.collections.as_ref()
    }

    /// Returns the documents of other collections that may be read, those that lie in them too.
    #[must_use]
    pub fn documents(&self) -> &BTreeSet<DocumentId> {
        &self.documents
    }

    /// Tells whether a document of a collection may be read.
    #[must_use]
    pub fn allows(&self, collection: CollectionId, document: DocumentId) -> bool {
        self.allows_all_of(collection) || self.documents.contains(&document)
    }

    /// Tells whether everything in a collection may be read.
    #[must_use]
    pub fn allows_all_of(&self, collection: CollectionId) -> bool {
        self.collections.as_ref().is_none_or(|allowed| allowed.contains(&collection))
    }

    /// Tells whether nothing may be read.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.documents.is_empty() && self.collections.as_ref().is_some_and(BTreeSet::is_empty)
    }

    /// Returns what tells scopes apart that allow different things. Whatever is remembered of what
    /// somebody was shown is remembered under it.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        let mut hasher = ContentHasher::default();
        match &self.collections {
            None => hasher.update(b"everything"),
            Some(collections) => {
                hasher.update(b"collections");
                hasher.update(&(collections.len() as u64).to_le_bytes());
                for id in collections {
                    hasher.update(id.as_uuid().as_bytes());
                }
            }
        }
        for id in &self.documents {
            hasher.update(id.as_uuid().as_bytes());
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(collection: CollectionId, uri: &str) -> DocumentId {
        DocumentId::derive(collection, "/", uri)
    }

    #[test]
    fn a_reader_cannot_widen_the_scope_and_hidden_looks_like_missing() {
        let (mine, other) = (CollectionId::named("mine"), CollectionId::named("other"));
        let reader = Principal::reader("r", [mine]);
        assert!(reader.scope(&[mine]).unwrap().allows(mine, document(mine, "a")));
        assert!(!reader.scope(&[]).unwrap().allows(other, document(other, "a")));
        let error = reader.scope(&[mine, other]).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::NotFound);
    }

    #[test]
    fn the_owner_reads_everything_unless_less_is_wanted() {
        let (one, two) = (CollectionId::named("one"), CollectionId::named("two"));
        assert!(Principal::owner().scope(&[]).unwrap().allows_all_of(two));
        assert!(!Principal::owner().scope(&[one]).unwrap().allows_all_of(two));
    }

    #[test]
    fn a_single_document_opens_its_collection_no_further() {
        let (mine, other) = (CollectionId::named("mine"), CollectionId::named("other"));
        let (one, two) = (document(other, "one"), document(other, "two"));
        let mut rights = Rights::default();
        rights.on_collection(mine, Role::Reader);
        rights.on_document(one, other, Role::Reader);
        let reader = Principal::person(PersonId::generate(), "r", rights);
        for wanted in [&[][..], &[other], &[mine, other]] {
            let scope = reader.scope(wanted).unwrap();
            assert!(scope.allows(other, one) && !scope.allows(other, two));
            assert!(!scope.allows_all_of(other));
        }
        let elsewhere = reader.scope(&[mine]).unwrap();
        assert!(!elsewhere.allows(other, one) && elsewhere.documents().is_empty());
    }

    #[test]
    fn scopes_that_allow_the_same_have_the_same_hash_and_others_do_not() {
        let (one, two) = (CollectionId::named("one"), CollectionId::named("two"));
        let hash = |principal: &Principal, wanted: &[CollectionId]| {
            principal.scope(wanted).unwrap().content_hash()
        };
        let owner = Principal::owner();
        let reader = Principal::reader("r", [two, one]);
        assert_eq!(hash(&owner, &[one, two]), hash(&reader, &[]));
        let mut rights = Rights::default();
        rights.on_document(document(one, "a"), one, Role::Editor);
        let single = Principal::person(PersonId::generate(), "s", rights);
        let hashes = [
            hash(&owner, &[]),
            hash(&reader, &[]),
            hash(&reader, &[one]),
            hash(&single, &[]),
            hash(&Principal::reader("nobody", []), &[]),
        ];
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), hashes.len());
    }
}
