//! `/api/v1/collections/{id}/grants` and `/api/v1/documents/{id}/grants`: who has which role on
//! what. For whoever may administer the thing.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use footnote_core::access::{Administer, Granted, Subject};
use footnote_core::id::DocumentId;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::grant::{Grant, GrantedRole};
use crate::wire::person::read_subject;

/// Lists who has a role on a collection itself.
#[utoipa::path(
    get,
    path = "/collections/{id}/grants",
    operation_id = "list_collection_grants",
    tag = "people",
    params(("id" = String, Path, description = "The name or the id of the collection")),
    responses((status = 200, description = "All of them", body = List<Grant>))
)]
pub(super) async fn of_collection(
    State(state): State<AppState>,
    requester: Requester,
    Path(name): Path<String>,
) -> Result<axum::Json<List<Grant>>, ApiError> {
    let on = collection(&state, &requester, &name).await?;
    list(&state, on).await
}

/// Gives somebody a role on a collection and all that is in it, in place of the one they had on it.
#[utoipa::path(
    put,
    path = "/collections/{id}/grants/{subject}",
    operation_id = "grant_collection",
    tag = "people",
    params(("id" = String, Path, description = "The name or the id of the collection"), ("subject" = String, Path, description = "The id of a person or a group")),
    request_body = GrantedRole,
    responses((status = 204, description = "They have it"))
)]
pub(super) async fn grant_collection(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
    Json(GrantedRole { role }): Json<GrantedRole>,
) -> Result<StatusCode, ApiError> {
    let on = collection(&state, &requester, &id).await?;
    let grant = footnote_core::access::Grant { subject: read_subject(&subject)?, role, on };
    put(&state, &requester, grant).await
}

/// Takes the role away that somebody has on a collection itself.
#[utoipa::path(
    delete,
    path = "/collections/{id}/grants/{subject}",
    operation_id = "revoke_collection",
    tag = "people",
    params(("id" = String, Path, description = "The name or the id of the collection"), ("subject" = String, Path, description = "The id of a person or a group")),
    responses((status = 204, description = "They have none on it itself"))
)]
pub(super) async fn revoke_collection(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let on = collection(&state, &requester, &id).await?;
    revoke(&state, &requester, read_subject(&subject)?, on).await
}

/// Lists who has a role on a document itself.
#[utoipa::path(
    get,
    path = "/documents/{id}/grants",
    operation_id = "list_document_grants",
    tag = "people",
    params(("id" = domain::DocumentId, Path, description = "The document")),
    responses((status = 200, description = "All of them", body = List<Grant>))
)]
pub(super) async fn of_document(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
) -> Result<axum::Json<List<Grant>>, ApiError> {
    let on = document(&state, &requester, id).await?;
    list(&state, on).await
}

/// Gives somebody a role on a document and what lies in it, in place of the one they had on it.
#[utoipa::path(
    put,
    path = "/documents/{id}/grants/{subject}",
    operation_id = "grant_document",
    tag = "people",
    params(("id" = domain::DocumentId, Path, description = "The document"), ("subject" = String, Path, description = "The id of a person or a group")),
    request_body = GrantedRole,
    responses((status = 204, description = "They have it"))
)]
pub(super) async fn grant_document(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
    Json(GrantedRole { role }): Json<GrantedRole>,
) -> Result<StatusCode, ApiError> {
    let on = document(&state, &requester, id_of(&id, "no such document")?).await?;
    let grant = footnote_core::access::Grant { subject: read_subject(&subject)?, role, on };
    put(&state, &requester, grant).await
}

/// Takes the role away that somebody has on a document itself.
#[utoipa::path(
    delete,
    path = "/documents/{id}/grants/{subject}",
    operation_id = "revoke_document",
    tag = "people",
    params(("id" = domain::DocumentId, Path, description = "The document"), ("subject" = String, Path, description = "The id of a person or a group")),
    responses((status = 204, description = "They have none on it itself"))
)]
pub(super) async fn revoke_document(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let on = document(&state, &requester, id_of(&id, "no such document")?).await?;
    revoke(&state, &requester, read_subject(&subject)?, on).await
}

/// Returns a collection that the requester may administer.
async fn collection(
    state: &AppState,
    requester: &Requester,
    name: &str,
) -> Result<Granted, ApiError> {
    let (id, _scope) = state.collection(requester, name).await?;
    let may = requester.may::<Administer, _>(state.app.store.as_ref(), id).await?;
    Ok(Granted::Collection(may.id()))
}

/// Returns a document that the requester may administer.
async fn document(
    state: &AppState,
    requester: &Requester,
    id: DocumentId,
) -> Result<Granted, ApiError> {
    let may = requester.may::<Administer, _>(state.app.store.as_ref(), id).await?;
    Ok(Granted::Document(may.id()))
}

async fn list(state: &AppState, on: Granted) -> Result<axum::Json<List<Grant>>, ApiError> {
    let grants = state.app.store.grants_on(on).await?;
    Ok(axum::Json(List::whole(grants.into_iter().map(Grant::from).collect())))
}

async fn put(
    state: &AppState,
    requester: &Requester,
    grant: footnote_core::access::Grant,
) -> Result<StatusCode, ApiError> {
    state.app.store.put_grant(&grant).await?;
    requester.did(&state.app.store, Deed::Grant, Some(grant.id().to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn revoke(
    state: &AppState,
    requester: &Requester,
    subject: Subject,
    on: Granted,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_grant(subject, on).await?;
    let id = footnote_core::access::Grant::id_of(subject, on);
    requester.did(&state.app.store, Deed::Revoke, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id_of<T: std::str::FromStr>(text: &str, missing: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_unreadable| ApiError::not_found(missing))
}
