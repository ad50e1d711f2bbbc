//! `/api/v1/users`: who signs in here. For admins.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::id::PersonId;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::person::{NewPerson, PeopleParams, Person, PersonChange};
use crate::wire::{List, page_size};

/// Lists people by login.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "list_people",
    tag = "people",
    params(PeopleParams),
    responses((status = 200, description = "A page of them", body = List<Person>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(page): Params<PeopleParams>,
) -> Result<axum::Json<List<Person>>, ApiError> {
    let size = page_size(page.limit);
    let people = state.app.store.people(page.cursor.as_deref(), size + 1).await?;
    Ok(axum::Json(List::page(people, size, |last| last.login.clone()).map(Person::from)))
}

/// Adds somebody. Where nobody signed in before, everybody must from now on.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "create_person",
    tag = "people",
    request_body = NewPerson,
    responses((status = 201, description = "They may sign in", body = Person))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(NewPerson { login, name, role, password }): Json<NewPerson>,
) -> Result<(StatusCode, axum::Json<Person>), ApiError> {
    let store = &state.app.store;
    let password = state.access.passwords.hash(&password.0).await;
    let password = Some(password.map_err(|error| ApiError::from(error).at("/password"))?);
    let name = name.unwrap_or_else(|| login.clone());
    let new = footnote_store::NewPerson { login, name, password, role };
    let id = store.create_person(new).await?;
    requester.did(store, Deed::AddPerson, Some(id.to_string())).await?;
    Ok((StatusCode::CREATED, axum::Json(store.person(id).await?.into())))
}

/// Returns somebody.
#[utoipa::path(
    get,
    path = "/users/{id}",
    operation_id = "show_person",
    tag = "people",
    params(("id" = domain::PersonId, Path, description = "The person")),
    responses((status = 200, description = "Who it is", body = Person))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<PersonId>,
) -> Result<axum::Json<Person>, ApiError> {
    Ok(axum::Json(state.app.store.person(id).await?.into()))
}

/// Changes what somebody is called, may do, or signs in with, or keeps them out.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    operation_id = "change_person",
    tag = "people",
    params(("id" = domain::PersonId, Path, description = "The person")),
    request_body = PersonChange,
    responses((status = 200, description = "Changed", body = Person))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<PersonId>,
    Json(change): Json<PersonChange>,
) -> Result<axum::Json<Person>, ApiError> {
    let store = &state.app.store;
    let did = async |deed| requester.did(store, deed, Some(id.to_string())).await;
    store.person(id).await?;
    if let Some(password) = change.password {
        let hash = state.access.passwords.hash(&password.0).await;
        let hash = hash.map_err(|error| ApiError::from(error).at("/password"))?;
        store.set_password(id, &hash).await?;
        did(Deed::ChangePassword).await?;
    }
    if let Some(name) = &change.name {
        store.rename_person(id, name).await?;
        did(Deed::ChangePerson).await?;
    }
    if let Some(role) = change.role {
        store.set_role(id, role).await?;
        did(Deed::ChangePerson).await?;
    }
    match change.disabled {
        Some(true) => {
            store.disable_person(id).await?;
            did(Deed::DisablePerson).await?;
        }
        Some(false) => {
            store.enable_person(id).await?;
            did(Deed::EnablePerson).await?;
        }
        None => {}
    }
    Ok(axum::Json(store.person(id).await?.into()))
}
