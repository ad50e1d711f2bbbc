//! `/api/v1/settings`: what is configured, and what an admin sets while the server runs.

use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse as _, Response};

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::Json;
use crate::revision::{self, IfMatch};
use crate::state::AppState;
use crate::wire::setting::{Setting, Settings, SettingsChange};

/// Lists every value that is in force, and where it comes from.
#[utoipa::path(
    get,
    path = "/settings",
    operation_id = "show_settings",
    tag = "operations",
    responses((status = 200, description = "All of them", body = Settings, headers(("etag" = String, description = "How often something was set"))))
)]
pub(super) async fn show(State(state): State<AppState>) -> Result<Response, ApiError> {
    all(&state).await
}

/// Sets some values, all of them or none; they hold from the next question on.
#[utoipa::path(
    patch,
    path = "/settings",
    operation_id = "change_settings",
    tag = "operations",
    params(("if-match" = Option<String>, Header, description = "The `ETag` of the settings that are to be changed; others are left alone")),
    request_body = SettingsChange,
    responses((status = 200, description = "All values, as they are now", body = Settings, headers(("etag" = String, description = "How often something was set"))))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    requester: Requester,
    IfMatch(expected): IfMatch,
    Json(change): Json<SettingsChange>,
) -> Result<Response, ApiError> {
    state.tuning.set(expected, &change.values).await.map_err(revision::conflict)?;
    for key in change.values.into_keys() {
        requester.did(&state.app.store, Deed::ChangeSettings, Some(key)).await?;
    }
    all(&state).await
}

async fn all(state: &AppState) -> Result<Response, ApiError> {
    let (all, revision) = state.tuning.all().await?;
    let settings = Settings { revision, data: all.into_iter().map(Setting::from).collect() };
    Ok(([(ETAG, revision::tag(revision))], axum::Json(settings)).into_response())
}
