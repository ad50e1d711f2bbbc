//! What a tool works with: the program, who asks, and where links lead.

use axum::http::request::Parts;
use rmcp::model::Extensions;
use std::sync::Arc;
use tower_http::request_id::RequestId;

use footnote_core::access::{KeyScope, Scope};
use footnote_core::{ErrorKind, Result};

use crate::answers::Answers;
use crate::app::{self, App};
use crate::auth::Requester;
use crate::error::ApiError;
use crate::origin::Origin;
use crate::state::AppState;

/// The program, as reached by one way in.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    pub(super) answers: Arc<Answers>,
    door: Door,
}

/// The way in.
#[derive(Clone)]
enum Door {
    /// Over HTTP: each request says who asks and where it was sent.
    Http,
    /// From a program that whoever owns the data directory has started.
    CommandLine(Origin),
}

/// One request: who asks, and where links lead.
pub(super) struct Visit {
    pub(super) requester: Requester,
    pub(super) origin: Origin,
}

impl Desk {
    pub(super) fn of_server(state: &AppState) -> Self {
        Self::new(state, Door::Http)
    }

    pub(super) fn of_command_line(state: &AppState, origin: Origin) -> Self {
        Self::new(state, Door::CommandLine(origin))
    }

    fn new(state: &AppState, door: Door) -> Self {
        Self { app: Arc::clone(&state.app), answers: Arc::clone(&state.answers), door }
    }

    /// Tells who asks, if what they show is for a use.
    pub(super) fn visit(&self, of: &Extensions, use_of: KeyScope) -> Result<Visit, ApiError> {
        let visit = match &self.door {
            Door::CommandLine(origin) => {
                Visit { requester: Requester::command_line(), origin: origin.clone() }
            }
            Door::Http => {
                let parts = of.get::<Parts>();
                let parts = parts.ok_or_else(|| ApiError::internal("a request without a head"))?;
                Visit { requester: requester(parts)?, origin: Origin::of(parts)? }
            }
        };
        if visit.requester.credential().is_for(use_of) {
            return Ok(visit);
        }
        Err(ApiError::forbidden("the key is not for this"))
    }

    /// Returns what a visitor may read of a collection, or of all. One that is hidden and one that
    /// does not exist are refused in the same words.
    pub(super) async fn scope(
        &self,
        visit: &Visit,
        collection: Option<&str>,
    ) -> Result<Scope, ApiError> {
        let Some(name) = collection else { return Ok(visit.requester.scope(&[])?) };
        match self.narrowed(visit, name).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(ApiError::not_found(format!("there is no collection `{name}`")))
            }
            scope => Ok(scope?),
        }
    }

    async fn narrowed(&self, visit: &Visit, collection: &str) -> Result<Scope> {
        let wanted =
            app::collection(&self.app.store, visit.requester.principal(), collection).await?;
        visit.requester.scope(&[wanted])
    }
}

/// Returns who sends a request, as a layer before has told. Nobody stands in for one who is not
/// known.
fn requester(parts: &Parts) -> Result<Requester, ApiError> {
    parts.extensions.get().cloned().ok_or_else(ApiError::unauthenticated)
}

/// Returns the id under which the log tells of a request.
pub(super) fn request_id(extensions: &Extensions) -> Option<&str> {
    let id = extensions.get::<Parts>()?.extensions.get::<RequestId>()?;
    id.header_value().to_str().ok()
}
