//! Which requests are let through: first who asks is found out, then whether what they show is for
//! what they ask.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use footnote_core::Result;
use footnote_core::access::{Action, KeyScope, TokenHash};
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};

use super::rate::Standing;
use super::{Access, Credential, Requester, cookie, token};
use crate::error::{ApiError, Code};
use crate::guard::{Client, Required};
use crate::state::AppState;

/// What the routes of a group ask of whoever calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// That they are known, by a credential for a use.
    Credential(KeyScope),
    /// That they may read everything, too: numbers about the whole installation.
    Overview,
    /// That they are an admin.
    Admin,
}

/// Finds out who sends a request, by whatever credential it shows, and lets it pass with or
/// without one: what needs one asks for it.
pub(crate) async fn identify(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(error) = mark(&state.access, &mut parts).await {
        return ApiError::from(error).into_response();
    }
    let standing = match state.access.count(&parts) {
        Ok(standing) => standing,
        Err(wait) => return ApiError::rate_limited(TOO_MANY, wait).into_response(),
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    response
}

/// What is said to whoever sends more than they may.
const TOO_MANY: &str = "too many requests in a short time";

/// Writes into a request who sends it, or that nobody can yet.
async fn mark(access: &Access, parts: &mut Parts) -> Result<()> {
    match access.requester(parts).await? {
        Some(requester) => drop(parts.extensions.insert(requester)),
        None if access.has_admin().await? => {}
        None => drop(parts.extensions.insert(NobodyYet)),
    }
    Ok(())
}

/// Lets a request to a group of routes through, or says what is missing.
pub(crate) async fn admit(need: Need, request: Request, next: Next) -> Response {
    let known = request.extensions();
    let admitted = match known.get::<Requester>() {
        Some(requester) => need.is_met_by(requester),
        None if known.get::<NobodyYet>().is_some() => {
            Err(ApiError::new(Code::SetupRequired, SET_UP))
        }
        None => Err(ApiError::unauthenticated()),
    };
    match admitted {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Marks requests of a time in which nobody can sign in.
#[derive(Clone, Copy)]
struct NobodyYet;

/// What is said while nobody can sign in.
const SET_UP: &str = "nobody can sign in yet: open the set-up link that the server printed when it \
                      started";

impl Need {
    fn is_met_by(self, requester: &Requester) -> std::result::Result<(), ApiError> {
        let (scope, action) = match self {
            Self::Credential(scope) => (scope, None),
            Self::Overview => (KeyScope::Read, Some(Action::Read)),
            Self::Admin => (KeyScope::Admin, Some(Action::Administer)),
        };
        if !requester.credential.is_for(scope) {
            return Err(ApiError::forbidden("the key is not for this"));
        }
        action.map_or(Ok(()), |action| requester.may_everywhere(action))
    }
}

impl Access {
    /// Returns who sends a request; `None` when it shows nothing that counts.
    async fn requester(&self, parts: &Parts) -> Result<Option<Requester>> {
        let Client { address, is_encrypted } = Client::of(parts);
        if let Some(shown) = bearer(&parts.headers) {
            if self.is_local(shown) {
                return Ok(Some(Requester::owner(address)));
            }
            if token::is_key(shown) {
                return self.key(shown, address).await;
            }
        }
        let is_required = match parts.extensions.get::<Required>() {
            Some(Required(is_required)) => *is_required,
            None => self.is_required().await?,
        };
        if !is_required {
            return Ok(Some(Requester::owner(address)));
        }
        match cookie::shown(&parts.headers, is_encrypted) {
            Some(shown) => self.session(&shown, address).await,
            None => Ok(None),
        }
    }

    /// Counts a request of a person, or of an address from which nobody is known.
    fn count(&self, parts: &Parts) -> std::result::Result<Option<Standing>, Duration> {
        let caller = match parts.extensions.get::<Requester>() {
            Some(requester) => match requester.person() {
                Some(person) => person.to_string(),
                None => return Ok(None),
            },
            None => Client::of(parts).address.map(|ip| ip.to_string()).unwrap_or_default(),
        };
        self.rates.take(&caller, Instant::now())
    }

    /// Returns who shows a key.
    async fn key(&self, shown: &str, address: Option<IpAddr>) -> Result<Option<Requester>> {
        let Some(used) = self.store.key(&TokenHash::of(shown)).await? else { return Ok(None) };
        self.store.note_key(&used.key).await?;
        let rights = used.key.narrow(&self.store.rights_of(used.person.id).await?);
        let principal = super::person(used.person.id, &used.person.login, rights);
        let credential = Credential::Key(used.key.id, used.key.scopes.clone());
        Ok(Some(Requester { principal, credential, key: Some(Arc::new(used.key)), address }))
    }

    /// Returns who shows a session, which lasts longer now.
    async fn session(&self, shown: &str, address: Option<IpAddr>) -> Result<Option<Requester>> {
        let Some(found) = self.store.session(&TokenHash::of(shown)).await? else { return Ok(None) };
        self.store.extend_session(&found.session, self.end_of_session()).await?;
        let rights = self.store.rights_of(found.person.id).await?;
        let principal = super::person(found.person.id, &found.person.login, rights);
        let credential = Credential::Session(found.session.id);
        Ok(Some(Requester { principal, credential, key: None, address }))
    }

    /// Returns when a session that is used now ends.
    pub(crate) fn end_of_session(&self) -> Timestamp {
        let lasts_ms = i64::try_from(self.session_lasts.as_millis()).unwrap_or(i64::MAX);
        Timestamp(SystemClock.now().0.saturating_add(lasts_ms))
    }
}

/// Returns what a request shows as `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let line = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = line.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
