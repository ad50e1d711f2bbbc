//! `/api/v1/collections`: lists, makes and removes collections.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::auth;
use crate::error::ApiError;
use crate::extract::Json;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::collection::{Collection, NewCollection};

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
) -> Result<axum::Json<List<Collection>>, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    let collections = state.app.store.collections(&scope).await?;
    Ok(axum::Json(List::whole(collections.into_iter().map(Collection::from).collect())))
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
    Json(wanted): Json<NewCollection>,
) -> Result<(StatusCode, axum::Json<Collection>), ApiError> {
    let known = state.app.store.collection_named(&wanted.name).await.is_ok();
    state.app.store.ensure_collection(&wanted.name).await?;
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(find(&state, &wanted.name).await?)))
}

/// Returns a collection, by name or id.
#[utoipa::path(
    get,
    path = "/collections/{id}",
    operation_id = "show_collection",
    tag = "collections",
    params(("id" = String, Path, description = "The name or the id of the collection")),
    responses((status = 200, description = "The collection", body = Collection))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<axum::Json<Collection>, ApiError> {
    Ok(axum::Json(find(&state, &name).await?))
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
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (id, _scope) = state.collection(&name).await?;
    state.app.store.remove_collection(id).await?;
    state.answers.forget_gone(&state.app.store).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds a collection with its counts.
async fn find(state: &AppState, name: &str) -> Result<Collection, ApiError> {
    let (_id, scope) = state.collection(name).await?;
    let found = state.app.store.collections(&scope).await?.into_iter().next();
    found.map(Collection::from).ok_or_else(|| ApiError::not_found("no such collection"))
}
