//! `/api/v1/documents/{id}/passage`: a passage that a link names, read again.

use axum::extract::State;

use footnote_core::corpus::Corpus as _;
use footnote_core::id::DocumentId;

use super::documents::version;
use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::passage::{Passage, PassageParams};

/// Returns the words of a passage and where they stand on the pages of the document.
#[utoipa::path(
    get,
    path = "/documents/{id}/passage",
    operation_id = "show_document_passage",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document"), PassageParams),
    responses((status = 200, description = "The passage", body = Passage))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
    Params(params): Params<PassageParams>,
) -> Result<axum::Json<Passage>, ApiError> {
    let (scope, store) = (requester.scope(&[])?, &state.app.store);
    let version = version(params.version.as_deref())?;
    let text = store.document_text(&scope, id, version).await?;
    let span = params.span(&text.text)?;
    let boxes = store.boxes(&scope, text.version, span).await?;
    Ok(axum::Json(Passage::new(&text, span, &boxes)))
}
