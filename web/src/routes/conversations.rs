//! `/api/v1/conversations`: what somebody has asked, as trees of questions with their answers.

use axum::extract::State;
use axum::http::StatusCode;

use footnote_core::id::ConversationId;

use crate::auth::Requester;
use crate::error::ApiError;
use crate::extract::{Id, Json, Params};
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::conversation::{
    Conversation, ConversationParams, ConversationPatch, NewConversation, Turn, TurnParams,
};
use crate::wire::{List, page_size};

/// Lists the conversations of whoever asks, the one in which something was asked last first.
#[utoipa::path(
    get,
    path = "/conversations",
    operation_id = "list_conversations",
    tag = "answers",
    params(ConversationParams),
    responses((status = 200, description = "A page of them", body = List<Conversation>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
    Params(params): Params<ConversationParams>,
) -> Result<axum::Json<List<Conversation>>, ApiError> {
    let (filter, size) = params.filter()?;
    let found = state.app.store.conversations(requester.person(), &filter).await?;
    let found: Vec<_> = found.into_iter().map(Conversation::from).collect();
    Ok(axum::Json(List::page(found, size, Conversation::cursor)))
}

/// Begins a conversation.
#[utoipa::path(
    post,
    path = "/conversations",
    operation_id = "create_conversation",
    tag = "answers",
    request_body = NewConversation,
    responses((status = 201, description = "Begun", body = Conversation))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    requester: Requester,
    Json(NewConversation { title }): Json<NewConversation>,
) -> Result<(StatusCode, axum::Json<Conversation>), ApiError> {
    let begun = state.app.store.create_conversation(requester.person(), &title).await?;
    Ok((StatusCode::CREATED, axum::Json(begun.into())))
}

/// Returns a conversation.
#[utoipa::path(
    get,
    path = "/conversations/{id}",
    operation_id = "show_conversation",
    tag = "answers",
    params(("id" = domain::ConversationId, Path, description = "The conversation")),
    responses((status = 200, description = "The conversation", body = Conversation))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<ConversationId>,
) -> Result<axum::Json<Conversation>, ApiError> {
    Ok(axum::Json(state.app.store.conversation(requester.person(), id).await?.into()))
}

/// Renames, pins or archives a conversation.
#[utoipa::path(
    patch,
    path = "/conversations/{id}",
    operation_id = "change_conversation",
    tag = "answers",
    params(("id" = domain::ConversationId, Path, description = "The conversation")),
    request_body = ConversationPatch,
    responses((status = 200, description = "Changed", body = Conversation))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<ConversationId>,
    Json(patch): Json<ConversationPatch>,
) -> Result<axum::Json<Conversation>, ApiError> {
    let store = &state.app.store;
    let changed = store.change_conversation(requester.person(), id, &patch.into()).await?;
    Ok(axum::Json(changed.into()))
}

/// Removes a conversation with its questions, answers and feedback.
#[utoipa::path(
    delete,
    path = "/conversations/{id}",
    operation_id = "remove_conversation",
    tag = "answers",
    params(("id" = domain::ConversationId, Path, description = "The conversation")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<ConversationId>,
) -> Result<StatusCode, ApiError> {
    state.app.store.remove_conversation(requester.person(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the questions of a conversation with their answers, the oldest first.
#[utoipa::path(
    get,
    path = "/conversations/{id}/turns",
    operation_id = "list_turns",
    tag = "answers",
    params(("id" = domain::ConversationId, Path, description = "The conversation"), TurnParams),
    responses((status = 200, description = "A page of them; `parent_id` makes them a tree", body = List<Turn>))
)]
pub(super) async fn turns(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<ConversationId>,
    Params(params): Params<TurnParams>,
) -> Result<axum::Json<List<Turn>>, ApiError> {
    let (scope, size) = (requester.scope(&[])?, page_size(params.limit));
    let whose = (requester.person(), &scope);
    let found = state.app.store.turns(whose, id, params.cursor, size + 1).await?;
    let page = List::page(found, size, |last| last.id.to_string());
    Ok(axum::Json(page.try_map(Turn::try_from)?))
}
