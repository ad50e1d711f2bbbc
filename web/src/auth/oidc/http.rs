//! How the provider is asked: through the one way out, to encrypted addresses, without redirects,
//! for seconds and for small answers.

use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::future::Future;
use std::pin::Pin;

use footnote_core::Result;
use footnote_core::config::OutboundConfig;
use footnote_ingest::outbound::{Ask, Outbound, OutboundError, Secrets};

/// How long an answer may take, in seconds.
const TIMEOUT_SECONDS: u64 = 10;

/// The largest answer, in bytes: a set of keys has some thousands.
const MAX_BYTES: u64 = 1 << 20;

/// Asks the provider.
pub(super) struct Http {
    outbound: Outbound,
    issuer: Url,
}

impl Http {
    /// Makes what asks a provider. Its own host may be inside the network; where else it sends us
    /// for its keys and tokens must be public.
    pub(super) fn new(issuer: Url) -> Result<Self> {
        let config = OutboundConfig {
            allow_hosts: vec!["*".to_owned()],
            allow_private: issuer.host_str().map(bare).into_iter().collect(),
            max_redirects: 0,
            timeout_seconds: TIMEOUT_SECONDS,
            requests_per_second: 0,
            max_answer_bytes: MAX_BYTES,
            ..OutboundConfig::default()
        };
        Ok(Self { outbound: Outbound::new(&config, Secrets::default())?, issuer })
    }

    /// Checks that what is said at an address stays secret: only a provider on this machine may do
    /// without encryption.
    pub(super) fn check(&self, url: &Url) -> std::result::Result<(), OutboundError> {
        let is_own = url.scheme() == self.issuer.scheme() && url.host() == self.issuer.host();
        if url.scheme() == "https" || is_own {
            return Ok(());
        }
        Err(OutboundError::Plain { host: url.host_str().unwrap_or_default().to_owned() })
    }

    async fn send(&self, request: HttpRequest) -> std::result::Result<HttpResponse, OutboundError> {
        let (parts, body) = request.into_parts();
        let address = parts.uri.to_string();
        let url = Url::parse(&address).map_err(|_| OutboundError::Url { url: address })?;
        self.check(&url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let ask = Ask { method: parts.method, url, headers: parts.headers, body };
        let answer = self.outbound.send(ask).await?;
        let head = openidconnect::http::Response::builder().status(answer.status());
        let head = answer.headers().fold(head, |head, (name, value)| head.header(name, value));
        let body = answer.bytes(MAX_BYTES).await?;
        head.body(body).map_err(|error| OutboundError::Unreachable { host, why: error.to_string() })
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = OutboundError;
    type Future =
        Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Returns a host without the brackets of an IPv6 address.
fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}
