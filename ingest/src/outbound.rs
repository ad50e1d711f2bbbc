//! The one way out: every request that Footnote sends for documents goes through [`Outbound`].
//!
//! Nothing is fetched unless `outbound.allow_hosts` names its host. What a name resolves to is
//! checked where the connection is made, after the name was looked up, and redirects are followed
//! here, each checked like a first request: neither a redirect nor a name that changes its address
//! leads anywhere else. The proxies of the environment are not used, because behind a proxy no
//! address could be checked.

mod address;
mod answer;
mod error;
mod guard;
mod lookup;
mod pace;
mod secrets;
mod single;

pub use answer::Answer;
pub use error::OutboundError;
pub use lookup::{Lookup, SystemLookup};
pub use secrets::{BucketAccess, Login, Secret, Secrets};

use footnote_core::config::OutboundConfig;
use footnote_core::{Error, Result};
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, redirect};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

use guard::Guard;
use lookup::GuardedLookup;
use pace::Pace;

/// How long a connection may take to come about, and how long an answer may pause.
const STALL: Duration = Duration::from_secs(30);

/// What the program calls itself, to servers and in robots.txt.
pub(crate) const AGENT: &str = concat!("footnote/", env!("CARGO_PKG_VERSION"));

/// A request.
#[derive(Debug)]
pub struct Ask {
    /// What is to be done.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// What is said beside it. Credentials of the host are added unless it holds some.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Vec<u8>,
}

impl Ask {
    /// Makes a request without a body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Vec::new() }
    }

    /// Makes a request that gets a resource.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }
}

/// Sends requests to the hosts that the configuration allows.
pub struct Outbound {
    client: Client,
    guard: Arc<Guard>,
    pace: Pace,
    secrets: Secrets,
    timeout: Duration,
    max_redirects: usize,
    max_answer_bytes: u64,
}

impl Outbound {
    /// Makes the client that looks names up as the system does.
    ///
    /// # Errors
    /// `Invalid` when the configuration names something that is no host, address or range;
    /// `Unavailable` when the system's certificates cannot be read.
    pub fn new(config: &OutboundConfig, secrets: Secrets) -> Result<Self> {
        Self::with_lookup(config, secrets, Arc::new(SystemLookup))
    }

    /// Makes the client with another way to look names up.
    ///
    /// # Errors
    /// As [`Outbound::new`].
    #[expect(clippy::disallowed_methods, reason = "the one client of the program is made here")]
    pub fn with_lookup(
        config: &OutboundConfig,
        secrets: Secrets,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self> {
        let guard = Arc::new(Guard::new(config)?);
        let client = Client::builder()
            .user_agent(AGENT)
            .default_headers(plain())
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(GuardedLookup { lookup, guard: Arc::clone(&guard) })
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(STALL)
            .read_timeout(STALL)
            .build()
            .map_err(|error| Error::internal("cannot make the HTTP client").because(error))?;
        Ok(Self {
            client,
            guard,
            pace: Pace::new(config.requests_per_second),
            secrets,
            timeout: Duration::from_secs(config.timeout_seconds),
            max_redirects: config.max_redirects,
            max_answer_bytes: config.max_answer_bytes,
        })
    }

    /// Returns the largest answer that is read when it is not a document, in bytes.
    #[must_use]
    pub fn max_answer_bytes(&self) -> u64 {
        self.max_answer_bytes
    }

    /// Returns the credentials.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Checks what can be known of a URL before its name is looked up.
    ///
    /// # Errors
    /// Why it may not be asked for.
    pub fn check(&self, url: &Url) -> Result<(), OutboundError> {
        self.guard.check(url)
    }

    /// Sends a request and follows redirects, if it is one that changes nothing.
    ///
    /// The time limit counts from here to the last byte of the answer.
    ///
    /// # Errors
    /// What kept the answer away. An answer of any status is an answer.
    pub async fn send(&self, mut ask: Ask) -> Result<Answer, OutboundError> {
        let deadline = Instant::now() + self.timeout;
        for _ in 0..=self.max_redirects {
            let answer = self.send_once(&ask, deadline).await?;
            match redirect_target(&ask, &answer)? {
                Some(target) => ask.url = target,
                None => return Ok(answer),
            }
        }
        Err(OutboundError::Redirects { url: ask.url.to_string(), max: self.max_redirects })
    }

    /// Sends a request to one URL.
    async fn send_once(&self, ask: &Ask, deadline: Instant) -> Result<Answer, OutboundError> {
        self.guard.check(&ask.url)?;
        let host = ask.url.host_str().unwrap_or_default();
        self.pace.wait(host).await;
        let left = deadline.saturating_duration_since(Instant::now());
        let mut request = self
            .client
            .request(ask.method.clone(), ask.url.clone())
            .timeout(left)
            .headers(ask.headers.clone())
            .body(ask.body.clone());
        if !ask.headers.contains_key(AUTHORIZATION)
            && let Some(login) = self.secrets.login(host)
        {
            self.guard.check_secrecy(&ask.url)?;
            request = login.apply(request);
        }
        let response = request.send().await.map_err(|error| OutboundError::of(error, host))?;
        Ok(Answer::new(ask.url.clone(), response))
    }
}

/// Tells where an answer sends a request on.
fn redirect_target(ask: &Ask, answer: &Answer) -> Result<Option<Url>, OutboundError> {
    let changes_nothing = ask.method.is_safe() || ask.method.as_str() == "PROPFIND";
    let may_follow = changes_nothing && !ask.headers.contains_key(AUTHORIZATION);
    if !may_follow || !matches!(answer.status(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.header(LOCATION.as_str()) else { return Ok(None) };
    let unreadable = || OutboundError::Url { url: location.to_owned() };
    let target = ask.url.join(location).map_err(|_| unreadable())?;
    if ask.url.scheme() == "https" && target.scheme() != "https" {
        return Err(OutboundError::Downgrade { url: target.to_string() });
    }
    Ok(Some(target))
}

/// Asks for answers as they are: a packed one could unpack to any size.
fn plain() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))])
}

/// Makes the TLS configuration: ring, and the certificates that the system trusts.
fn tls() -> Result<ClientConfig> {
    let unavailable = |error: rustls::Error| {
        Error::unavailable("cannot use the system's certificates").because(error)
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unavailable)?
        .with_platform_verifier()
        .map_err(unavailable)?
        .with_no_client_auth())
}
