//! Who may come in.

use serde::{Deserialize, Serialize};

use super::OidcConfig;

/// Who may come in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthConfig {
    /// Whether people sign in: `auto`, `accounts` or `none`.
    pub mode: AuthMode,
    /// How many days a session lasts that is not used.
    pub session_days: u32,
    /// How many requests a person, or an address from which nobody signed in, may send a minute, at
    /// once or one by one; 0 is no limit. Whoever may read the data directory has none.
    pub requests_per_minute: u32,
    /// The address under which people reach the server, e.g. `https://footnote.example.org`; empty
    /// means the one that it listens on.
    pub public_url: String,
    /// Signing in at your company's provider, by OpenID Connect.
    pub oidc: OidcConfig,
}

/// Whether people sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// They do once there is an admin, and always where others than this machine reach the server.
    #[default]
    Auto,
    /// They do, even on this machine.
    Accounts,
    /// Nobody does; then only this machine may reach the server.
    None,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            mode: AuthMode::Auto,
            session_days: 14,
            requests_per_minute: 1200,
            public_url: String::new(),
            oidc: OidcConfig::default(),
        }
    }
}
