//! `/api/v1/session` and `/api/v1/setup`: signing in and out, and the first admin.

use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use footnote_core::id::SessionId;

use crate::auth::{self, Credential, Deed, Opened, Requester};
use crate::error::ApiError;
use crate::extract::{Id, Json};
use crate::guard::Client;
use crate::openapi::domain;
use crate::state::AppState;
use crate::wire::List;
use crate::wire::session::{PasswordChange, Session, SessionState, SetUp, SignIn};

/// Tells whether people sign in here, and who has.
#[utoipa::path(
    get,
    path = "/session",
    operation_id = "show_session",
    tag = "people",
    security(()),
    responses((status = 200, description = "Who asks", body = SessionState))
)]
pub(super) async fn show(
    State(state): State<AppState>,
    requester: Option<Requester>,
) -> Result<axum::Json<SessionState>, ApiError> {
    let access = &state.access;
    let (required, has_admin) = (access.is_required().await?, access.has_admin().await?);
    let mut shown = SessionState::new(required, has_admin, requester.as_ref());
    shown.provider = access.provider().await?.map(str::to_owned);
    if let Some(id) = requester.as_ref().and_then(Requester::person) {
        shown.person = Some(state.app.store.person(id).await?.into());
    }
    Ok(axum::Json(shown))
}

/// Signs in by a password; the session comes as a cookie.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "sign_in",
    tag = "people",
    security(()),
    request_body = SignIn,
    responses((status = 200, description = "Signed in", body = SessionState, headers(("set-cookie" = String, description = "The session"))))
)]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    Json(SignIn { login, password }): Json<SignIn>,
) -> Result<Response, ApiError> {
    let from = (client, agent(&headers));
    let opened = state.access.sign_in(&login, &password.0, from).await?;
    signed_in(&state, opened, client)
}

/// Signs out: the session is of no use any more.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "sign_out",
    tag = "people",
    security(()),
    responses((status = 204, description = "Signed out"))
)]
pub(super) async fn sign_out(
    State(state): State<AppState>,
    client: Client,
    requester: Option<Requester>,
) -> Result<Response, ApiError> {
    if let Some(requester) = requester
        && let (Some(person), Credential::Session(session)) =
            (requester.person(), requester.credential())
    {
        state.app.store.end_session(person, *session).await?;
        requester.did(&state.app.store, Deed::SignOut, Some(session.to_string())).await?;
    }
    let gone = auth::cleared_cookie(client.is_encrypted)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

/// Makes the first admin, for whoever has the set-up link, and signs them in.
#[utoipa::path(
    post,
    path = "/setup",
    operation_id = "set_up",
    tag = "people",
    security(()),
    request_body = SetUp,
    responses((status = 200, description = "Made and signed in", body = SessionState, headers(("set-cookie" = String, description = "The session"))))
)]
pub(super) async fn set_up(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    Json(wanted): Json<SetUp>,
) -> Result<Response, ApiError> {
    let SetUp { token, login, name, password } = wanted;
    let name = name.unwrap_or_else(|| login.clone());
    state.access.set_up(&token.0, (&login, &name), &password.0).await?;
    let opened = state.access.sign_in(&login, &password.0, (client, agent(&headers))).await?;
    opened.requester.did(&state.app.store, Deed::SetUp, None).await?;
    signed_in(&state, opened, client)
}

/// Changes the password of whoever asks; all other sessions and all keys of theirs end.
#[utoipa::path(
    put,
    path = "/session/password",
    operation_id = "change_password",
    tag = "people",
    request_body = PasswordChange,
    responses((status = 200, description = "Changed, and signed in anew", body = SessionState, headers(("set-cookie" = String, description = "The session"))))
)]
pub(super) async fn change_password(
    State(state): State<AppState>,
    requester: Requester,
    client: Client,
    headers: HeaderMap,
    Json(PasswordChange { old, new }): Json<PasswordChange>,
) -> Result<Response, ApiError> {
    let person = state.access.change_password(&requester, (&old.0, &new.0)).await?;
    let opened = state.access.open(person, client, agent(&headers)).await?;
    signed_in(&state, opened, client)
}

/// Lists the browsers in which whoever asks is signed in.
#[utoipa::path(
    get,
    path = "/sessions",
    operation_id = "list_sessions",
    tag = "people",
    responses((status = 200, description = "All of them, the newest first", body = List<Session>))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    requester: Requester,
) -> Result<axum::Json<List<Session>>, ApiError> {
    let Some(person) = requester.person() else { return Ok(axum::Json(List::whole(Vec::new()))) };
    let asks = match requester.credential() {
        Credential::Session(id) => Some(*id),
        Credential::Key(..) | Credential::DataDirectory => None,
    };
    let sessions = state.app.store.sessions(person).await?;
    let sessions = sessions.into_iter().map(|session| Session::new(session, asks));
    Ok(axum::Json(List::whole(sessions.collect())))
}

/// Signs whoever asks out of one of their browsers.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    operation_id = "end_session",
    tag = "people",
    params(("id" = domain::SessionId, Path, description = "The session")),
    responses((status = 204, description = "It is of no use any more"))
)]
pub(super) async fn end(
    State(state): State<AppState>,
    requester: Requester,
    Id(id): Id<SessionId>,
) -> Result<StatusCode, ApiError> {
    let Some(person) = requester.person() else {
        return Err(ApiError::not_found("no such session"));
    };
    state.app.store.end_session(person, id).await?;
    requester.did(&state.app.store, Deed::EndSession, Some(id.to_string())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a browser its session, and says who is signed in.
fn signed_in(state: &AppState, opened: Opened, client: Client) -> Result<Response, ApiError> {
    let lasts = state.access.session_lasts;
    let cookie = auth::session_cookie(&opened.token, lasts, client.is_encrypted)?;
    let mut shown = SessionState::new(true, true, Some(&opened.requester));
    shown.person = Some(opened.person.into());
    Ok(([(SET_COOKIE, cookie)], axum::Json(shown)).into_response())
}

/// Returns what a browser says that it is.
fn agent(headers: &HeaderMap) -> &str {
    headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
}
