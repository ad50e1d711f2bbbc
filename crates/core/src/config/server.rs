//! The HTTP server.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The HTTP server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// The address to listen on. Where others than this machine reach it, people sign in.
    pub bind: String,
    /// Says that the address can be reached only through a port that is published on a loopback
    /// address, as that of a container; then any address may be listened on.
    pub behind_loopback: bool,
    /// The names under which the server is reached, e.g. `footnote.example.org`; requests for other
    /// names are refused. Empty means any name with accounts, and loopback names without.
    pub hosts: Vec<String>,
    /// The addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, such
    /// as `127.0.0.1` or `10.0.0.0/8`.
    pub trusted_proxies: Vec<String>,
    /// A file with the certificate and its chain in PEM; with it connections are encrypted.
    pub tls_certificate: PathBuf,
    /// A file with the certificate's key in PEM.
    pub tls_key: PathBuf,
    /// How long a client may take to send its request headers, in seconds.
    pub header_seconds: u64,
    /// How long a client may take nothing of what it is sent, in seconds.
    pub stall_seconds: u64,
    /// How many connections may be open at once.
    pub max_connections: usize,
    /// The largest JSON body, in bytes.
    pub max_json_bytes: usize,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8620".to_owned(),
            behind_loopback: false,
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            header_seconds: 10,
            stall_seconds: 30,
            max_connections: 512,
            max_json_bytes: 1 << 20,
        }
    }
}
