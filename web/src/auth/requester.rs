//! Who sends a request, as handlers take it.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use footnote_core::ErrorKind;
use footnote_core::access::{
    Action, Ancestors, Authorized, Permission, Principal, Read, Scope, Target,
};
use footnote_core::id::{CollectionId, PersonId};
use footnote_store::{ApiKey, Store};

use super::Credential;
use crate::error::ApiError;

/// Who sends a request. Made where a request comes in, and for the command line.
#[derive(Debug, Clone)]
pub struct Requester {
    pub(super) principal: Principal,
    pub(super) credential: Credential,
    /// The key that they show, which narrows what they may do.
    pub(super) key: Option<Arc<ApiKey>>,
    pub(super) address: Option<IpAddr>,
}

impl Requester {
    /// Makes whoever types at the command line.
    #[must_use]
    pub fn command_line() -> Self {
        Self::owner(None)
    }

    /// Makes the owner of the data directory, who asks from an address.
    pub(super) fn owner(address: Option<IpAddr>) -> Self {
        let credential = Credential::DataDirectory;
        Self { principal: super::command_line(), credential, key: None, address }
    }

    /// Returns them with the rights of this moment: none once they were disabled.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub(crate) async fn renewed(&self, store: &Store) -> footnote_core::Result<Self> {
        let Some(person) = self.person() else { return Ok(self.clone()) };
        let rights = store.rights_of(person).await?;
        let rights = self.key.as_ref().map(|key| key.narrow(&rights)).unwrap_or(rights);
        let principal = super::person(person, self.principal.name(), rights);
        Ok(Self { principal, ..self.clone() })
    }

    /// Returns them with the rights of this moment, for what goes on for long; `None` once the
    /// session or the key that they showed has ended.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub(crate) async fn still(&self, store: &Store) -> footnote_core::Result<Option<Self>> {
        let Some(person) = self.person() else { return Ok(Some(self.clone())) };
        let counts = match &self.credential {
            Credential::DataDirectory => true,
            Credential::Session(id) => {
                store.sessions(person).await?.iter().any(|session| session.id == *id)
            }
            Credential::Key(id, _) => store.keys(person).await?.iter().any(|key| key.id == *id),
        };
        if counts { self.renewed(store).await.map(Some) } else { Ok(None) }
    }

    /// Returns who it is.
    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Returns which person it is; `None` is the owner of the data directory.
    pub(crate) fn person(&self) -> Option<PersonId> {
        self.principal.id()
    }

    /// Returns by what they are known.
    pub(crate) fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Returns from where they ask.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Returns what they may read of some collections, of everything where none are named.
    ///
    /// # Errors
    /// `NotFound` for a collection that is hidden.
    pub(crate) fn scope(&self, collections: &[CollectionId]) -> footnote_core::Result<Scope> {
        super::scope(&self.principal, collections)
    }

    /// Makes sure that they may do something to a thing that they name.
    ///
    /// # Errors
    /// `not-found`, the same whether it is missing or hidden; `forbidden` for what they may read
    /// and not do this to.
    pub(crate) async fn may<A: Permission, Id: Into<Target> + Copy>(
        &self,
        known: &dyn Ancestors,
        id: Id,
    ) -> Result<Authorized<Id, A>, ApiError> {
        let refused = match self.principal.authorize(known, id).await {
            Err(refused) if refused.kind() == ErrorKind::NotFound => refused,
            authorized => return Ok(authorized?),
        };
        match self.principal.authorize::<_, Read>(known, id).await {
            Ok(_may_read) => Err(ApiError::forbidden("you may read this, and not change it")),
            Err(_is_hidden) => Err(refused.into()),
        }
    }

    /// Makes sure that they may do something to everything.
    ///
    /// # Errors
    /// `forbidden` when they may not.
    pub(crate) fn may_everywhere(&self, action: Action) -> Result<(), ApiError> {
        if self.principal.rights().may_everywhere(action) {
            return Ok(());
        }
        Err(ApiError::forbidden(match action {
            Action::Read => "only whoever may read everything may do this",
            Action::Write => "only whoever may change everything may do this",
            Action::Administer => "only an admin may do this",
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Requester {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parts.extensions.get().cloned().ok_or_else(ApiError::unauthenticated)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Requester {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get().cloned())
    }
}
