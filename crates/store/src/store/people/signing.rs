//! Sessions and keys: what people and programs show to be known. Of what they show, only a hash is
//! kept.

use footnote_core::Result;
use footnote_core::access::TokenHash;
use footnote_core::clock::Timestamp;
use footnote_core::id::{KeyId, PersonId, SessionId};
use std::time::Duration;

use crate::catalog::people::keys::{ApiKey, NewKey, UsedKey};
use crate::catalog::people::sessions::{NewSession, Session, SignedIn};
use crate::store::Store;

/// How exactly it is noted when something was used last: not every request is a write.
const NOTED_EVERY: Duration = Duration::from_mins(1);

impl Store {
    /// Opens a session for somebody who proved who they are.
    ///
    /// # Errors
    /// `Conflict` when the person was disabled or got another password since they did.
    pub async fn open_session(&self, new: &NewSession) -> Result<SessionId> {
        self.catalog.open_session(new).await
    }

    /// Returns the session of a token and whose it is, both as they are now; `None` when it has
    /// ended, or its person was disabled or got another password.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn session(&self, token: &TokenHash) -> Result<Option<SignedIn>> {
        self.catalog.session(token).await
    }

    /// Remembers, to the minute, that a session is used, and that it ends later now.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn extend_session(&self, session: &Session, expires: Timestamp) -> Result<()> {
        if self.was_noted_lately(session.used) {
            return Ok(());
        }
        self.catalog.extend_session(session.id, expires).await
    }

    /// Returns the sessions of somebody, the newest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn sessions(&self, of: PersonId) -> Result<Vec<Session>> {
        self.catalog.sessions(of).await
    }

    /// Ends a session of somebody.
    ///
    /// # Errors
    /// `NotFound` when they have none of the kind.
    pub async fn end_session(&self, of: PersonId, id: SessionId) -> Result<()> {
        self.catalog.end_session(of, id).await
    }

    /// Ends all sessions of somebody; their keys go on.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn end_sessions(&self, of: PersonId) -> Result<()> {
        self.catalog.end_sessions(of).await
    }

    /// Forgets sessions that have ended by themselves; returns how many.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn forget_ended_sessions(&self) -> Result<u64> {
        self.catalog.forget_ended_sessions().await
    }

    /// Makes a key.
    ///
    /// # Errors
    /// `Conflict` when the person was disabled or got another password meanwhile.
    pub async fn create_key(&self, new: &NewKey) -> Result<()> {
        self.catalog.create_key(new).await
    }

    /// Returns the key of a token and whose it is, both as they are now; `None` when it has ended,
    /// or its person was disabled or got another password.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn key(&self, token: &TokenHash) -> Result<Option<UsedKey>> {
        self.catalog.key(token).await
    }

    /// Remembers, to the minute, that a key is used.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub async fn note_key(&self, key: &ApiKey) -> Result<()> {
        if key.used.is_some_and(|used| self.was_noted_lately(used)) {
            return Ok(());
        }
        self.catalog.note_key(key.id).await
    }

    /// Returns the keys of somebody, the newest first.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn keys(&self, of: PersonId) -> Result<Vec<ApiKey>> {
        self.catalog.keys(of).await
    }

    /// Ends a key of somebody.
    ///
    /// # Errors
    /// `NotFound` when they have none of the kind.
    pub async fn end_key(&self, of: PersonId, id: KeyId) -> Result<()> {
        self.catalog.end_key(of, id).await
    }

    fn was_noted_lately(&self, used: Timestamp) -> bool {
        let since_ms = self.catalog.now_ms().saturating_sub(used.0);
        u128::from(since_ms.unsigned_abs()) < NOTED_EVERY.as_millis()
    }
}
