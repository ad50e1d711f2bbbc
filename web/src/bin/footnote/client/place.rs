//! Where a server is, and how it is connected to.

use rustls_platform_verifier::BuilderVerifierExt as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, crypto};

use footnote_core::{Error, Result};

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection, encrypted or not.
pub(super) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    is_encrypted: bool,
    /// The name or the address, without brackets.
    host: String,
    port: u16,
    /// What stands before every path, without a slash at its end.
    prefix: String,
}

impl Place {
    /// Reads the address of a server, e.g. `https://example.org/footnote`.
    ///
    /// # Errors
    /// `Invalid` for anything else.
    pub(super) fn read(url: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(format!("`{url}` is not the address of a server"))
                .hint("Write it as `http://127.0.0.1:8620` or `https://footnote.example.org`.")
        };
        let (scheme, rest) = url.trim().split_once("://").ok_or_else(wrong)?;
        let is_encrypted = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(wrong()),
        };
        let (authority, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = authority_of(authority, is_encrypted).ok_or_else(wrong)?;
        let prefix = prefix.trim_end_matches('/');
        if prefix.contains(['?', '#']) || !prefix.chars().all(|c| c.is_ascii_graphic()) {
            return Err(wrong());
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("/{prefix}") };
        Ok(Self { is_encrypted, host, port, prefix })
    }

    /// Returns where the server of this machine is that listens at an address. One that encrypts by
    /// itself, or listens at a single address of the network, is not asked: its certificate is for
    /// another name, and what is sent there could be read by others.
    pub(super) fn on_this_machine(url: &str) -> Option<Self> {
        let mut address: SocketAddr = url.strip_prefix("http://")?.parse().ok()?;
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        let (host, port) = (address.ip().to_string(), address.port());
        let there = Self { is_encrypted: false, host, port, prefix: String::new() };
        address.ip().is_loopback().then_some(there)
    }

    /// Returns what a request names as its host.
    pub(super) fn host(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{host}:{}", self.port)
    }

    /// Returns a path as the server knows it.
    pub(super) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Returns the address as people write it.
    pub(super) fn url(&self) -> String {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{scheme}://{}{}", self.host(), self.prefix)
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// What the system or the other side says, and when nobody accepts it in time.
    pub(super) async fn connect(&self) -> io::Result<Box<dyn Connection>> {
        timeout(CONNECT_TIMEOUT, self.open()).await?
    }

    async fn open(&self) -> io::Result<Box<dyn Connection>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        if !self.is_encrypted {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let connector = TlsConnector::from(Arc::new(tls()?));
        Ok(Box::new(connector.connect(name, stream).await?))
    }
}

/// Reads a host with its port.
fn authority_of(authority: &str, is_encrypted: bool) -> Option<(String, u16)> {
    let usual = if is_encrypted { 443 } else { 80 };
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = port.map_or(Some(usual), |port| port.parse().ok())?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    (!host.is_empty() && host.chars().all(is_name)).then(|| (host.to_owned(), port))
}

/// Makes the TLS configuration: ring, and the certificates that the system trusts.
fn tls() -> io::Result<ClientConfig> {
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_platform_verifier()
        .map_err(io::Error::other)?;
    Ok(config.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn only_a_server_of_this_machine_is_found_by_its_address() {
        let at = |text: &str| Place::on_this_machine(text).map(|place| place.url());
        assert_eq!(at("http://127.0.0.1:8620").as_deref(), Some("http://127.0.0.1:8620"));
        assert_eq!(at("http://0.0.0.0:1").as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(at("http://[::]:1").as_deref(), Some("http://[::1]:1"));
        assert_eq!(at("http://192.168.1.5:8620"), None);
        assert_eq!(at("https://127.0.0.1:8620"), None);
    }

    #[test]
    fn an_address_is_read_with_its_port_and_what_stands_before_every_path() {
        let read = |url: &str| Place::read(url).map(|place| (place.url(), place.path("/livez")));
        let expected = [
            ("https://footnote.example.org/", "https://footnote.example.org:443", "/livez"),
            ("http://10.0.0.7:8620/kb/", "http://10.0.0.7:8620/kb", "/kb/livez"),
            ("http://[::1]:8620", "http://[::1]:8620", "/livez"),
        ];
        for (url, shown, path) in expected {
            assert_eq!(read(url).unwrap(), (shown.to_owned(), path.to_owned()));
        }
        for wrong in [
            "footnote.example.org",
            "ftp://a",
            "http://",
            "http://a:x",
            "http://u@h",
            "http://a/?b",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
