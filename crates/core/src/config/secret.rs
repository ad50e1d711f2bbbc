//! Keeps the secrets of the configuration out of what is shown and logged.

use std::fmt;

use super::{Config, StoreConfig};

/// What is shown in the place of a secret.
const HIDDEN: &str = "***";

impl Config {
    /// Returns the configuration as it may be shown: with stars in the place of every secret.
    #[must_use]
    pub fn redacted(&self) -> Self {
        Self { store: self.store.redacted(), ..self.clone() }
    }
}

impl StoreConfig {
    fn redacted(&self) -> Self {
        let index_key = if self.index_key.is_empty() { "" } else { HIDDEN };
        Self {
            catalog: without_password(&self.catalog),
            index: without_password(&self.index),
            index_key: index_key.to_owned(),
            ..self.clone()
        }
    }
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As it would stand in footnote.toml, so that no field can be forgotten.
        let text = toml::to_string(&self.redacted()).map_err(|_| fmt::Error)?;
        f.debug_tuple("StoreConfig").field(&text).finish()
    }
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
        Config { store, ..Config::default() }
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
        assert_eq!(config("").redacted().store.index_key, HIDDEN);
        assert_eq!(Config::default().redacted(), Config::default());
    }
}
