//! `/api/v1/models`: which models there are, how far they are installed, and how fast they run.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::models::{self, Speed};
use crate::state::AppState;
use crate::wire::List;
use crate::wire::model::Model;

/// Lists the models that can be used or installed.
#[utoipa::path(
    get,
    path = "/models",
    operation_id = "list_models",
    tag = "models",
    responses((status = 200, description = "All of them, installed or not", body = List<Model>))
)]
pub(super) async fn list(State(state): State<AppState>) -> axum::Json<List<Model>> {
    axum::Json(List::whole(all(&state)))
}

/// Installs a model in the background; `list_models` says how far that is.
///
/// It is used once it is configured (`models.generator`, `models.embedder`) and the server has been
/// started again.
#[utoipa::path(
    post,
    path = "/models/{name}/install",
    operation_id = "install_model",
    tag = "models",
    params(("name" = String, Path, description = "The name of the model")),
    responses((status = 202, description = "It is being installed, or it is there", body = Model))
)]
pub(super) async fn install(
    State(state): State<AppState>,
    requester: Requester,
    Path(name): Path<String>,
) -> Result<(StatusCode, axum::Json<Model>), ApiError> {
    state.installing.start(&name)?;
    requester.did(&state.app.store, Deed::InstallModel, Some(name.clone())).await?;
    let model = all(&state).into_iter().find(|model| model.name == name);
    let model = model.ok_or_else(|| ApiError::not_found("no such model"))?;
    Ok((StatusCode::ACCEPTED, axum::Json(model)))
}

/// Stops the installation of a model; begun again, it goes on where it was.
#[utoipa::path(
    delete,
    path = "/models/{name}/install",
    operation_id = "stop_installing_model",
    tag = "models",
    params(("name" = String, Path, description = "The name of the model")),
    responses((status = 204, description = "It stops"))
)]
pub(super) async fn stop(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.installing.stop(&name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Measures how fast the models are that the server runs; the one that writes, when it is free.
#[utoipa::path(
    post,
    path = "/models/speed",
    operation_id = "measure_models",
    tag = "models",
    responses((status = 200, description = "How fast they are", body = Speed))
)]
pub(super) async fn speed(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<axum::Json<Speed>, ApiError> {
    let _turn = state.answers.turn_of(&requester).await?;
    let writer = state.app.generator.as_deref();
    Ok(axum::Json(models::measure(state.app.embedder.get().as_ref(), writer).await?))
}

/// Returns every model with how far its installation is.
fn all(state: &AppState) -> Vec<Model> {
    let models = state.installing.models().list();
    models.iter().map(|status| Model::from(status).with(&state.installing)).collect()
}
