//! Where the server listens: an address, and the certificate with which it encrypts.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig as Tls;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use footnote_core::config::{Config, ServerConfig};
use footnote_core::{Error, Result};

use crate::auth;

/// A bound address.
pub struct Listening {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
    address: SocketAddr,
}

impl Listening {
    /// Returns the address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where the server is reached on this machine, and on the network by its address.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

/// Binds the address of the configuration.
///
/// # Errors
/// `Invalid` for an address that is none, or that others reach while accounts are turned off, and
/// for a certificate that cannot be used; `Conflict` when the address is taken, `Unavailable` when
/// the system refuses it.
pub async fn bind(config: &Config) -> Result<Listening> {
    let address = config.server.bind.as_str();
    let resolved = tokio::net::lookup_host(address).await.ok().and_then(|mut found| found.next());
    let Some(resolved) = resolved else {
        return Err(Error::invalid(format!("`{address}` is not an address to listen on"))
            .hint("Use an address and a port, such as 127.0.0.1:8620."));
    };
    auth::check_bind(resolved, &config.server, config.auth.mode)?;
    let tls = acceptor(&config.server)?;
    let refused = |error| cannot_listen(resolved, error);
    let listener = TcpListener::bind(resolved).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Listening { listener, tls, address })
}

/// Makes sure that the certificate can be used, where one is configured.
///
/// # Errors
/// `Invalid`, saying what is wrong.
pub fn check_certificate(config: &ServerConfig) -> Result<()> {
    acceptor(config).map(drop)
}

/// Reads the certificate, where one is configured.
fn acceptor(config: &ServerConfig) -> Result<Option<TlsAcceptor>> {
    let (certificate, key) = (&config.tls_certificate, &config.tls_key);
    match (certificate.as_os_str().is_empty(), key.as_os_str().is_empty()) {
        (true, true) => return Ok(None),
        (false, false) => {}
        (true, false) | (false, true) => {
            return Err(Error::invalid(
                "`server.tls_certificate` and `server.tls_key` go together",
            )
            .hint("Set both or none."));
        }
    }
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate).because(error))?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable_key(key).because(error))?;
    let tls = Tls::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|error| unusable(certificate).because(error))?;
    Ok(Some(TlsAcceptor::from(Arc::new(tls))))
}

/// Says of a key what is wrong with it: most often a password protects it.
fn unusable_key(file: &Path) -> Error {
    let is_protected = std::fs::read_to_string(file).is_ok_and(|text| text.contains("ENCRYPTED"));
    if !is_protected {
        return unusable(file);
    }
    Error::invalid(format!("the key {} is protected by a password", file.display()))
        .hint("Write it without: `openssl pkey -in KEY -out PLAIN`, readable by nobody else.")
}

fn unusable(file: &Path) -> Error {
    Error::invalid(format!("cannot encrypt with {}", file.display()))
        .hint("It must be PEM: the certificate with its chain, and the key that belongs to it.")
}

/// Says why an address cannot be listened on.
fn cannot_listen(address: SocketAddr, error: std::io::Error) -> Error {
    let message = format!("cannot listen on {address}");
    if error.kind() == std::io::ErrorKind::AddrInUse {
        return Error::conflict(message)
            .hint("Another program listens there; choose another port with --bind.")
            .because(error);
    }
    Error::unavailable(message).because(error)
}
