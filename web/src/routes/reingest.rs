//! `POST /api/v1/documents/{id}/reingest`: reads the original of a document again.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::access::Write;
use footnote_core::id::DocumentId;
use footnote_ingest::{Intake, Request};

use super::collections::name_of;
use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::Id;
use crate::openapi::domain;
use crate::state::AppState;
use crate::uploads::PRIORITY;
use crate::wire::job::JobLink;

/// Reads the original of a document again, as it is kept here: after a release reads better, or a
/// recognizer of letters was installed. What it gives in the same way is left as it is.
#[utoipa::path(
    post,
    path = "/documents/{id}/reingest",
    operation_id = "reingest_document",
    tag = "documents",
    params(("id" = domain::DocumentId, Path, description = "The document")),
    responses((status = 202, description = "The job reads it", body = JobLink))
)]
pub(super) async fn reingest(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<DocumentId>,
) -> Result<(StatusCode, axum::Json<JobLink>), ApiError> {
    let store = &state.app.store;
    let id = requester.may::<Write, _>(store.as_ref(), id).await?.id();
    let document = store.document(&requester.scope(&[])?, id).await?;
    if document.container.is_some() {
        let detail = "it lies in another document, such as a mail or an archive; read that again";
        return Err(ApiError::invalid(detail));
    }
    // One whose original was not kept has nothing to be read.
    store.open_blob(&document.content).await?;
    let (content, size_bytes) = (document.content, document.size_bytes);
    let request = Request {
        collection: name_of(&state, &requester, document.collection).await?,
        inputs: vec![Intake::kept(&document.root, &document.uri, content, size_bytes)],
        priority: PRIORITY,
        ..Request::default()
    };
    let job = state.app.ingestor.intake().enqueue(&request).await?;
    requester.did(store, Deed::ReadAgain, Some(id.to_string())).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(JobLink { id: job })))
}
