//! `/api/v1/collections`: lists, makes and removes collections.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse as _, Response};

use footnote_core::access::{Action, Administer};
use footnote_core::id::CollectionId;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::Json;
use crate::revision::{self, IfMatch};
use crate::state::AppState;
use crate::wire::List;
use crate::wire::collection::{Collection, CollectionChange, NewCollection};

/// Lists the collections that the requester may read, by name.
#[utoipa::path(
    get,
    path = "/collections",
    operation_id = "list_collections",
    tag = "collections",
    responses((status = 200, description = "All of them", body = List<Collection>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<axum::Json<List<Collection>>, ApiError> {
    let scope = requester.scope(&[])?;
    let collections = state.app.store.collections(&scope).await?;
    let rights = requester.principal().rights();
    let shown = collections.into_iter().map(|collection| Collection::new(collection, rights));
    Ok(axum::Json(List::whole(shown.collect())))
}

/// Makes a collection, or returns the one of that name.
#[utoipa::path(
    post,
    path = "/collections",
    operation_id = "create_collection",
    tag = "collections",
    request_body = NewCollection,
    responses((status = 200, description = "It exists already", body = Collection), (status = 201, description = "It was made", body = Collection))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(wanted): Json<NewCollection>,
) -> Result<(StatusCode, axum::Json<Collection>), ApiError> {
    requester.may_everywhere(Action::Write)?;
    let known =
        state.app.store.collection_named(&requester.scope(&[])?, &wanted.name).await.is_ok();
    let id = state.app.store.ensure_collection(&wanted.name).await?;
    if !known {
        requester.did(&state.app.store, Deed::MakeCollection, Some(id.to_string())).await?;
    }
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(find(&state, &requester, &wanted.name).await?)))
}

/// Returns a collection, by name or id.
#[utoipa::path(
    get,
    path = "/collections/{id}",
    operation_id = "show_collection",
    tag = "collections",
    params(("id" = String, Path, description = "The name or the id of the collection")),
    responses((status = 200, description = "The collection", body = Collection, headers(("etag" = String, description = "Its revision"))))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    Ok(tagged(find(&state, &requester, &name).await?))
}

/// Says what a collection is for, or whether everybody may read it.
#[utoipa::path(
    patch,
    path = "/collections/{id}",
    operation_id = "change_collection",
    tag = "collections",
    params(("id" = String, Path, description = "The name or the id of the collection"), ("if-match" = Option<String>, Header, description = "The `ETag` of the revision that is to be changed; another one is left alone")),
    request_body = CollectionChange,
    responses((status = 200, description = "Changed", body = Collection, headers(("etag" = String, description = "Its revision"))))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    requester: Requester,
    Path(name): Path<String>,
    IfMatch(expected): IfMatch,
    Json(change): Json<CollectionChange>,
) -> Result<Response, ApiError> {
    let (id, _scope) = state.collection(&requester, &name).await?;
    let store = &state.app.store;
    let id = requester.may::<Administer, _>(store.as_ref(), id).await?.id();
    let deed = change.public.map(|public| if public { Deed::Publish } else { Deed::Unpublish });
    let changed = store.change_collection(id, expected, &change.into()).await;
    changed.map_err(revision::conflict)?;
    requester.did(store, deed.unwrap_or(Deed::ChangeCollection), Some(id.to_string())).await?;
    Ok(tagged(find(&state, &requester, &name).await?))
}

/// Removes a collection and everything in it.
#[utoipa::path(
    delete,
    path = "/collections/{id}",
    operation_id = "remove_collection",
    tag = "collections",
    params(("id" = String, Path, description = "The name or the id of the collection")),
    responses((status = 204, description = "It is gone from every answer"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (id, _scope) = state.collection(&requester, &name).await?;
    let store = &state.app.store;
    let id = requester.may::<Administer, _>(store.as_ref(), id).await?.id();
    store.remove_collection(id).await?;
    requester.did(store, Deed::RemoveCollection, Some(id.to_string())).await?;
    state.answers.forget_gone(&state.app.store).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a collection with the tag of its revision.
fn tagged(collection: Collection) -> Response {
    ([(ETAG, revision::tag(collection.revision))], axum::Json(collection)).into_response()
}

/// Finds a collection with its counts.
async fn find(state: &AppState, requester: &Requester, name: &str) -> Result<Collection, ApiError> {
    let (_id, scope) = state.collection(requester, name).await?;
    let found = state.app.store.collections(&scope).await?.into_iter().next();
    let found = found.ok_or_else(|| ApiError::not_found("no such collection"))?;
    Ok(Collection::new(found, requester.principal().rights()))
}

/// Returns the name of a collection.
pub(super) async fn name_of(
    state: &AppState,
    requester: &Requester,
    id: CollectionId,
) -> Result<String, ApiError> {
    let scope = requester.scope(&[id])?;
    let found = state.app.store.collections(&scope).await?.into_iter().next();
    Ok(found.ok_or_else(|| ApiError::not_found("no such collection"))?.name)
}
