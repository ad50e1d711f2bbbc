//! `/api/v1/documents/{id}/blocks`: what was read from a document, block by block.

use axum::extract::State;

use footnote_core::id::DocumentId;

use super::documents::version;
use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::document::{BlockParams, Blocks};

/// Returns the text of a version and its blocks with their places: all of it, or one page.
#[utoipa::path(
    get,
    path = "/documents/{id}/blocks",
    operation_id = "list_document_blocks",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), BlockParams),
    responses((status = 200, description = "The text and its blocks", body = Blocks))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<BlockParams>,
) -> Result<axum::Json<Blocks>, ApiError> {
    let scope = requester.scope(&[])?;
    let version = version(params.version.as_deref())?;
    let blocks = Blocks::from(state.app.store.document_parsed(&scope, id, version).await?);
    Ok(axum::Json(match params.page {
        Some(page) => blocks.on_page(page)?,
        None => blocks,
    }))
}
