//! A client for one server that the configuration names, wherever that is.

use footnote_core::config::OutboundConfig;
use footnote_core::{Error, Result};
use reqwest::Method;
use reqwest::header::HeaderMap;
use std::time::Duration;
use url::Url;

use super::{Ask, Outbound, Secrets};

/// The largest answer that is read of such a server, in bytes.
const MAX_ANSWER_BYTES: u64 = 1 << 20;

impl Outbound {
    /// Makes a client that speaks to the host of a URL and to no other, also within the network of
    /// this machine, and follows it nowhere.
    ///
    /// # Errors
    /// `Invalid` for what is no URL of a server; otherwise as [`Outbound::new`].
    pub fn only_to(url: &str, timeout: Duration) -> Result<Self> {
        let host = read(url)?.host_str().unwrap_or_default().to_owned();
        let config = OutboundConfig {
            allow_hosts: vec![host.clone()],
            allow_private: vec![host],
            max_redirects: 0,
            timeout_seconds: timeout.as_secs().max(1),
            requests_per_second: 0,
            max_answer_bytes: MAX_ANSWER_BYTES,
            ..OutboundConfig::default()
        };
        let client = Self::new(&config, Secrets::default())?;
        let unusable = |error| Error::invalid(format!("`{url}` cannot be used")).because(error);
        client.check(&read(url)?).map_err(unusable)?;
        Ok(client)
    }
}

impl Ask {
    /// Makes a request that sends something.
    ///
    /// # Errors
    /// `Invalid` for what is no URL.
    pub fn post(url: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Self> {
        Ok(Self { headers, body, ..Self::new(Method::POST, read(url)?) })
    }
}

fn read(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| {
        Error::invalid(format!("`{url}` is not an address"))
            .hint("Write the whole of it, such as http://127.0.0.1:4318.")
            .because(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_to_its_server_alone() {
        let client = Outbound::only_to("http://127.0.0.1:4318", Duration::from_secs(1)).unwrap();
        let may = |url: &str| client.check(&Url::parse(url).unwrap()).is_ok();
        assert!(may("http://127.0.0.1:4318/v1/traces"));
        assert!(!may("http://127.0.0.2/") && !may("http://example.com/"));
        for no in ["collector:4318", "ftp://collector", "http://user:word@collector", "nonsense"] {
            assert!(Outbound::only_to(no, Duration::from_secs(1)).is_err(), "{no}");
        }
    }
}
