//! Sessions: the browsers in which somebody is signed in.

use footnote_core::access::TokenHash;
use footnote_core::clock::Timestamp;
use footnote_core::id::{PersonId, SessionId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::super::Catalog;
use super::super::failure::cannot;
use super::super::rows::{integer, key, plain, time, uuid};
use super::{Decoded, PERSON, Person, forget_sessions, person};

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Who has signed in.
    pub person: PersonId,
    /// Their [epoch](Person::epoch) when they proved who they are.
    pub epoch: u64,
    /// The hash of what the browser shows from now on.
    pub token: TokenHash,
    /// When it ends unless it is used.
    pub expires: Timestamp,
    /// What the browser says that it is.
    pub user_agent: String,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the browser says that it is.
    pub user_agent: String,
    /// Since when it is open.
    pub created: Timestamp,
    /// When it was used last, as far as that was noted.
    pub used: Timestamp,
    /// When it ends unless it is used.
    pub expires: Timestamp,
}

/// A session with the person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Whose it is, as they are now.
    pub person: Person,
}

/// The columns of a [`Session`] `s`.
const SESSION: &str = "s.id, s.user_agent, s.created_ms, s.used_ms, s.expires_ms";

/// What holds of a session `s` that counts, at `$2`: its person `p` may sign in, and nothing has
/// stopped it since.
const COUNTS: &str = "s.epoch = p.epoch AND p.disabled_ms IS NULL AND $2 < s.expires_ms";

impl Catalog {
    /// Opens a session, unless the person was disabled or got another password meanwhile.
    pub(crate) async fn open_session(&self, new: &NewSession) -> Result<SessionId> {
        let id = SessionId::generate();
        let opened = sqlx::query(
            "INSERT INTO session (id, token_hash, person_id, epoch, user_agent, created_ms,
                                  used_ms, expires_ms)
             SELECT $1, $2, p.id, p.epoch, $5, $6, $6, $7 FROM person p
             WHERE p.id = $3 AND p.epoch = $4 AND p.disabled_ms IS NULL",
        )
        .bind(key(id.as_uuid()))
        .bind(new.token.as_bytes().to_vec())
        .bind(key(new.person.as_uuid()))
        .bind(integer(new.epoch))
        .bind(plain(&new.user_agent))
        .bind(self.now_ms())
        .bind(new.expires.0)
        .execute(&self.writer)
        .await
        .map_err(cannot("open the session"))?;
        if opened.rows_affected() == 1 {
            return Ok(id);
        }
        Err(Error::conflict("the person may not sign in, or not any more like this"))
    }

    /// Returns the session of a token and whose it is; `None` when there is none that counts.
    pub(crate) async fn session(&self, token: &TokenHash) -> Result<Option<SignedIn>> {
        let statement = format!(
            "SELECT {SESSION}, {PERSON} FROM session s JOIN person p ON p.id = s.person_id
             WHERE s.token_hash = $1 AND {COUNTS}"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(token.as_bytes().to_vec())
            .bind(self.now_ms())
            .try_map(|row| Ok(SignedIn { session: session(&row)?, person: person(&row)? }))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the session"))
    }

    /// Returns the sessions of somebody that count, the newest first.
    pub(crate) async fn sessions(&self, of: PersonId) -> Result<Vec<Session>> {
        let statement = format!(
            "SELECT {SESSION} FROM session s JOIN person p ON p.id = s.person_id
             WHERE p.id = $1 AND {COUNTS} ORDER BY s.id DESC"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(key(of.as_uuid()))
            .bind(self.now_ms())
            .try_map(|row| session(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the sessions"))
    }

    /// Remembers that a session is used, and when it ends now.
    pub(crate) async fn extend_session(&self, id: SessionId, expires: Timestamp) -> Result<()> {
        sqlx::query("UPDATE session SET used_ms = $2, expires_ms = $3 WHERE id = $1")
            .bind(key(id.as_uuid()))
            .bind(self.now_ms())
            .bind(expires.0)
            .execute(&self.writer)
            .await
            .map_err(cannot("extend the session"))?;
        Ok(())
    }

    /// Ends a session of somebody.
    pub(crate) async fn end_session(&self, of: PersonId, id: SessionId) -> Result<()> {
        let ended = sqlx::query("DELETE FROM session WHERE id = $1 AND person_id = $2")
            .bind(key(id.as_uuid()))
            .bind(key(of.as_uuid()))
            .execute(&self.writer)
            .await
            .map_err(cannot("end the session"))?;
        if ended.rows_affected() == 1 { Ok(()) } else { Err(Error::not_found("no such session")) }
    }

    /// Ends all sessions of somebody.
    pub(crate) async fn end_sessions(&self, of: PersonId) -> Result<()> {
        let failed = || cannot("end the sessions");
        let mut transaction = self.begin().await.map_err(failed())?;
        forget_sessions(&mut transaction, of).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Forgets the sessions that have ended by themselves. Returns how many.
    pub(crate) async fn forget_ended_sessions(&self) -> Result<u64> {
        let forgotten = sqlx::query("DELETE FROM session WHERE expires_ms <= $1")
            .bind(self.now_ms())
            .execute(&self.writer)
            .await
            .map_err(cannot("forget sessions that have ended"))?;
        Ok(forgotten.rows_affected())
    }
}

fn session(row: &AnyRow) -> Decoded<Session> {
    Ok(Session {
        id: SessionId::from_uuid(uuid(row, "id")?),
        user_agent: row.try_get("user_agent")?,
        created: time(row, "created_ms")?,
        used: time(row, "used_ms")?,
        expires: time(row, "expires_ms")?,
    })
}
