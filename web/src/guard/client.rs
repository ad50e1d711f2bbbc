//! From where a request really comes: from the other end of the connection, or from where a
//! trusted proxy says.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::IpAddr;

use footnote_core::Error;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The other end of a connection; the accept loop puts it into every request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: IpAddr,
    /// Whether the connection is encrypted.
    pub(crate) is_encrypted: bool,
}

/// The proxies that are believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

/// Who sends a request, as far as the network tells.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Client {
    /// The address.
    pub(crate) address: Option<IpAddr>,
    /// Whether what they send is encrypted on its way.
    pub(crate) is_encrypted: bool,
}

impl Proxies {
    /// Reads addresses and networks such as `10.0.0.0/8`.
    ///
    /// # Errors
    /// `Invalid` for what is neither.
    pub(crate) fn read(texts: &[String]) -> footnote_core::Result<Self> {
        let read = |text: &String| {
            let alone = || text.parse().ok().map(|address: IpAddr| IpNet::from(address));
            text.parse().ok().or_else(alone).ok_or_else(|| {
                Error::invalid(format!("`{text}` in `server.trusted_proxies` is no address"))
                    .hint("Use addresses such as 127.0.0.1 or networks such as 10.0.0.0/8.")
            })
        };
        texts.iter().map(read).collect::<footnote_core::Result<_>>().map(Self)
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address.to_canonical()))
    }
}

impl Client {
    /// Tells who sends a request that may have come through proxies.
    pub(super) fn behind(proxies: &Proxies, request: &Request) -> Self {
        let Some(peer) = request.extensions().get::<Peer>() else { return Self::default() };
        let headers = request.headers();
        if !proxies.contain(peer.address) {
            let address = Some(peer.address.to_canonical());
            return Self { address, is_encrypted: peer.is_encrypted };
        }
        // Each proxy appends whom it heard from, so the last that is none of ours is the client.
        let mut named = forwarded_for(headers);
        let client = named.rfind(|address| !proxies.contain(*address));
        let proto = headers.get(FORWARDED_PROTO).and_then(|proto| proto.to_str().ok());
        let is_encrypted = proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        Self { address: Some(client.unwrap_or(peer.address)), is_encrypted }
    }

    /// Returns who sends a request, as was told before.
    pub(crate) fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

fn forwarded_for(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let texts: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    texts
        .into_iter()
        .filter_map(|text| text.trim().parse().ok())
        .map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn client(peer: &str, forwarded: &[(&HeaderName, &str)]) -> Client {
        let proxies = Proxies::read(&["127.0.0.1".to_owned(), "10.0.0.0/8".to_owned()]).unwrap();
        let mut request = Request::builder();
        for (name, value) in forwarded {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer = Peer { address: peer.parse().unwrap(), is_encrypted: false };
        request.extensions_mut().insert(peer);
        Client::behind(&proxies, &request)
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let says = [(&FORWARDED_FOR, "203.0.113.7"), (&FORWARDED_PROTO, "https")];
        let direct = client("198.51.100.1", &says);
        assert_eq!(direct.address, "198.51.100.1".parse().ok());
        assert!(!direct.is_encrypted);
        let proxied = client("127.0.0.1", &says);
        assert_eq!(proxied.address, "203.0.113.7".parse().ok());
        assert!(proxied.is_encrypted);
    }

    #[test]
    fn a_client_cannot_hide_behind_an_address_that_it_made_up() {
        let says = [(&FORWARDED_FOR, "1.1.1.1, 203.0.113.7, 10.1.2.3")];
        assert_eq!(client("::ffff:127.0.0.1", &says).address, "203.0.113.7".parse().ok());
        assert_eq!(client("127.0.0.1", &[]).address, "127.0.0.1".parse().ok());
        assert!(Proxies::read(&["proxy".to_owned()]).is_err());
    }
}
