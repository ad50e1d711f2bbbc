//! Decides which URLs may be asked for.

use footnote_core::Result;
use footnote_core::config::OutboundConfig;
use std::net::IpAddr;
use url::{Host, Url};

use super::OutboundError;
use super::address::{Opened, host_name};

/// Which hosts are allowed, and which addresses.
pub(super) struct Guard {
    hosts: Vec<HostRule>,
    opened: Opened,
}

/// An entry of `outbound.allow_hosts`.
enum HostRule {
    /// Every host.
    Any,
    /// This host.
    Exactly(String),
    /// Every host whose name ends so, dot included.
    Below(String),
}

impl HostRule {
    fn read(entry: &str) -> Result<Self> {
        if entry == "*" {
            return Ok(Self::Any);
        }
        match entry.strip_prefix("*.") {
            Some(rest) => Ok(Self::Below(format!(".{}", host_name(rest)?))),
            None => Ok(Self::Exactly(host_name(entry)?)),
        }
    }

    fn admits(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(name) => host == name,
            Self::Below(ending) => host.len() > ending.len() && host.ends_with(ending),
        }
    }
}

impl Guard {
    /// Reads the configuration.
    ///
    /// # Errors
    /// `Invalid` for an entry that is no host, address or range.
    pub(super) fn new(config: &OutboundConfig) -> Result<Self> {
        let hosts = config.allow_hosts.iter().map(|entry| HostRule::read(entry));
        Ok(Self {
            hosts: hosts.collect::<Result<_>>()?,
            opened: Opened::read(&config.allow_private)?,
        })
    }

    /// Checks what can be known of a URL before its name is looked up: scheme, user, host, and the
    /// address where the host is one.
    pub(super) fn check(&self, url: &Url) -> Result<(), OutboundError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError::Url { url: url.to_string() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::UserInfo);
        }
        let Some(host) = host_of(url) else {
            return Err(OutboundError::Url { url: url.to_string() });
        };
        if !self.hosts.iter().any(|rule| rule.admits(host)) {
            return Err(OutboundError::Host { host: host.to_owned() });
        }
        match address_of(url) {
            Some(address) => self.admit(host, address),
            None => Ok(()),
        }
    }

    /// Checks an address of a host.
    fn admit(&self, host: &str, address: IpAddr) -> Result<(), OutboundError> {
        self.opened.admit(host, address).map_err(|what| OutboundError::Address {
            host: host.to_owned(),
            address: address.to_canonical(),
            what,
        })
    }

    /// Keeps the addresses of a host that may be connected to.
    ///
    /// # Errors
    /// `Address` when there are some and none of them may.
    pub(super) fn addresses(
        &self,
        host: &str,
        found: &[IpAddr],
    ) -> Result<Vec<IpAddr>, OutboundError> {
        let host = host.trim_end_matches('.');
        let (mut admitted, mut refused) = (Vec::new(), None);
        for &address in found {
            match self.admit(host, address) {
                Ok(()) => admitted.push(address),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if admitted.is_empty() => Err(error),
            Some(_) | None => Ok(admitted),
        }
    }

    /// Checks that credentials sent to a URL stay secret on the way.
    pub(super) fn check_secrecy(&self, url: &Url) -> Result<(), OutboundError> {
        let host = host_of(url).unwrap_or_default();
        let is_internal = self.opened.names(host)
            || address_of(url).is_some_and(|address| self.opened.holds(address));
        if url.scheme() == "https" || is_internal {
            return Ok(());
        }
        Err(OutboundError::Plain { host: host.to_owned() })
    }
}

/// Returns the host as it stands in rules.
fn host_of(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.trim_end_matches('.')).filter(|host| !host.is_empty())
}

/// Returns the address that is written instead of a name.
fn address_of(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}
