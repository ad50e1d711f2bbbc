//! Signing in and out.

use std::time::Duration;

use footnote_core::{Error, ErrorKind};
use footnote_store::{NewSession, Person};

use super::throttle::Attempt;
use super::trail::{self, Deed};
use super::{Access, Credential, NewToken, Requester};
use crate::error::ApiError;
use crate::guard::Client;

/// The longest text of a browser about itself that is kept, in characters.
const MAX_AGENT_CHARS: usize = 200;

/// A session that was just opened.
pub(crate) struct Opened {
    /// Who signed in.
    pub(crate) person: Person,
    /// What their browser shows from now on.
    pub(crate) token: String,
    /// They, as the one who asks.
    pub(crate) requester: Requester,
}

impl Access {
    /// Signs somebody in by a password. Whoever guesses has to wait longer each time.
    ///
    /// # Errors
    /// `unauthenticated`, the same whether there is nobody of that login, the password is another
    /// one, or they may not sign in; `rate-limited` after too many tries.
    pub(crate) async fn sign_in(
        &self,
        login: &str,
        password: &str,
        (client, agent): (Client, &str),
    ) -> Result<Opened, ApiError> {
        let login = login.trim().to_lowercase();
        let attempt = Attempt { login: &login, address: client.address };
        let wait = self.throttle.wait(attempt);
        if !wait.is_zero() {
            return Err(ApiError::rate_limited("too many wrong passwords; wait a moment", wait));
        }
        let found = self.store.credentials(&login).await?;
        let hash = found.as_ref().and_then(|found| found.password.as_ref());
        let whose = found.as_ref().map(|found| found.person.id);
        let is_right = self.passwords.is(password, hash).await?;
        let person = found.map(|found| found.person).filter(|person| person.disabled.is_none());
        let Some(person) = person.filter(|_| is_right) else {
            self.throttle.failed(attempt);
            trail::refused(&self.store, whose, client.address).await?;
            return Err(wrong());
        };
        self.throttle.succeeded(attempt);
        self.open(person, client, agent).await
    }

    /// Opens a session for somebody who proved who they are.
    ///
    /// # Errors
    /// `unauthenticated` when they were disabled meanwhile.
    pub(crate) async fn open(
        &self,
        person: Person,
        client: Client,
        agent: &str,
    ) -> Result<Opened, ApiError> {
        let token = NewToken::random()?;
        let new = NewSession {
            person: person.id,
            epoch: person.epoch,
            token: token.hash(),
            expires: self.end_of_session(),
            user_agent: agent.chars().take(MAX_AGENT_CHARS).collect(),
        };
        let session = match self.store.open_session(&new).await {
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(wrong()),
            opened => opened?,
        };
        let rights = self.store.rights_of(person.id).await?;
        let requester = Requester {
            principal: super::person(person.id, &person.login, rights),
            credential: Credential::Session(session),
            key: None,
            address: client.address,
        };
        requester.did(&self.store, Deed::SignIn, Some(session.to_string())).await?;
        Ok(Opened { person, token: token.into_shown(), requester })
    }

    /// Gives whoever asks another password; all their sessions and keys end.
    ///
    /// # Errors
    /// `validation-failed` when the old one is wrong or the new one cannot be.
    pub(crate) async fn change_password(
        &self,
        requester: &Requester,
        (old, new): (&str, &str),
    ) -> Result<Person, ApiError> {
        let Some(id) = requester.person() else {
            return Err(ApiError::invalid("the owner of the data directory has no password"));
        };
        let name = format!("password of {id}");
        let attempt = Attempt { login: &name, address: None };
        let wait = self.throttle.wait(attempt);
        if wait > Duration::ZERO {
            return Err(ApiError::rate_limited("too many wrong passwords; wait a moment", wait));
        }
        let person = self.store.person(id).await?;
        let found = self.store.credentials(&person.login).await?;
        let hash = found.as_ref().and_then(|found| found.password.as_ref());
        if !self.passwords.is(old, hash).await? {
            self.throttle.failed(attempt);
            return Err(ApiError::invalid("that is not your password").at("/old"));
        }
        let hash = self.passwords.hash(new).await;
        let hash = hash.map_err(|error: Error| ApiError::from(error).at("/new"))?;
        self.store.set_password(id, &hash).await?;
        requester.did(&self.store, Deed::ChangePassword, Some(id.to_string())).await?;
        Ok(self.store.person(id).await?)
    }
}

/// What is said to whoever does not come in; never why.
fn wrong() -> ApiError {
    ApiError::unauthenticated_because("nobody signs in with this login and this password")
}
