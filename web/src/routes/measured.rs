//! `/metrics`: what is counted and measured, for Prometheus.

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

use crate::error::ApiError;
use crate::metrics;
use crate::state::AppState;

/// The media type of Prometheus' text.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows what is counted and measured, as Prometheus reads it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "show_metrics",
    tag = "operations",
    responses((status = 200, description = "Prometheus' text format", body = String, content_type = "text/plain"))
)]
pub(super) async fn metrics(
    State(state): State<AppState>,
) -> Result<([(HeaderName, &'static str); 1], String), ApiError> {
    Ok(([(CONTENT_TYPE, TEXT)], metrics::text(&state).await?))
}
