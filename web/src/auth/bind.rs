//! Which addresses may be listened on.

use footnote_core::config::{AuthMode, ServerConfig};
use footnote_core::{Error, Result};
use std::net::SocketAddr;

/// Refuses an address that others could reach, where accounts are turned off.
///
/// # Errors
/// `Invalid` for an address that is not loopback, unless only a loopback address leads to it.
pub fn check_bind(address: SocketAddr, config: &ServerConfig, mode: AuthMode) -> Result<()> {
    if mode != AuthMode::None || is_private(address, config) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "cannot listen on {address}: anyone who reaches it could read every document"
    ))
    .hint(
        "Let `auth.mode` be `auto` or `accounts`, or use a loopback address such as \
         127.0.0.1:8620. In a container whose port is published on a loopback address alone, set \
         `server.behind_loopback`.",
    ))
}

/// Tells whether only this machine reaches an address.
pub(super) fn is_private(address: SocketAddr, config: &ServerConfig) -> bool {
    address.ip().is_loopback() || config.behind_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_served_without_accounts() {
        let check = |address: &str, behind_loopback, mode| {
            let config = ServerConfig { behind_loopback, ..ServerConfig::default() };
            check_bind(address.parse().unwrap(), &config, mode)
        };
        for address in ["127.0.0.1:8620", "[::1]:0"] {
            assert!(check(address, false, AuthMode::None).is_ok());
        }
        for address in ["0.0.0.0:8620", "192.168.1.5:8620"] {
            assert!(check(address, false, AuthMode::None).is_err());
            assert!(check(address, true, AuthMode::None).is_ok());
            assert!(check(address, false, AuthMode::Auto).is_ok());
            assert!(check(address, false, AuthMode::Accounts).is_ok());
        }
    }
}
