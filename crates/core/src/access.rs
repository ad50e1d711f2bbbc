//! Who asks, and what they may read.
//!
//! **The seal:** every read takes a [`Scope`]; its fields are private and only
//! [`Principal::scope`] makes one. A search without permission does not compile.

use std::collections::BTreeSet;

use crate::id::CollectionId;
use crate::{Error, Result};

/// Somebody who asks: a person, a key, or the owner of the data directory.
#[derive(Debug, Clone)]
pub struct Principal {
    name: String,
    readable: Readable,
}

/// The collections that a principal may read.
#[derive(Debug, Clone)]
enum Readable {
    All,
    Only(BTreeSet<CollectionId>),
}

impl Principal {
    /// Makes the owner of the data directory, who may read everything. Only `auth` and tests may.
    #[must_use]
    pub fn owner() -> Self {
        Self { name: "owner".to_owned(), readable: Readable::All }
    }

    /// Makes somebody who may read the collections given. Only `auth` and tests may.
    #[must_use]
    pub fn reader(
        name: impl Into<String>,
        collections: impl IntoIterator<Item = CollectionId>,
    ) -> Self {
        Self { name: name.into(), readable: Readable::Only(collections.into_iter().collect()) }
    }

    /// Returns the name for logs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Narrows what may be read to what is wanted; nothing wanted means everything readable.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) for a collection that is hidden: the same as for
    /// one that does not exist.
    pub fn scope(&self, wanted: &[CollectionId]) -> Result<Scope> {
        match &self.readable {
            Readable::All if wanted.is_empty() => Ok(Scope { collections: None }),
            Readable::All => Ok(Scope { collections: Some(wanted.iter().copied().collect()) }),
            Readable::Only(readable) if wanted.is_empty() => {
                Ok(Scope { collections: Some(readable.clone()) })
            }
            Readable::Only(readable) => {
                if wanted.iter().any(|collection| !readable.contains(collection)) {
                    return Err(Error::not_found("no such collection"));
                }
                Ok(Scope { collections: Some(wanted.iter().copied().collect()) })
            }
        }
    }
}

/// What one request may read. Made by [`Principal::scope`] alone.
#[derive(Debug, Clone)]
pub struct Scope {
    collections: Option<BTreeSet<CollectionId>>,
}

impl Scope {
    /// Returns the collections that may be read; `None` means every one.
    #[must_use]
    pub fn collections(&self) -> Option<&BTreeSet<CollectionId>> {
        self.collections.as_ref()
    }

    /// Tells whether a collection may be read.
    #[must_use]
    pub fn allows(&self, collection: CollectionId) -> bool {
        self.collections.as_ref().is_none_or(|allowed| allowed.contains(&collection))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_cannot_widen_the_scope_and_hidden_looks_like_missing() {
        let (mine, other) = (CollectionId::named("mine"), CollectionId::named("other"));
        let reader = Principal::reader("r", [mine]);
        assert!(reader.scope(&[mine]).unwrap().allows(mine));
        assert!(!reader.scope(&[]).unwrap().allows(other));
        let error = reader.scope(&[mine, other]).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::NotFound);
    }

    #[test]
    fn the_owner_reads_everything_unless_less_is_wanted() {
        let (one, two) = (CollectionId::named("one"), CollectionId::named("two"));
        assert!(Principal::owner().scope(&[]).unwrap().allows(two));
        assert!(!Principal::owner().scope(&[one]).unwrap().allows(two));
    }
}
