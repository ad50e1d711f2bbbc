//! Who people are at a provider where they sign in.

use footnote_core::Result;
use footnote_core::id::{GroupId, PersonId};
use std::collections::BTreeSet;

use super::login;
use crate::catalog::people::identities::Identity;
use crate::catalog::people::{NewPerson, Person};
use crate::store::Store;

impl Store {
    /// Returns who somebody at a provider is here, disabled or not, and remembers that they come.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read or written.
    pub async fn person_of(&self, identity: &Identity) -> Result<Option<Person>> {
        self.catalog.person_of(identity).await
    }

    /// Adds somebody who signs in at a provider.
    ///
    /// # Errors
    /// `Invalid` for a login that cannot be, `Conflict` when somebody has it or is that at the
    /// provider.
    pub async fn create_person_of(&self, new: NewPerson, identity: &Identity) -> Result<PersonId> {
        let login = login(&new.login)?;
        self.catalog.create_person_of(&NewPerson { login, ..new }, identity).await
    }

    /// Lets somebody who is known sign in at a provider, too.
    ///
    /// # Errors
    /// `NotFound` when there is nobody, `Conflict` when they are somebody else at the provider, or
    /// somebody else is that.
    pub async fn link_identity(&self, identity: &Identity, to: PersonId) -> Result<()> {
        self.catalog.link_identity(identity, to).await
    }

    /// Puts somebody into the groups of some names and takes them out of all others, except where
    /// they were put by hand. Names of no group are left out. Returns the groups that changed.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn follow_groups(
        &self,
        person: PersonId,
        names: &BTreeSet<String>,
    ) -> Result<Vec<GroupId>> {
        self.catalog.follow_groups(person, names).await
    }
}
