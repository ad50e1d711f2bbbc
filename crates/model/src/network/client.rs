//! The HTTP client: one agent per scheme, with the proxy and the certificates of the settings.

use footnote_core::{Error, Result};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ureq::config::RedirectAuthHeaders;
use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};
use url::Url;

use super::Network;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// How long the other side may be silent.
const SILENCE_TIMEOUT: Duration = Duration::from_mins(1);

/// What the other side sees in its log.
const USER_AGENT: &str = concat!("footnote/", env!("CARGO_PKG_VERSION"));

/// Sends requests, with certificates from the platform's store unless a file replaces it.
pub(crate) struct Client {
    plain: Agent,
    secure: Agent,
}

impl Client {
    /// Makes the agents.
    ///
    /// # Errors
    /// `Invalid` for a proxy that is no address, `Unavailable` when the certificates cannot be
    /// read.
    pub(crate) fn new(network: &Network, certificates: Option<&Path>) -> Result<Self> {
        let roots = match certificates {
            Some(path) => read_certificates(path)?,
            None => RootCerts::PlatformVerifier,
        };
        let tls = TlsConfig::builder().root_certs(roots).build();
        let agent = |proxy: Option<&str>| -> Result<Agent> {
            let proxy = proxy.map(|address| proxy_from(address, &network.no_proxy)).transpose()?;
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .proxy(proxy)
                .tls_config(tls.clone())
                .user_agent(USER_AGENT)
                .redirect_auth_headers(RedirectAuthHeaders::SameHost)
                .timeout_connect(Some(CONNECT_TIMEOUT))
                .timeout_recv_response(Some(SILENCE_TIMEOUT))
                .timeout_per_read(Some(SILENCE_TIMEOUT))
                .build();
            Ok(config.into())
        };
        Ok(Self {
            plain: agent(network.http_proxy.as_deref())?,
            secure: agent(network.https_proxy.as_deref())?,
        })
    }

    /// Sends a GET and returns whatever comes back, also a failure of the other side.
    ///
    /// A user and password in the address become basic authentication.
    ///
    /// # Errors
    /// `Unavailable` when no answer comes.
    pub(crate) fn get(&self, url: &Url, headers: &[(&str, String)]) -> Result<Response<Body>> {
        let agent = if url.scheme() == "https" { &self.secure } else { &self.plain };
        let (address, login) = without_login(url);
        let mut request = agent.get(address.as_str());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(login) = login {
            request = request.header("Authorization", login);
        }
        request.call().map_err(|error| {
            Error::unavailable(format!("cannot reach {}", host_of(url))).because(error)
        })
    }
}

/// Returns the host and port of an address, for messages: never its path, user or password.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("the host");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Takes user and password out of an address and makes the header of them.
fn without_login(url: &Url) -> (Url, Option<String>) {
    if url.username().is_empty() {
        return (url.clone(), None);
    }
    let decode = |text: &str| percent_decode(text);
    let login = format!("{}:{}", decode(url.username()), decode(url.password().unwrap_or("")));
    let mut bare = url.clone();
    let cleared = bare.set_username("").is_ok() && bare.set_password(None).is_ok();
    let bare = if cleared { bare } else { url.clone() };
    (bare, Some(format!("Basic {}", base64(login.as_bytes()))))
}

/// Replaces `%41` by `A`.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = hex.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(code)) = (first, code) {
            bytes.push(code);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encodes bytes for a header of basic authentication.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let whole = group.iter().fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
        let whole = whole << (8 * (3 - group.len()));
        for digit in 0..4 {
            if digit <= group.len() {
                let index = (whole >> (18 - 6 * digit)) & 63;
                text.push(char::from(DIGITS[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

fn proxy_from(address: &str, no_proxy: &str) -> Result<Proxy> {
    let invalid = |error: ureq::Error| {
        Error::invalid("the proxy that the environment names is not an address")
            .because(error)
            .hint("Check HTTP_PROXY and HTTPS_PROXY.")
    };
    let plain = Proxy::new(address).map_err(invalid)?;
    let mut builder = Proxy::builder(plain.protocol()).host(plain.host()).port(plain.port());
    if let Some(user) = plain.username() {
        builder = builder.username(user);
    }
    if let Some(password) = plain.password() {
        builder = builder.password(password);
    }
    for host in no_proxy.split(',').map(str::trim).filter(|host| !host.is_empty()) {
        builder = builder.no_proxy(host);
    }
    builder.build().map_err(invalid)
}

fn read_certificates(path: &Path) -> Result<RootCerts> {
    let fail = |what: &str| {
        Error::unavailable(format!("{what} the certificates in {}", path.display()))
            .hint("Check SSL_CERT_FILE and PIP_CERT.")
    };
    let pem = std::fs::read(path).map_err(|error| fail("cannot read").because(error))?;
    let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            Ok(_) | Err(_) => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(fail("there are none among"));
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_in_the_address_becomes_a_header_and_leaves_the_address() {
        let url = Url::parse("https://me:p%40ss@host.example/simple/").unwrap();
        let (bare, login) = without_login(&url);
        assert_eq!(bare.as_str(), "https://host.example/simple/");
        assert_eq!(login.as_deref(), Some("Basic bWU6cEBzcw=="));
    }

    #[test]
    fn base64_pads_to_whole_groups() {
        for (text, encoded) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj")] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn a_proxy_is_not_used_for_the_hosts_that_are_excepted() {
        let proxy = proxy_from("http://me:pw@proxy.example:3128", "localhost, .inner.example");
        let proxy = proxy.unwrap();
        assert_eq!((proxy.host(), proxy.port()), ("proxy.example", 3128));
        assert!(proxy.is_no_proxy(&"http://a.inner.example/x".parse().unwrap()));
        assert!(!proxy.is_no_proxy(&"http://outer.example/x".parse().unwrap()));
    }

    #[test]
    fn a_proxy_that_is_no_address_is_refused() {
        assert!(proxy_from("::", "").is_err());
    }
}
