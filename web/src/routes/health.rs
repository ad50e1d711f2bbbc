//! `/livez` and `/readyz`: whether the server works.

use axum::extract::State;
use axum::http::StatusCode;

use crate::readiness::Readiness;
use crate::state::AppState;
use crate::wire::ready::Ready;

/// Tells that the process answers.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "is_alive",
    tag = "operations",
    security(()),
    responses((status = 204, description = "The process answers"))
)]
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Tells whether questions can be answered.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "is_ready",
    tag = "operations",
    security(()),
    responses((status = 200, description = "Questions can be answered", body = Ready), (status = 503, description = "They cannot, or the server is stopping", body = Ready))
)]
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, axum::Json<Ready>) {
    let readiness = Readiness::of(&state).await;
    let status =
        if readiness.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(readiness.into()))
}
