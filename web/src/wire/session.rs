//! Signing in, on the wire.

use footnote_core::access::{Action, Role};
use footnote_core::clock::Timestamp;
use footnote_core::id::{PersonId, SessionId};
use footnote_store::Person;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

use crate::auth::Requester;
use crate::openapi::domain;

/// Whether people sign in here, and who has.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionState {
    /// Whether people sign in here at all.
    pub required: bool,
    /// Whether the first admin is still to be made, with the set-up link.
    pub needs_setup: bool,
    /// What the provider is called at which people may sign in, at `/api/v1/auth/oidc/start`.
    pub provider: Option<String>,
    /// Who has signed in; none without accounts, or when nobody has.
    pub person: Option<Profile>,
    /// What the caller may do everywhere: an editor also makes collections, an admin also says who
    /// may do what.
    #[schema(value_type = Option<domain::Role>)]
    pub everywhere: Option<Role>,
}

impl SessionState {
    /// Describes what a caller has.
    pub(crate) fn new(required: bool, has_admin: bool, requester: Option<&Requester>) -> Self {
        let everywhere = requester.and_then(|known| {
            let rights = known.principal().rights();
            let roles = [
                (Action::Administer, Role::Admin),
                (Action::Write, Role::Editor),
                (Action::Read, Role::Reader),
            ];
            roles
                .into_iter()
                .find(|(action, _)| rights.may_everywhere(*action))
                .map(|(_, role)| role)
        });
        let needs_setup = required && !has_admin;
        Self { required, needs_setup, provider: None, person: None, everywhere }
    }
}

/// Somebody who has signed in, as they see themselves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Profile {
    /// Their id.
    #[schema(value_type = domain::PersonId)]
    pub id: PersonId,
    /// What they sign in with.
    pub login: String,
    /// What others see.
    pub name: String,
    /// Their role on everything, if they have one.
    #[schema(value_type = Option<domain::Role>)]
    pub role: Option<Role>,
}

impl From<Person> for Profile {
    fn from(person: Person) -> Self {
        Self { id: person.id, login: person.login, name: person.name, role: person.role }
    }
}

/// A password on its way in; never shown in logs.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who signs in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SignIn {
    /// What they sign in with; upper and lower case are the same.
    pub login: String,
    /// Their password.
    pub password: Secret,
}

/// The first admin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SetUp {
    /// What stands after `#` in the set-up link.
    pub token: Secret,
    /// What they sign in with.
    #[schema(min_length = 1, max_length = 128, format = "login")]
    pub login: String,
    /// What others see; the login where nothing is said.
    pub name: Option<String>,
    /// Their password, of ten characters or more.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 1024)]
    pub password: Secret,
}

/// Another password for whoever has signed in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The password of before.
    pub old: Secret,
    /// The new one, of ten characters or more.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 1024)]
    pub new: Secret,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    #[schema(value_type = domain::SessionId)]
    pub id: SessionId,
    /// What the browser says that it is.
    pub user_agent: String,
    /// Since when it is open, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = domain::Timestamp)]
    pub used_ms: Timestamp,
    /// When it ends unless it is used.
    #[schema(value_type = domain::Timestamp)]
    pub expires_ms: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Session {
    /// Describes a session, for whoever asks by one.
    pub(crate) fn new(session: footnote_store::Session, asks: Option<SessionId>) -> Self {
        Self {
            id: session.id,
            user_agent: session.user_agent,
            created_ms: session.created,
            used_ms: session.used,
            expires_ms: session.expires,
            current: asks == Some(session.id),
        }
    }
}
