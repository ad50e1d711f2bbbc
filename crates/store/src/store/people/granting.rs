//! Groups, and who has which role on what.

use footnote_core::access::{Grant, Granted, Subject};
use footnote_core::id::GroupId;
use footnote_core::{Error, Result};

use crate::catalog::people::groups::Group;
use crate::store::Store;

/// The longest name of a group, in characters.
const MAX_NAME_CHARS: usize = 128;

impl Store {
    /// Makes a group.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty or too long, `Conflict` when there is one of the name.
    pub async fn create_group(&self, name: &str) -> Result<GroupId> {
        self.catalog.create_group(group_name(name)?).await
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// As [`create_group`](Self::create_group), and `NotFound` when there is no such group.
    pub async fn rename_group(&self, id: GroupId, name: &str) -> Result<()> {
        self.catalog.rename_group(id, group_name(name)?).await
    }

    /// Removes a group; what was granted to it is granted to nobody any more.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn remove_group(&self, id: GroupId) -> Result<()> {
        self.catalog.remove_group(id).await
    }

    /// Returns the groups by name.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn groups(&self) -> Result<Vec<Group>> {
        self.catalog.groups().await
    }

    /// Returns who and what is in a group itself.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn members(&self, id: GroupId) -> Result<Vec<Subject>> {
        self.catalog.members(id).await
    }

    /// Puts a person or a group into a group; again changes nothing.
    ///
    /// # Errors
    /// `NotFound` when one of them is not there, `Conflict` when a group would be in itself.
    pub async fn add_member(&self, to: GroupId, member: Subject) -> Result<()> {
        self.catalog.add_member(to, member).await
    }

    /// Takes a person or a group out of a group; again changes nothing.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn remove_member(&self, from: GroupId, member: Subject) -> Result<()> {
        self.catalog.remove_member(from, member).await
    }

    /// Gives somebody a role on something, in place of the one that they had on it. It ends with
    /// what it is on: whatever comes back in its place is granted anew.
    ///
    /// # Errors
    /// `NotFound` when one of them is not there.
    pub async fn put_grant(&self, grant: &Grant) -> Result<()> {
        self.catalog.put_grant(grant).await
    }

    /// Takes the role away that somebody has on something; again changes nothing.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn remove_grant(&self, subject: Subject, on: Granted) -> Result<()> {
        self.catalog.remove_grant(subject, on).await
    }

    /// Returns who has a role on something itself.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn grants_on(&self, on: Granted) -> Result<Vec<Grant>> {
        self.catalog.grants_on(on).await
    }

    /// Returns what a person or a group has a role on by themselves.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn grants_of(&self, subject: Subject) -> Result<Vec<Grant>> {
        self.catalog.grants_of(subject).await
    }
}

/// Checks the name of a group.
fn group_name(name: &str) -> Result<&str> {
    let name = name.trim();
    let n_chars = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&n_chars) && !name.contains(char::is_control) {
        return Ok(name);
    }
    Err(Error::invalid(format!("a group's name has 1 to {MAX_NAME_CHARS} characters")))
}
