//! `/api/v1/keys`: what programs sign in with, on behalf of whoever asks.

use axum::extract::State;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use std::time::Duration;

use footnote_core::access::KeyScope;
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_core::id::{CollectionId, KeyId, PersonId};

use crate::auth::{Deed, NewToken, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::key::{Key, MadeKey, NewKey};

/// The longest name of a key, in characters.
const MAX_NAME_CHARS: usize = 128;

/// The longest life of a key that ends, in days.
const MAX_DAYS: u32 = 3650;

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
    let store = &state.app.store;
    let id = KeyId::generate();
    let token = NewToken::of_key(id)?;
    let person = store.person(somebody(&requester)?).await?;
    let default = || BTreeSet::from([KeyScope::Read, KeyScope::Ask]);
    let new = footnote_store::NewKey {
        id,
        person: person.id,
        epoch: person.epoch,
        token: token.hash(),
        name: name(&wanted.name)?,
        scopes: wanted.scopes.filter(|scopes| !scopes.is_empty()).unwrap_or_else(default),
        collections: collections(&state, &requester, wanted.collections).await?,
        expires: wanted.days.map(end).transpose()?,
    };
    store.create_key(&new).await?;
    requester.did(store, Deed::MakeKey, Some(id.to_string())).await?;
    Ok((StatusCode::CREATED, axum::Json(MadeKey { id, key: token.into_shown() })))
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

fn name(text: &str) -> Result<String, ApiError> {
    let name = text.trim();
    let n_chars = name.chars().count();
    if (1..=MAX_NAME_CHARS).contains(&n_chars) && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(ApiError::invalid(format!("a key's name has 1 to {MAX_NAME_CHARS} characters")).at("/name"))
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

/// Returns when a key ends that is made now.
fn end(days: u32) -> Result<Timestamp, ApiError> {
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(ApiError::invalid(format!("a key ends after 1 to {MAX_DAYS} days")).at("/days"));
    }
    let lasts_ms = Duration::from_hours(24 * u64::from(days)).as_millis();
    let lasts_ms = i64::try_from(lasts_ms).unwrap_or(i64::MAX);
    Ok(Timestamp(SystemClock.now().0.saturating_add(lasts_ms)))
}
