//! Signing in at a provider of OpenID Connect: authorization code with PKCE, state and nonce.
//!
//! What a browser has to show when it comes back is kept here by the hash of its cookie, once and
//! for minutes. Who somebody is depends on issuer and subject alone; what else the provider tells
//! names them, and lets them in or not.

mod claims;
mod entering;
mod http;
mod provider;
mod refusal;
mod settings;
mod waiting;

use openidconnect::{Nonce, PkceCodeChallenge};

use footnote_core::access::TokenHash;
use footnote_core::config::OidcConfig;
use footnote_core::{Error, Result};

use super::{Access, NewToken, Opened};
use crate::guard::Client;
use provider::Provider;
use waiting::{Attempt, Waiting};

pub use refusal::Refusal;
pub use settings::check as check_provider_config;

/// How long somebody may take to sign in at the provider.
pub(crate) use waiting::LASTS as ATTEMPT_LASTS;

/// The provider where people sign in, and who is on the way there.
pub(super) struct Oidc {
    config: OidcConfig,
    provider: Provider,
    waiting: Waiting,
}

/// Where a browser is sent, and what it has to show when it comes back.
pub(crate) struct Sent {
    /// The address at the provider.
    pub(crate) to: String,
    /// What is given to the browser as a cookie.
    pub(crate) token: String,
}

/// What a browser brings back from the provider.
#[derive(Default)]
pub(crate) struct Returned {
    /// What it shows as a cookie.
    pub(crate) shown: Option<String>,
    /// What was sent along, as it came back.
    pub(crate) state: String,
    /// What the person is told of for; none when the provider refused.
    pub(crate) code: Option<String>,
    /// Why the provider refused, in its own word.
    pub(crate) error: Option<String>,
    /// Who the provider says that it is, if it does.
    pub(crate) issuer: Option<String>,
}

/// Somebody who signed in at the provider.
pub(crate) struct Entered {
    /// Their session.
    pub(crate) opened: Opened,
    /// Where they wanted to go.
    pub(crate) return_to: String,
}

impl Oidc {
    /// Prepares to send people to the provider of a configuration, if it names one.
    ///
    /// # Errors
    /// `Invalid` for a configuration that cannot be used.
    pub(super) fn new(config: &OidcConfig) -> Result<Option<Self>> {
        if !config.is_on() {
            return Ok(None);
        }
        let (config, provider) = (config.clone(), Provider::new(config)?);
        Ok(Some(Self { config, provider, waiting: Waiting::default() }))
    }

    /// Starts an attempt to sign in, for a browser that wants to go somewhere.
    async fn start(&self, redirect: String, return_to: String) -> Result<Sent> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, token) = (NewToken::random()?.into_shown(), NewToken::random()?);
        let nonce = Nonce::new_random();
        let to = self.provider.address(&redirect, (&state, &nonce, challenge)).await?;
        let state = TokenHash::of(&state);
        let attempt = Attempt { state, nonce, verifier, redirect, return_to };
        self.waiting.put(token.hash(), attempt);
        Ok(Sent { to, token: token.into_shown() })
    }

    /// Finds the attempt with which a browser comes back; it counts once.
    fn attempt(&self, returned: &Returned) -> Option<Attempt> {
        let attempt = self.waiting.take(&TokenHash::of(returned.shown.as_deref()?))?;
        (attempt.state == TokenHash::of(&returned.state)).then_some(attempt)
    }
}

impl Access {
    /// Returns what the provider is called where people may sign in at one now.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub(crate) async fn provider(&self) -> Result<Option<&str>> {
        let Some(oidc) = &self.oidc else { return Ok(None) };
        let is_open = self.is_required().await? && self.has_admin().await?;
        Ok(is_open.then_some(&*oidc.config.name))
    }

    /// Sends a browser to the provider.
    ///
    /// # Errors
    /// Why it is not sent: nobody can sign in yet, or the provider cannot be reached.
    pub(crate) async fn send_to_provider(
        &self,
        redirect: String,
        return_to: String,
    ) -> std::result::Result<Sent, Refusal> {
        let Some(oidc) = &self.oidc else { return Err(Refusal::Closed) };
        if self.provider().await?.is_none() {
            return Err(Refusal::Closed);
        }
        oidc.start(redirect, return_to).await.map_err(Refusal::unreachable)
    }

    /// Lets in somebody who comes back from the provider.
    ///
    /// # Errors
    /// Why they are not let in.
    pub(crate) async fn come_back(
        &self,
        returned: Returned,
        (client, agent): (Client, &str),
    ) -> std::result::Result<Entered, Refusal> {
        let Some(oidc) = &self.oidc else { return Err(Refusal::Closed) };
        if self.provider().await?.is_none() {
            return Err(Refusal::Closed);
        }
        let attempt = oidc.attempt(&returned).ok_or(Refusal::Expired)?;
        let claims = oidc.claims(returned, &attempt).await?;
        let opened = self.enter(oidc, &claims, (client, agent)).await?;
        Ok(Entered { opened, return_to: attempt.return_to })
    }
}

impl Oidc {
    /// Asks the provider who comes back.
    async fn claims(
        &self,
        returned: Returned,
        attempt: &Attempt,
    ) -> std::result::Result<claims::Claims, Refusal> {
        if returned.issuer.is_some_and(|issuer| issuer != self.config.issuer) {
            return Err(Refusal::Untrusted);
        }
        match (returned.code, returned.error.as_deref()) {
            (Some(code), None) => self.provider.redeem(code, attempt).await,
            (_, Some("access_denied")) => Err(Refusal::Declined),
            (_, Some(_)) => Err(Refusal::unreachable(Error::unavailable(
                "the provider could not let somebody sign in",
            ))),
            (None, None) => Err(Refusal::Expired),
        }
    }
}

/// Tells what a provider says when it is asked, for whoever checks the installation.
///
/// # Errors
/// `Invalid` for a configuration that cannot be used, `Unavailable` when the provider cannot be
/// reached or says something else than it should.
pub async fn check_provider(config: &OidcConfig) -> Result<()> {
    Provider::new(config)?.reach().await
}
