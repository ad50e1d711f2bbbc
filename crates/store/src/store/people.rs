//! People: who signs in, and what they may do at the moment.

mod audit;
mod granting;
mod identities;
mod signing;

use footnote_core::access::{PasswordHash, Rights, Role};
use footnote_core::id::PersonId;
use footnote_core::{Error, Result};

use super::Store;
use crate::catalog::people::{Credentials, NewPerson, Person};

/// The longest login, in characters.
const MAX_LOGIN_CHARS: usize = 128;

impl Store {
    /// Adds somebody.
    ///
    /// # Errors
    /// `Invalid` for a login that is empty, too long or has spaces, `Conflict` when somebody has
    /// it, `Unavailable` when the catalog cannot be written.
    pub async fn create_person(&self, new: NewPerson) -> Result<PersonId> {
        let login = login(&new.login)?;
        self.catalog.create_person(&NewPerson { login, ..new }).await
    }

    /// Returns people by their login, those after one.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn people(&self, after: Option<&str>, limit: usize) -> Result<Vec<Person>> {
        self.catalog.people(after, limit).await
    }

    /// Returns somebody.
    ///
    /// # Errors
    /// `NotFound` when there is nobody.
    pub async fn person(&self, id: PersonId) -> Result<Person> {
        self.catalog.person(id).await
    }

    /// Returns who signs in as that, disabled or not, with what their password is checked against.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn credentials(&self, login_as: &str) -> Result<Option<Credentials>> {
        match login(login_as) {
            Ok(login) => self.catalog.credentials(&login).await,
            Err(_nobody_has_it) => Ok(None),
        }
    }

    /// Tells whether somebody may sign in who may do everything.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn has_admin(&self) -> Result<bool> {
        self.catalog.has_admin().await
    }

    /// Gives somebody another name.
    ///
    /// # Errors
    /// `NotFound` when there is nobody.
    pub async fn rename_person(&self, id: PersonId, name: &str) -> Result<()> {
        self.catalog.rename_person(id, name).await
    }

    /// Gives somebody another role on everything, or none.
    ///
    /// # Errors
    /// `NotFound` when there is nobody, `Conflict` when no admin would be left.
    pub async fn set_role(&self, id: PersonId, role: Option<Role>) -> Result<()> {
        self.catalog.set_role(id, role).await
    }

    /// Keeps somebody from signing in; their sessions and keys are of no use when this returns.
    ///
    /// # Errors
    /// `NotFound` when there is nobody, `Conflict` when no admin would be left.
    pub async fn disable_person(&self, id: PersonId) -> Result<()> {
        self.catalog.disable_person(id).await
    }

    /// Lets somebody sign in again. The sessions and keys of before stay of no use.
    ///
    /// # Errors
    /// `NotFound` when there is nobody.
    pub async fn enable_person(&self, id: PersonId) -> Result<()> {
        self.catalog.enable_person(id).await
    }

    /// Gives somebody another password; their sessions and keys are of no use when this returns.
    ///
    /// # Errors
    /// `NotFound` when there is nobody.
    pub async fn set_password(&self, id: PersonId, password: &PasswordHash) -> Result<()> {
        self.catalog.set_password(id, password).await
    }

    /// Returns what somebody may do now: by their own role, by what was granted to them and to the
    /// groups in which they are, directly or not. Nothing while they are disabled.
    ///
    /// # Errors
    /// `NotFound` when there is nobody.
    pub async fn rights_of(&self, id: PersonId) -> Result<Rights> {
        self.catalog.rights_of(id).await
    }
}

/// Writes a login as it is kept, in lower case.
fn login(text: &str) -> Result<String> {
    let login = text.trim().to_lowercase();
    let is_fit = |c: char| !c.is_whitespace() && !c.is_control();
    if (1..=MAX_LOGIN_CHARS).contains(&login.chars().count()) && login.chars().all(is_fit) {
        return Ok(login);
    }
    Err(Error::invalid("nobody can sign in as that").hint(format!(
        "Use a name or an address without spaces, at most {MAX_LOGIN_CHARS} characters."
    )))
}

#[cfg(test)]
mod tests {
    use super::login;

    #[test]
    fn a_login_is_the_same_in_upper_and_lower_case() {
        assert_eq!(login(" Ada@Example.org ").unwrap(), "ada@example.org");
        for unfit in ["", " ", "ada lovelace", "ada\n@example.org", &"a".repeat(129)] {
            assert!(login(unfit).is_err(), "{unfit:?}");
        }
    }
}
