//! `/api/v1/documents`: lists documents, shows their text and original, removes them.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use std::fmt::Write as _;

use footnote_core::id::{ContentHash, DocumentId};
use footnote_store::{DocumentFilter, VersionRef};

use crate::auth;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::state::AppState;
use crate::wire::document::{Chunk, Document, Text, VersionParams};
use crate::wire::{List, PageParams};

/// Lists documents by uri.
pub(super) async fn list(
    State(state): State<AppState>,
    Params(page): Params<PageParams>,
) -> Result<axum::Json<List<Document>>, ApiError> {
    let scope = state.scope(page.collection.as_slice()).await?;
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
pub(super) async fn show(
    State(state): State<AppState>,
    Id(id): Id<DocumentId>,
) -> Result<axum::Json<Document>, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    Ok(axum::Json(state.app.store.document(&scope, id).await?.into()))
}

/// Removes a document; no answer cites it from now on.
pub(super) async fn remove(
    State(state): State<AppState>,
    Id(id): Id<DocumentId>,
) -> Result<StatusCode, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    state.app.store.document(&scope, id).await?;
    state.app.store.remove_document(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the text that the ranges of a version point into.
pub(super) async fn text(
    State(state): State<AppState>,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
) -> Result<axum::Json<Text>, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    let version = version(&params)?;
    Ok(axum::Json(state.app.store.document_text(&scope, id, version).await?.into()))
}

/// Returns the chunks of the live version.
pub(super) async fn chunks(
    State(state): State<AppState>,
    Id(id): Id<DocumentId>,
) -> Result<axum::Json<List<Chunk>>, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    let chunks = state.app.store.document_chunks(&scope, id).await?;
    Ok(axum::Json(List::whole(chunks.into_iter().map(Chunk::from).collect())))
}

/// Returns the original bytes, as a download that no browser runs.
pub(super) async fn content(
    State(state): State<AppState>,
    Id(id): Id<DocumentId>,
    Params(params): Params<VersionParams>,
) -> Result<Response, ApiError> {
    let scope = auth::scope(&auth::requester(), &[])?;
    let document = state.app.store.document(&scope, id).await?;
    if params.version.is_some_and(|version| version != document.content.to_string()) {
        return Err(ApiError::not_found("the original of that version was replaced"));
    }
    let original = state.app.store.original(&scope, id).await?;
    let bytes = tokio::fs::read(&original.path)
        .await
        .map_err(|error| ApiError::internal(format!("cannot read the original: {error}")))?;
    let name = original.uri.rsplit('/').next().unwrap_or(&original.uri);
    let headers = [
        (CONTENT_TYPE, header(&original.media_type)?),
        (CONTENT_LENGTH, bytes.len().into()),
        (CONTENT_DISPOSITION, header(&attachment(name))?),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, Body::from(bytes)).into_response())
}

/// Reads which version is asked for.
fn version(params: &VersionParams) -> Result<Option<VersionRef>, ApiError> {
    let Some(text) = params.version.as_deref() else { return Ok(None) };
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
