//! Looks names up, and lets only admitted addresses through to the connection.

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::guard::Guard;

/// Looks names up.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Returns the addresses of a host.
    ///
    /// # Errors
    /// When the name has none or cannot be looked up.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Looks names up as the system does.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// The lookup of the HTTP client: what it returns is what is connected to, nothing else is.
pub(super) struct GuardedLookup {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) guard: Arc<Guard>,
}

impl Resolve for GuardedLookup {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, guard) = (Arc::clone(&self.lookup), Arc::clone(&self.guard));
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let admitted = guard.addresses(name.as_str(), &found)?;
            // The port 0 stands for the one of the URL.
            let addresses: Addrs =
                Box::new(admitted.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
