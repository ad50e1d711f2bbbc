//! `/api/v1/keys`: what programs sign in with, on behalf of whoever asks.

use axum::extract::State;
use axum::http::StatusCode;
use std::collections::BTreeSet;

use footnote_core::access::KeyScope;
use footnote_core::id::{CollectionId, KeyId, PersonId};

use crate::auth::{self, Deed, Requester, WantedKey};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::key::{Key, MadeKey, NewKey};

/// Lists the keys of whoever asks.
#[utoipa::path(
    get,
    path = "/keys",
    operation_id = "list_keys",
    tag = "people",
    responses((status = 200, description = "All of them, the newest first", body = List<Key>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<axum::Json<List<Key>>, ApiError> {
    let keys = match requester.person() {
        Some(person) => state.app.store.keys(person).await?,
        None => Vec::new(),
    };
    Ok(axum::Json(List::whole(keys.into_iter().map(Key::from).collect())))
}

/// Makes a key; its secret is shown this once.
#[utoipa::path(
    post,
    path = "/keys",
    operation_id = "create_key",
    tag = "people",
    request_body = NewKey,
    responses((status = 201, description = "Made", body = MadeKey))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(wanted): Json<NewKey>,
) -> Result<(StatusCode, axum::Json<MadeKey>), ApiError> {
    let person = somebody(&requester)?;
    let default = || BTreeSet::from([KeyScope::Read, KeyScope::Ask]);
    let expires = wanted.days.map(auth::key_end).transpose();
    let key = WantedKey {
        name: auth::key_name(&wanted.name).map_err(|error| ApiError::from(error).at("/name"))?,
        scopes: wanted.scopes.filter(|scopes| !scopes.is_empty()).unwrap_or_else(default),
        collections: collections(&state, &requester, wanted.collections).await?,
        expires: expires.map_err(|error| ApiError::from(error).at("/days"))?,
    };
    let made = key.make(&state.app.store, &requester, person).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Ends a key of whoever asks, and no other.
#[utoipa::path(
    delete,
    path = "/keys/{id}",
    operation_id = "end_key",
    tag = "people",
    params(("id" = domain::KeyId, Path, description = "The key")),
    responses((status = 204, description = "It is of no use any more"))
)]
pub(super) async fn end_one(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<KeyId>,
) -> Result<StatusCode, ApiError> {
    let missing = || ApiError::not_found("no such key");
    let person = requester.person().ok_or_else(missing)?;
    state.app.store.end_key(person, id).await?;
    requester.did(&state.app.store, Deed::EndKey, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the person on whose behalf a key is made.
fn somebody(requester: &Requester) -> Result<PersonId, ApiError> {
    requester.person().ok_or_else(|| {
        ApiError::invalid(
            "a key belongs to a person, and nobody signs in here: add one first with \
             `footnote users add`",
        )
    })
}

/// Returns the collections that a key reaches: only such as its person may read.
async fn collections(
    state: &AppState,
    requester: &Requester,
    names: Option<Vec<String>>,
) -> Result<Option<BTreeSet<CollectionId>>, ApiError> {
    let Some(names) = names else { return Ok(None) };
    let ids = state.app.collections(requester.principal(), &names).await;
    let ids = ids.map_err(|error| ApiError::from(error).at("/collections"))?;
    Ok(Some(ids.into_iter().collect()))
}
