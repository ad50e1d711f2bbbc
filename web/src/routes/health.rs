//! `/livez`, `/readyz` and `/api/v1/models`: whether the server works, and with which models.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::error::ApiError;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::model::Model;

/// Tells that the process answers.
pub(super) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// What the server needs to answer questions.
#[derive(Serialize)]
pub(super) struct Ready {
    /// Whether the catalog can be read.
    catalog: bool,
    /// The model that embeds.
    embedder: String,
    /// The model that writes, if there is one.
    generator: Option<String>,
}

/// Tells whether questions can be answered.
pub(super) async fn ready(State(state): State<AppState>) -> (StatusCode, axum::Json<Ready>) {
    let scope = crate::auth::scope(&crate::auth::requester(), &[]);
    let catalog = match scope {
        Ok(scope) => state.app.store.collections(&scope).await.is_ok(),
        Err(_hidden) => false,
    };
    let models = &state.app.settings.config.models;
    let generator = state.app.generator.as_ref().map(|generator| generator.name().to_owned());
    let ready = Ready { catalog, embedder: models.embedder.clone(), generator };
    let status = if catalog { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(ready))
}

/// Lists the models that can be used or installed.
pub(super) async fn models(
    State(state): State<AppState>,
) -> Result<axum::Json<List<Model>>, ApiError> {
    let models = crate::app::models(&state.app.settings)?;
    Ok(axum::Json(List::whole(models.list().iter().map(Model::from).collect())))
}
