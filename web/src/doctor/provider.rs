//! Whether the provider answers where people sign in.

use footnote_ingest::settings::Settings;

use super::Check;
use crate::auth;

/// Asks the provider what it says of itself, where one is configured.
pub async fn check(settings: &Settings) -> Option<Check> {
    let config = &settings.config.auth.oidc;
    if !config.is_on() {
        return None;
    }
    let asked = auth::check_provider(config).await;
    Some(Check::of("provider", asked.map(|()| format!("{} answers", config.issuer))))
}
