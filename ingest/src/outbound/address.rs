//! Which addresses may be connected to: public ones, and those that the configuration opens.

use footnote_core::{Error, Result};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What kind of place an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Anybody can reach it.
    Public,
    /// Part of somebody's own network; a host of that network may be opened by name.
    Private(&'static str),
    /// No host has it in ordinary life; only an explicit range opens it.
    Special(&'static str),
}

/// The ranges of IPv4 that are not public.
const CLOSED_V4: [(Ipv4Net, Reach); 17] = [
    (v4([0, 0, 0, 0], 8), Reach::Special("this network")),
    (v4([10, 0, 0, 0], 8), Reach::Private("private")),
    (v4([100, 64, 0, 0], 10), Reach::Private("shared by a carrier")),
    (v4([127, 0, 0, 0], 8), Reach::Private("loopback")),
    (v4([169, 254, 0, 0], 16), Reach::Special("link-local")),
    (v4([172, 16, 0, 0], 12), Reach::Private("private")),
    (v4([192, 0, 0, 0], 24), Reach::Special("reserved for protocols")),
    (v4([192, 0, 2, 0], 24), Reach::Special("for documentation")),
    (v4([192, 31, 196, 0], 24), Reach::Special("reserved for protocols")),
    (v4([192, 52, 193, 0], 24), Reach::Special("reserved for protocols")),
    (v4([192, 88, 99, 0], 24), Reach::Special("a relay to IPv6")),
    (v4([192, 168, 0, 0], 16), Reach::Private("private")),
    (v4([198, 18, 0, 0], 15), Reach::Special("for benchmarks")),
    (v4([198, 51, 100, 0], 24), Reach::Special("for documentation")),
    (v4([203, 0, 113, 0], 24), Reach::Special("for documentation")),
    (v4([224, 0, 0, 0], 4), Reach::Special("multicast")),
    (v4([240, 0, 0, 0], 4), Reach::Special("reserved")),
];

/// The ranges of IPv6 that are not public although they may look so. What stands outside
/// [`GLOBAL_V6`] is closed anyway; the ranges there only get their name here.
const CLOSED_V6: [(Ipv6Net, Reach); 11] = [
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Reach::Private("loopback")),
    (v6([0, 0, 0, 0, 0, 0, 0, 0], 96), Reach::Special("unspecified or an embedded IPv4 address")),
    (v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 32), Reach::Special("an embedded IPv4 address (NAT64)")),
    (v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64), Reach::Special("discarded")),
    (
        v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
        Reach::Special("reserved for protocols (Teredo, ORCHID)"),
    ),
    (v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), Reach::Special("for documentation")),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Reach::Special("an embedded IPv4 address (6to4)")),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Reach::Special("for documentation")),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Reach::Private("private")),
    (v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10), Reach::Special("link-local")),
    (v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8), Reach::Special("multicast")),
];

/// The only part of IPv6 from which public addresses are given out.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::from_octets(octets), prefix)
}

const fn v6(segments: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_segments(segments), prefix)
}

/// What the configuration opens beside public addresses.
#[derive(Debug, Clone, Default)]
pub(super) struct Opened {
    ranges: Vec<IpNet>,
    hosts: Vec<String>,
}

impl Opened {
    /// Reads `outbound.allow_private`.
    ///
    /// # Errors
    /// `Invalid` for an entry that is neither a range, an address nor a host name.
    pub(super) fn read(entries: &[String]) -> Result<Self> {
        let mut opened = Self::default();
        for entry in entries {
            if let Ok(range) = entry.parse::<IpNet>() {
                opened.ranges.push(range.trunc());
            } else if let Ok(address) = entry.parse::<IpAddr>() {
                opened.ranges.push(address.to_canonical().into());
            } else {
                opened.hosts.push(host_name(entry)?);
            }
        }
        Ok(opened)
    }

    /// Tells whether a host is opened by its name.
    pub(super) fn names(&self, host: &str) -> bool {
        self.hosts.iter().any(|opened| opened == host)
    }

