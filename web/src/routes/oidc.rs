//! `/api/v1/auth/oidc`: to the provider where people sign in, and back.

use axum::extract::{Query, State};
use axum::http::header::{LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::{self, Refusal, Returned};
use crate::error::ApiError;
use crate::guard::{self, Client};
use crate::state::AppState;

/// Where the provider sends people back to, below the address of the server.
const CALLBACK: &str = "/api/v1/auth/oidc/callback";

/// From there to the root of the server, wherever a proxy has put that.
const ROOT: &str = "../../../../";

/// The longest path to come back to, in bytes.
const MAX_PATH_BYTES: usize = 2000;

/// Where to go after signing in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Start {
    /// A path of this server, such as `/#documents`; the page where nothing is said.
    return_to: Option<String>,
}

/// What the provider adds to the address to which it sends people back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Callback {
    /// What was sent along.
    state: Option<String>,
    /// What can be given for tokens, once.
    code: Option<String>,
    /// Why the provider refuses.
    error: Option<String>,
    /// Who the provider is.
    iss: Option<String>,
}

/// Sends a browser to the provider where people sign in.
#[utoipa::path(
    get,
    path = "/auth/oidc/start",
    operation_id = "start_oidc",
    tag = "people",
    security(()),
    params(Start),
    responses((status = 303, description = "To the provider, or to the page with a reason"))
)]
pub(super) async fn start(
    State(state): State<AppState>,
    client: Client,
    uri: Uri,
    headers: HeaderMap,
    Query(Start { return_to }): Query<Start>,
) -> Result<Response, ApiError> {
    let return_to = return_to.filter(|path| is_own(path)).unwrap_or_else(|| "/".to_owned());
    let redirect = redirect(&state, client, guard::host(&uri, &headers));
    match state.access.send_to_provider(redirect, return_to).await {
        Ok(sent) => {
            let cookie = auth::attempt_cookie(&sent.token, client.is_encrypted)?;
            Ok(go(&sent.to, vec![cookie]))
        }
        Err(refusal) => refuse(refusal, client),
    }
}

/// Lets in somebody whom the provider sends back, and goes on to where they wanted to go.
#[utoipa::path(
    get,
    path = "/auth/oidc/callback",
    operation_id = "finish_oidc",
    tag = "people",
    security(()),
    params(Callback),
    responses((status = 303, description = "Signed in, or to the page with a reason"))
)]
pub(super) async fn callback(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    Query(Callback { state: sent, code, error, iss }): Query<Callback>,
) -> Result<Response, ApiError> {
    let shown = auth::shown_attempt(&headers, client.is_encrypted);
    let returned = Returned { shown, state: sent.unwrap_or_default(), code, error, issuer: iss };
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match state.access.come_back(returned, (client, agent)).await {
        Ok(entered) => {
            let (lasts, is_secure) = (state.access.session_lasts, client.is_encrypted);
            let session = auth::session_cookie(&entered.opened.token, lasts, is_secure)?;
            let to = format!("{ROOT}{}", entered.return_to.trim_start_matches('/'));
            Ok(go(&to, vec![session, auth::cleared_attempt(is_secure)?]))
        }
        Err(refusal) => refuse(refusal, client),
    }
}

/// Goes to the page where people sign in, which says why somebody was not let in.
fn refuse(refusal: Refusal, client: Client) -> Result<Response, ApiError> {
    let to = format!("{ROOT}sign-in?reason={}", refusal.as_str());
    Ok(go(&to, vec![auth::cleared_attempt(client.is_encrypted)?]))
}

fn go(to: &str, cookies: Vec<HeaderValue>) -> Response {
    let cookies = AppendHeaders(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    (StatusCode::SEE_OTHER, cookies, [(LOCATION, to.to_owned())]).into_response()
}

/// Returns the address to which the provider sends people back.
fn redirect(state: &AppState, client: Client, host: Option<&str>) -> String {
    let configured = state.app.settings.config.auth.public_url.trim_end_matches('/');
    if !configured.is_empty() {
        return format!("{configured}{CALLBACK}");
    }
    let scheme = if client.is_encrypted { "https" } else { "http" };
    format!("{scheme}://{}{CALLBACK}", host.unwrap_or_default())
}

/// Tells whether a text is a path of this server, and nothing that a browser takes for another.
fn is_own(path: &str) -> bool {
    path.len() <= MAX_PATH_BYTES
        && path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn only_paths_of_this_server_are_returned_to() {
        for own in ["/", "/#documents/doc_1?at=3", "/sign-in?x=https://a.example"] {
            assert!(is_own(own), "{own}");
        }
        for other in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:x",
            "/a b",
            "/\r\nset-cookie: a",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
