//! What is wrong with the configuration of a provider, as far as it can be told without asking it.

use openidconnect::url::{Host, Url};
use std::fs;

use footnote_core::config::{Admission, OidcConfig};
use footnote_core::{Error, Result};

/// Providers at which anybody may have an account, by what their address begins with.
const OPEN_TO_ALL: [&str; 4] = [
    "https://accounts.google.com",
    "https://appleid.apple.com",
    "https://gitlab.com",
    "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad",
];

/// Checks the configuration of a provider.
///
/// # Errors
/// `Invalid` for one that cannot be used, or would let in anybody in the world.
pub fn check(config: &OidcConfig) -> Result<()> {
    if !config.is_on() {
        return Ok(());
    }
    issuer(config)?;
    if config.client_id.is_empty() {
        return Err(Error::invalid("`auth.oidc.client_id` is empty")
            .hint("Register Footnote at the provider, and write down what it is called there."));
    }
    let is_open = OPEN_TO_ALL.iter().any(|open| config.issuer.starts_with(open));
    if is_open && config.admit == Admission::Everyone && config.allowed_domains.is_empty() {
        return Err(Error::invalid("anybody may have an account at this provider").hint(
            "Name your domains in `auth.oidc.allowed_domains`, or let `auth.oidc.admit` be \
             `nobody`.",
        ));
    }
    if config.admit == Admission::Nobody && !config.link_by_email {
        tracing::warn!("nobody new can sign in at the provider: see `auth.oidc.link_by_email`");
    }
    secret(config).map(drop)
}

/// Reads the address of the provider.
pub(super) fn issuer(config: &OidcConfig) -> Result<Url> {
    let refused = |why: &str| {
        Error::invalid(format!("`auth.oidc.issuer` {why}"))
            .hint("Use the address that the provider gives as its issuer; it begins with https://.")
    };
    let url = Url::parse(&config.issuer).map_err(|_| refused("is not an address"))?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(refused("names no host")),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err(refused("is not encrypted")),
    }
}

/// Returns the secret of this server at the provider, from where it stands.
pub(super) fn secret(config: &OidcConfig) -> Result<Option<String>> {
    let path = &config.client_secret_file;
    if path.as_os_str().is_empty() {
        let secret = &config.client_secret;
        return Ok((!secret.is_empty()).then(|| secret.clone()));
    }
    let text = fs::read_to_string(path).map_err(|error| {
        Error::invalid(format!("cannot read the secret in {}", path.display()))
            .hint("Let `auth.oidc.client_secret_file` name a file that the server may read.")
            .because(error)
    })?;
    Ok(Some(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(issuer: &str) -> OidcConfig {
        let (issuer, client_id) = (issuer.to_owned(), "footnote".to_owned());
        OidcConfig { issuer, client_id, ..OidcConfig::default() }
    }

    #[test]
    fn a_provider_is_encrypted_or_on_this_machine_and_not_everybodys() {
        assert!(check(&OidcConfig::default()).is_ok());
        for good in ["https://login.example.org/realms/staff", "http://127.0.0.1:9", "http://[::1]"]
        {
            assert!(check(&of(good)).is_ok(), "{good}");
        }
        for bad in ["login.example.org", "http://login.example.org", "https://accounts.google.com"]
        {
            assert!(check(&of(bad)).is_err(), "{bad}");
        }
        let allowed_domains = vec!["example.org".to_owned()];
        let google = of("https://accounts.google.com");
        assert!(check(&OidcConfig { allowed_domains, ..google }).is_ok());
        assert!(
            check(&OidcConfig { client_id: String::new(), ..of("https://a.example") }).is_err()
        );
    }

    #[test]
    fn the_secret_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "hunter2\n").unwrap();
        let client_secret_file = file.path().to_owned();
        let config = OidcConfig { client_secret_file, ..of("https://a.example") };
        assert_eq!(secret(&config).unwrap().as_deref(), Some("hunter2"));
        let missing = OidcConfig { client_secret_file: "/nowhere/at/all".into(), ..config };
        assert!(check(&missing).is_err());
    }
}
