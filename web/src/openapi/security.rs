//! What a request shows to say who sends it: added to the document in one place.

use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};

/// The names of the schemes.
const KEY: &str = "key";
const SESSION: &str = "session";

/// Adds the schemes, one of which every operation takes that does not say otherwise.
pub(super) fn add(document: &mut OpenApi) {
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = ApiKeyValue::with_description(
        "footnote_session",
        "The session of a browser; `__Host-footnote_session` where the connection is encrypted.",
    );
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(KEY, key);
    components.add_security_scheme(SESSION, session);
    let either = [KEY, SESSION].map(|name| SecurityRequirement::new::<_, _, String>(name, []));
    document.security = Some(either.into());
}
