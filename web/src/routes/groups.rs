//! `/api/v1/groups`: who is in which group. For admins.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use footnote_core::id::GroupId;

use crate::auth::{Deed, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::person::{Group, GroupName, Member, read_subject};

/// Lists the groups by name.
#[utoipa::path(
    get,
    path = "/groups",
    operation_id = "list_groups",
    tag = "people",
    responses((status = 200, description = "All of them", body = List<Group>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
) -> Result<axum::Json<List<Group>>, ApiError> {
    let groups = state.app.store.groups().await?;
    Ok(axum::Json(List::whole(groups.into_iter().map(Group::from).collect())))
}

/// Makes a group.
#[utoipa::path(
    post,
    path = "/groups",
    operation_id = "create_group",
    tag = "people",
    request_body = GroupName,
    responses((status = 201, description = "Made", body = Group))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(GroupName { name }): Json<GroupName>,
) -> Result<(StatusCode, axum::Json<Group>), ApiError> {
    let id = state.app.store.create_group(&name).await?;
    requester.did(&state.app.store, Deed::ChangeGroup, Some(id.to_string())).await?;
    Ok((StatusCode::CREATED, axum::Json(find(&state, id).await?)))
}

/// Gives a group another name.
#[utoipa::path(
    patch,
    path = "/groups/{id}",
    operation_id = "rename_group",
    tag = "people",
    params(("id" = domain::GroupId, Path, description = "The group")),
    request_body = GroupName,
    responses((status = 200, description = "Renamed", body = Group))
)]
pub(super) async fn rename(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<GroupId>,
    Json(GroupName { name }): Json<GroupName>,
) -> Result<axum::Json<Group>, ApiError> {
    state.app.store.rename_group(id, &name).await?;
    requester.did(&state.app.store, Deed::ChangeGroup, Some(id.to_string())).await?;
    Ok(axum::Json(find(&state, id).await?))
}

/// Removes a group; what was granted to it is granted to nobody any more.
#[utoipa::path(
    delete,
    path = "/groups/{id}",
    operation_id = "remove_group",
    tag = "people",
    params(("id" = domain::GroupId, Path, description = "The group")),
    responses((status = 204, description = "Removed"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<GroupId>,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_group(id).await?;
    requester.did(&state.app.store, Deed::ChangeGroup, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists who and what is in a group itself.
#[utoipa::path(
    get,
    path = "/groups/{id}/members",
    operation_id = "list_members",
    tag = "people",
    params(("id" = domain::GroupId, Path, description = "The group")),
    responses((status = 200, description = "People and groups", body = List<Member>))
)]
pub(super) async fn members(
    State(state): State<AppState>,
    Id(id): Id<GroupId>,
) -> Result<axum::Json<List<Member>>, ApiError> {
    find(&state, id).await?;
    let members = state.app.store.members(id).await?;
    Ok(axum::Json(List::whole(members.into_iter().map(Member::from).collect())))
}

/// Puts a person or a group into a group.
#[utoipa::path(
    put,
    path = "/groups/{id}/members/{subject}",
    operation_id = "add_member",
    tag = "people",
    params(("id" = domain::GroupId, Path, description = "The group"), ("subject" = String, Path, description = "The id of a person or a group")),
    responses((status = 204, description = "In it"))
)]
pub(super) async fn add(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (id, subject) = (group(&id)?, read_subject(&subject)?);
    state.app.store.add_member(id, subject).await?;
    requester.did(&state.app.store, Deed::ChangeMembers, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a person or a group out of a group.
#[utoipa::path(
    delete,
    path = "/groups/{id}/members/{subject}",
    operation_id = "remove_member",
    tag = "people",
    params(("id" = domain::GroupId, Path, description = "The group"), ("subject" = String, Path, description = "The id of a person or a group")),
    responses((status = 204, description = "Not in it"))
)]
pub(super) async fn take_out(
    State(state): State<AppState>,
    requester: Requester,
    Path((id, subject)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (id, subject) = (group(&id)?, read_subject(&subject)?);
    find(&state, id).await?;
    state.app.store.remove_member(id, subject).await?;
    requester.did(&state.app.store, Deed::ChangeMembers, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(state: &AppState, id: GroupId) -> Result<Group, ApiError> {
    let mut groups = state.app.store.groups().await?.into_iter();
    groups.find(|group| group.id == id).map(Group::from).ok_or_else(no_such_group)
}

fn group(text: &str) -> Result<GroupId, ApiError> {
    text.parse().map_err(|_unreadable| no_such_group())
}

fn no_such_group() -> ApiError {
    ApiError::not_found("no such group")
}
