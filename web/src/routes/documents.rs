//! `/api/v1/documents`: lists documents, shows their text and original, removes them.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream::{self, Stream};
use std::fmt::Write as _;

use footnote_core::access::Write;
use footnote_core::id::{ContentHash, DocumentId};
use footnote_store::{BlobReader, DocumentFilter, Standing, VersionRef, VersionState};

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::document::{Chunks, Document, Text, VersionParams};
use crate::wire::duplicate::Duplicates;
use crate::wire::version::Version;
use crate::wire::{List, PageParams};

/// Whether the version of an original is live.
const STATE: HeaderName = HeaderName::from_static("x-version-state");
/// The hash of the live version.
const LIVE_VERSION: HeaderName = HeaderName::from_static("x-live-version");
/// Since when the document says something else, in milliseconds since 1970.
const CHANGED_SINCE: HeaderName = HeaderName::from_static("x-changed-since-ms");

/// Lists documents by uri.
#[utoipa::path(
    get,
    path = "/documents",
    operation_id = "list_documents",
    tag = "documents",
    params(PageParams),
    responses((status = 200, description = "A page of them", body = List<Document>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
    Params(page): Params<PageParams>,
) -> Result<axum::Json<List<Document>>, ApiError> {
    let scope = state.scope(&requester, page.collection.as_slice()).await?;
    let after = page.cursor.as_deref().map(str::parse).transpose();
    let after = after
        .map_err(|_unreadable| ApiError::invalid("`cursor` is not one of ours").at("cursor"))?;
    let filter = DocumentFilter { collection: None, after, limit: page.size() };
    let found = state.app.store.documents(&scope, filter).await?;
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
    params(PageParams),
    responses((status = 200, description = "Groups of documents", body = Duplicates))
)]
pub(super) async fn duplicates(
    State(state): State<AppState>,
    requester: Requester,
    Params(page): Params<PageParams>,
) -> Result<axum::Json<Duplicates>, ApiError> {
    let scope = state.scope(&requester, page.collection.as_slice()).await?;
    Ok(axum::Json(state.app.store.duplicates(&scope).await?.into()))
}

/// Returns the original bytes, as a download that no browser runs.
#[utoipa::path(
    get,
    path = "/documents/{id}/content",
    operation_id = "download_document",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), VersionParams),
    responses((status = 200, description = "The bytes, as a download", content_type = "application/octet-stream", headers(("x-version-state" = String, description = "`live` or `superseded`"), ("x-live-version" = String, description = "The hash of the live version"), ("x-changed-since-ms" = i64, description = "Since when the document says something else"))))
)]
pub(super) async fn content(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
) -> Result<Response, ApiError> {
    let scope = requester.scope(&[])?;
    let version = version(params.version.as_deref())?;
    let original = state.app.store.original(&scope, id, version).await?;
    let reader = state.app.store.open_blob(&original.content).await?;
    requester.did(&state.app.store, Deed::Download, Some(id.to_string())).await?;
    let name = original.uri.rsplit('/').next().unwrap_or(&original.uri);
    let headers = [
        (CONTENT_TYPE, header(&original.media_type)?),
        (CONTENT_LENGTH, reader.size_bytes().into()),
        (CONTENT_DISPOSITION, header(&attachment(name))?),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    let mut response = (headers, Body::from_stream(pieces(reader))).into_response();
    stand(response.headers_mut(), &original.standing)?;
    Ok(response)
}

/// Sends an original piece by piece, so that a large one is never in memory as a whole.
fn pieces(reader: BlobReader) -> impl Stream<Item = footnote_core::Result<Vec<u8>>> {
    stream::try_unfold(reader, async |mut reader| {
        Ok(reader.next().await?.map(|piece| (piece, reader)))
    })
}

/// Says in headers how the version of an original stands to the live one.
fn stand(headers: &mut HeaderMap, standing: &Standing) -> Result<(), ApiError> {
    let state = match standing.state {
        VersionState::Live => "live",
        VersionState::Superseded => "superseded",
    };
    headers.insert(STATE, HeaderValue::from_static(state));
    if let Some(live) = standing.live {
        headers.insert(LIVE_VERSION, header(&live.to_string())?);
    }
    if let Some(since) = standing.changed_since {
        headers.insert(CHANGED_SINCE, since.0.into());
    }
    Ok(())
}

/// Reads which version is asked for.
pub(super) fn version(text: Option<&str>) -> Result<Option<VersionRef>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let content: ContentHash = text.parse().map_err(|error| ApiError::from(error).at("version"))?;
    Ok(Some(VersionRef::Content(content)))
}

/// Names a download (RFC 6266), whatever characters the name has.
fn attachment(name: &str) -> String {
    let mut header = "attachment; filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            header.push(char::from(byte));
        } else if write!(header, "%{byte:02X}").is_err() {
            break;
        }
    }
    header
}

fn header(text: &str) -> Result<HeaderValue, ApiError> {
    HeaderValue::from_str(text).map_err(|error| ApiError::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_leave_its_header() {
        assert_eq!(
            attachment("a b\"\r\n手.pdf"),
            "attachment; filename*=UTF-8''a%20b%22%0D%0A%E6%89%8B.pdf"
        );
    }
}
