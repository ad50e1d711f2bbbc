//! `/api/v1/doctor`: whether everything works, and what to do about what does not.

use axum::extract::State;

use crate::doctor::{self, Check};
use crate::state::AppState;
use crate::wire::List;

/// Checks everything that the server stands on. Takes seconds, and reads no original.
#[utoipa::path(
    get,
    path = "/doctor",
    operation_id = "check_everything",
    tag = "operations",
    responses((status = 200, description = "What was checked", body = List<Check>))
)]
pub(super) async fn check(State(state): State<AppState>) -> axum::Json<List<Check>> {
    axum::Json(List::whole(doctor::of_server(&state.app).await))
}
