//! Keeps the secrets of the configuration out of what is shown and logged.

use serde::Serialize;
use std::fmt;

use super::{AuthConfig, Config, OidcConfig, StoreConfig};

/// What is shown in the place of a secret.
const HIDDEN: &str = "***";

impl Config {
    /// Returns the configuration as it may be shown: with stars in the place of every secret.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let auth = AuthConfig { oidc: self.auth.oidc.redacted(), ..self.auth.clone() };
        Self { store: self.store.redacted(), auth, ..self.clone() }
    }
}

impl StoreConfig {
    fn redacted(&self) -> Self {
        Self {
            catalog: without_password(&self.catalog),
            index: without_password(&self.index),
            index_key: hidden(&self.index_key),
            ..self.clone()
        }
    }
}

impl OidcConfig {
    fn redacted(&self) -> Self {
        Self { client_secret: hidden(&self.client_secret), ..self.clone() }
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("StoreConfig", &self.redacted(), f)
    }
}

impl fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug("OidcConfig", &self.redacted(), f)
    }
}

/// Writes a section as it would stand in footnote.toml, so that no field can be forgotten.
fn debug(name: &str, redacted: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = toml::to_string(redacted).map_err(|_| fmt::Error)?;
    f.debug_tuple(name).field(&text).finish()
}

/// Hides a secret, if there is one.
fn hidden(secret: &str) -> String {
    if secret.is_empty() { String::new() } else { HIDDEN.to_owned() }
}

/// Hides the password of an address: what stands between the name and the last `@`, and the value
/// of `password` behind the `?`.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let separator = if rest.len() == url.len() { "" } else { "://" };
    let rest = match rest.rsplit_once('@') {
        Some((login, place)) => {
            let login = login.split_once(':').map(|(name, _)| format!("{name}:{HIDDEN}"));
            login.map_or_else(|| rest.to_owned(), |login| format!("{login}@{place}"))
        }
        None => rest.to_owned(),
    };
    let Some((place, parameters)) = rest.split_once('?') else {
        return format!("{scheme}{separator}{rest}");
    };
    let hidden = |parameter: &str| match parameter.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}={HIDDEN}"),
        Some(_) | None => parameter.to_owned(),
    };
    let parameters: Vec<String> = parameters.split('&').map(hidden).collect();
    format!("{scheme}{separator}{place}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(catalog: &str) -> Config {
        let store = StoreConfig {
            catalog: catalog.to_owned(),
            index_key: "s3cret".to_owned(),
            ..StoreConfig::default()
        };
        let oidc = OidcConfig { client_secret: "s3cret".to_owned(), ..OidcConfig::default() };
        let auth = AuthConfig { oidc, ..AuthConfig::default() };
        Config { store, auth, ..Config::default() }
    }

    #[test]
    fn no_secret_is_shown_or_logged() {
        for catalog in [
            "postgres://me:s3cret@host/db",
            "postgres://me:s3cret@p@host/db?sslmode=require",
            "postgres://me:s3cret/@host/db",
            "postgres://host/db?user=me&password=s3cret",
            "postgres://me:s3cret@host/db?sslpassword=s3cret",
            "me:s3cret@host",
        ] {
            let config = config(catalog);
            let shown = toml::to_string(&config.redacted()).unwrap();
            assert!(!shown.contains("s3cret") && shown.contains(HIDDEN), "{shown}");
            let logged = format!("{config:?}");
            assert!(!logged.contains("s3cret") && logged.contains("host"), "{logged}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown_as_it_is() {
        for url in ["", "http://127.0.0.1:6334", "postgres://me@host/db?host=/run&port=1"] {
            assert_eq!(without_password(url), url);
        }
        let redacted = config("").redacted();
        assert_eq!(
            (&*redacted.store.index_key, &*redacted.auth.oidc.client_secret),
            (HIDDEN, HIDDEN)
        );
        assert_eq!(Config::default().redacted(), Config::default());
    }
}
