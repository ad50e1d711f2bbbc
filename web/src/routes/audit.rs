//! `/api/v1/audit`: who did what, when and from where. For admins.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use tokio_util::io::ReaderStream;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::Params;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::audit::{AuditParams, Entry};

/// How much of an export may wait for a client that reads slowly, in bytes.
const AHEAD: usize = 64 << 10;

/// Lists what was done, the latest first.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "list_audit",
    tag = "people",
    params(AuditParams),
    responses((status = 200, description = "A page of entries", body = List<Entry>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Params(params): Params<AuditParams>,
) -> Result<axum::Json<List<Entry>>, ApiError> {
    let (filter, size) = params.filter();
    let entries = state.app.store.audit(&filter).await?;
    Ok(axum::Json(List::page(entries, size, |last| last.id.to_string()).map(Entry::from)))
}

/// Writes the whole log, an entry a line, the oldest first.
#[utoipa::path(
    get,
    path = "/audit/export",
    operation_id = "export_audit",
    tag = "people",
    responses((status = 200, description = "A line of JSON for each entry", body = String, content_type = "application/jsonl"))
)]
pub(super) async fn export(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<Response, ApiError> {
    requester.did(&state.app.store, Deed::ExportAudit, None).await?;
    let (mut writer, reader) = tokio::io::duplex(AHEAD);
    let store = Arc::clone(&state.app.store);
    tokio::spawn(async move {
        if let Err(error) = store.export_audit(&mut writer).await {
            tracing::warn!(error = error.chain(), "an export of the audit log broke off");
        }
    });
    let headers = [
        (CONTENT_TYPE, "application/jsonl"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(reader))).into_response())
}
