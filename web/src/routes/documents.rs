//! `/api/v1/documents`: lists documents, shows their text, removes them.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::access::Write;
use footnote_core::id::{ContentHash, DocumentId};
use footnote_store::VersionRef;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::document::{Chunks, Document, Text, VersionParams};
use crate::wire::duplicate::{DuplicateParams, Duplicates};
use crate::wire::listing::ListParams;
use crate::wire::version::Version;

/// Lists documents.
#[utoipa::path(
    get,
    path = "/documents",
    operation_id = "list_documents",
    tag = "documents",
    params(ListParams),
    responses((status = 200, description = "A page of them", body = List<Document>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
    Params(params): Params<ListParams>,
) -> Result<axum::Json<List<Document>>, ApiError> {
    let scope = state.scope(&requester, params.collection.as_slice()).await?;
    let found = state.app.store.documents(&scope, params.into()).await?;
    Ok(axum::Json(List {
        data: found.items.into_iter().map(Document::from).collect(),
        next_cursor: found.next.map(|id| id.to_string()),
    }))
}

/// Returns a document.
#[utoipa::path(
    get,
    path = "/documents/{id}",
    operation_id = "show_document",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document")),
    responses((status = 200, description = "The document", body = Document))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
) -> Result<axum::Json<Document>, ApiError> {
    let scope = requester.scope(&[])?;
    Ok(axum::Json(state.app.store.document(&scope, id).await?.into()))
}

/// Removes a document; no answer cites it from now on.
#[utoipa::path(
    delete,
    path = "/documents/{id}",
    operation_id = "remove_document",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document")),
    responses((status = 204, description = "It is gone from every answer"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, ApiError> {
    let store = &state.app.store;
    let id = requester.may::<Write, _>(store.as_ref(), id).await?.id();
    store.remove_document(id).await?;
    requester.did(store, Deed::RemoveDocument, Some(id.to_string())).await?;
    state.answers.forget_gone(&state.app.store).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the text that the ranges of a version point into.
#[utoipa::path(
    get,
    path = "/documents/{id}/text",
    operation_id = "show_document_text",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), VersionParams),
    responses((status = 200, description = "The text", body = Text))
)]
pub(super) async fn text(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
) -> Result<axum::Json<Text>, ApiError> {
    let scope = requester.scope(&[])?;
    let version = version(params.version.as_deref())?;
    Ok(axum::Json(state.app.store.document_text(&scope, id, version).await?.into()))
}

/// Returns the chunks of a version.
#[utoipa::path(
    get,
    path = "/documents/{id}/chunks",
    operation_id = "list_document_chunks",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), VersionParams),
    responses((status = 200, description = "All of them, in order", body = Chunks))
)]
pub(super) async fn chunks(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
) -> Result<axum::Json<Chunks>, ApiError> {
    let scope = requester.scope(&[])?;
    let version = version(params.version.as_deref())?;
    Ok(axum::Json(state.app.store.document_chunks(&scope, id, version).await?.into()))
}

/// Lists the versions that are kept.
#[utoipa::path(
    get,
    path = "/documents/{id}/versions",
    operation_id = "list_document_versions",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document")),
    responses((status = 200, description = "All of them, the live one first", body = List<Version>))
)]
pub(super) async fn versions(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
) -> Result<axum::Json<List<Version>>, ApiError> {
    let scope = requester.scope(&[])?;
    let versions = state.app.store.versions(&scope, id).await?;
    Ok(axum::Json(List::whole(versions.into_iter().map(Version::from).collect())))
}

/// Lists the documents that say the same as others.
#[utoipa::path(
    get,
    path = "/documents/duplicates",
    operation_id = "list_duplicates",
    tag = "documents",
    params(DuplicateParams),
    responses((status = 200, description = "Groups of documents", body = Duplicates))
)]
pub(super) async fn duplicates(
    State(state): State<AppState>,
    requester: Requester,
    Params(params): Params<DuplicateParams>,
) -> Result<axum::Json<Duplicates>, ApiError> {
    let scope = state.scope(&requester, params.collection.as_slice()).await?;
    Ok(axum::Json(state.app.store.duplicates(&scope).await?.into()))
}

/// Reads which version is asked for.
pub(super) fn version(text: Option<&str>) -> Result<Option<VersionRef>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let content: ContentHash = text.parse().map_err(|error| ApiError::from(error).at("version"))?;
    Ok(Some(VersionRef::Content(content)))
}
