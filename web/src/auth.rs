//! Who asks. The only file that makes a [`Principal`].
//!
//! Without accounts there is one principal: the owner of the data directory. That is safe because
//! the server then listens on loopback alone and checks where requests come from.

use footnote_core::access::{Principal, Scope};
use footnote_core::id::CollectionId;
use footnote_core::{Error, Result};
use std::net::SocketAddr;

/// Returns who sends a request to the server.
#[must_use]
pub fn requester() -> Principal {
    Principal::owner()
}

/// Returns who types at the command line: whoever may read the data directory owns it.
#[must_use]
pub fn command_line() -> Principal {
    Principal::owner()
}

/// Narrows what a principal may read to some collections; none means everything readable.
///
/// # Errors
/// `NotFound` for a collection that is hidden from the principal.
pub fn scope(principal: &Principal, collections: &[CollectionId]) -> Result<Scope> {
    principal.scope(collections)
}

/// Refuses an address that others could reach, as long as there are no accounts.
///
/// # Errors
/// `Invalid` for an address that is not loopback, unless only a loopback address leads to it.
pub fn check_bind(address: SocketAddr, behind_loopback: bool) -> Result<()> {
    if address.ip().is_loopback() || behind_loopback {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "cannot listen on {address}: anyone who reaches it could read every document"
    ))
    .hint(
        "Use a loopback address such as 127.0.0.1:8620, and a proxy that authenticates in \
             front of it. In a container whose port is published on a loopback address alone, set \
             `server.behind_loopback`.",
    ))
}

#[cfg(test)]
mod tests {
    use super::check_bind;

    #[test]
    fn only_loopback_is_served_without_accounts() {
        assert!(check_bind("127.0.0.1:8620".parse().unwrap(), false).is_ok());
        assert!(check_bind("[::1]:0".parse().unwrap(), false).is_ok());
        assert!(check_bind("0.0.0.0:8620".parse().unwrap(), false).is_err());
        assert!(check_bind("192.168.1.5:8620".parse().unwrap(), false).is_err());
        assert!(check_bind("0.0.0.0:8620".parse().unwrap(), true).is_ok());
    }
}
