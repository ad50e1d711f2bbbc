//! `POST /api/v1/search`: finds passages.

use axum::extract::State;

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::Json;
use crate::metrics;
use crate::state::AppState;
use crate::wire::search::{SearchRequest, SearchResponse};

/// Finds the best passages for a query.
#[utoipa::path(
    post,
    path = "/search",
    operation_id = "search",
    tag = "search",
    request_body = SearchRequest,
    responses((status = 200, description = "The passages, best first", body = SearchResponse))
)]
pub(super) async fn search(
    State(state): State<AppState>,
    requester: Requester,
    Json(request): Json<SearchRequest>,
) -> Result<axum::Json<SearchResponse>, ApiError> {
    state.app.check_question(&request.query).map_err(|error| ApiError::from(error).at("/query"))?;
    let query = request.query().map_err(|error| ApiError::from(error).at("/as_of"))?;
    let scope = state.scope(&requester, &request.collections).await?;
    let found = state.app.answerer.get().search(&scope, &query).await?;
    metrics::searched(&found.timings);
    Ok(axum::Json(SearchResponse::new(&request.query, &found, request.explain)))
}
