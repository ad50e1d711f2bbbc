//! Signing in at a provider of OpenID Connect.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Signing in at your company's provider, by OpenID Connect.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcConfig {
    /// The address of the provider as it calls itself, e.g. `https://login.example.org/realms/staff`;
    /// empty means that nobody signs in there.
    pub issuer: String,
    /// What the provider calls this server.
    pub client_id: String,
    /// The secret that the provider gave to this server; empty means none, or `client_secret_file`.
    pub client_secret: String,
    /// A file that holds that secret.
    pub client_secret_file: PathBuf,
    /// What the provider is called on the page where people sign in.
    pub name: String,
    /// What the provider is asked to tell of people.
    pub scopes: Vec<String>,
    /// The claim that lists the groups of a person; those of the same name here follow it at each
    /// sign-in. Empty means that none do.
    pub groups_claim: String,
    /// Who may come in that is not known here yet: `everyone` whom the provider knows, without any
    /// role, or `nobody`.
    pub admit: Admission,
    /// The domains of the addresses with which people may come in, e.g. `example.org`, as the provider
    /// has verified them; empty means any, and people without an address too.
    pub allowed_domains: Vec<String>,
    /// Whether somebody whose login is an address that the provider has verified is that person.
    pub link_by_email: bool,
}

/// Who may come in that is not known yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Whom the provider knows; they get no role, so they see what everybody may see.
    #[default]
    Everyone,
    /// Nobody: only who was added here.
    Nobody,
}

impl OidcConfig {
    /// Tells whether people sign in at a provider.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }
}

impl Default for OidcConfig {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            client_secret_file: PathBuf::new(),
            name: "single sign-on".to_owned(),
            scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
            groups_claim: String::new(),
            admit: Admission::Everyone,
            allowed_domains: Vec::new(),
            link_by_email: false,
        }
    }
}