    /// Tells whether an address is opened by a range.
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(&address.to_canonical()))
    }

    /// Checks an address that a host has; returns what it is when it may not be connected to.
    pub(super) fn admit(
        &self,
        host: &str,
        address: IpAddr,
    ) -> std::result::Result<(), &'static str> {
        match reach(address) {
            Reach::Public => Ok(()),
            Reach::Private(_) | Reach::Special(_) if self.holds(address) => Ok(()),
            Reach::Private(_) if self.names(host) => Ok(()),
            Reach::Private(what) | Reach::Special(what) => Err(what),
        }
    }
}

/// Reads a host name of the configuration as it stands in addresses.
pub(super) fn host_name(text: &str) -> Result<String> {
    let trimmed = text.trim().trim_end_matches('.');
    if let Ok(address) = trimmed.parse::<Ipv6Addr>() {
        return Ok(format!("[{address}]"));
    }
    match url::Host::parse(trimmed) {
        Ok(host) => Ok(host.to_string()),
        Err(error) => Err(Error::invalid(format!("`{text}` is not a host name"))
            .because(error)
            .hint("Write names without scheme, port and path, such as docs.example.com.")),
    }
}

/// Tells what kind of place an address is. An IPv4 address written as IPv6 is taken for what it is.
fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => CLOSED_V4
            .iter()
            .find(|(range, _)| range.contains(&address))
            .map_or(Reach::Public, |(_, reach)| *reach),
        IpAddr::V6(address) => CLOSED_V6
            .iter()
            .find(|(range, _)| range.contains(&address))
            .map(|(_, reach)| *reach)
            .or_else(|| (!GLOBAL_V6.contains(&address)).then_some(Reach::Special("reserved")))
            .unwrap_or(Reach::Public),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn admits(opened: &[&str], host: &str, address: &str) -> bool {
        let entries: Vec<String> = opened.iter().map(|&entry| entry.to_owned()).collect();
        Opened::read(&entries).unwrap().admit(host, address.parse().unwrap()).is_ok()
    }

    #[test]
    fn a_range_opens_what_it_holds_and_a_name_never_opens_link_local() {
        assert!(admits(&[], "a.example", "93.184.215.14"));
        assert!(admits(&[], "a.example", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"));
        assert!(!admits(&[], "a.example", "10.1.2.3"));
        assert!(admits(&["10.1.0.0/16"], "a.example", "10.1.2.3"));
        assert!(admits(&["10.1.0.0/16"], "a.example", "::ffff:10.1.2.3"));
        assert!(!admits(&["10.1.0.0/16"], "a.example", "10.2.2.3"));
        assert!(admits(&["wiki.intern"], "wiki.intern", "192.168.7.7"));
        assert!(!admits(&["wiki.intern"], "other.intern", "192.168.7.7"));
        assert!(!admits(&["wiki.intern"], "wiki.intern", "169.254.169.254"));
        assert!(admits(&["169.254.169.254"], "x", "169.254.169.254"));
        assert!(Opened::read(&["http://wiki/".to_owned()]).is_err());
    }

    proptest! {
        #[test]
        fn no_spelling_of_a_private_address_as_ipv6_is_public(last in any::<[u8; 3]>()) {
            let [b, c, d] = last;
            for a in [0, 10, 127] {
                let address = Ipv4Addr::new(a, b, c, d);
                let [high, low] = [(u16::from(a) << 8) | u16::from(b), (u16::from(c) << 8) | u16::from(d)];
                let spellings = [
                    IpAddr::V4(address),
                    IpAddr::V6(address.to_ipv6_mapped()),
                    IpAddr::V6(address.to_ipv6_compatible()),
                    IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low)),
                    IpAddr::V6(Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low)),
                    IpAddr::V6(Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1)),
                ];
                for spelling in spellings {
                    prop_assert!(Opened::default().admit("h", spelling).is_err(), "{spelling}");
                }
            }
        }
    }
}
