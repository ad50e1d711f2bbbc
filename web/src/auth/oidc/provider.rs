//! The provider: what it says of itself, and who comes back from it.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm as Algorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, IdTokenVerifier, IssuerUrl, JsonWebKeySetUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, SubjectIdentifier,
    TokenResponse as _, UserInfoClaims, UserInfoError,
};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

use footnote_core::config::OidcConfig;
use footnote_core::{Error, Result};
use footnote_ingest::outbound::OutboundError;

use super::claims::{Claims, Further};
use super::http::Http;
use super::refusal::Refusal;
use super::settings;
use super::waiting::Attempt;

/// How long what the provider says of itself is believed.
const BELIEVED: Duration = Duration::from_hours(24);

/// How often its keys are fetched anew at most because one is unknown.
const KEYS_AGAIN: Duration = Duration::from_mins(1);

/// How long nobody asks again after it could not be reached.
const PAUSE: Duration = Duration::from_secs(5);

/// With what a provider may sign. Not with a secret that we share: that is for others to know.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Further,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        Algorithm,
    >,
    CoreTokenType,
>;

type Asking = Client<
    Further,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider at which people sign in.
pub(super) struct Provider {
    http: Http,
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: Option<ClientSecret>,
    scopes: Vec<Scope>,
    groups_claim: String,
    /// What is known of it; whoever asks while it is being asked waits for the same answer.
    known: Mutex<Known>,
}

/// What is known of a provider.
#[derive(Default)]
struct Known {
    metadata: Option<(Instant, Arc<CoreProviderMetadata>)>,
    keys_fetched: Option<Instant>,
    failed: Option<Instant>,
}

impl Provider {
    /// Makes the provider of a configuration; it is not asked yet.
    pub(super) fn new(config: &OidcConfig) -> Result<Self> {
        settings::check(config)?;
        let scopes = config.scopes.iter().filter(|scope| *scope != "openid");
        let issuer = IssuerUrl::new(config.issuer.clone()).map_err(|error| {
            Error::invalid("`auth.oidc.issuer` is not an address").because(error)
        })?;
        Ok(Self {
            http: Http::new(settings::issuer(config)?)?,
            issuer,
            client_id: ClientId::new(config.client_id.clone()),
            secret: settings::secret(config)?.map(ClientSecret::new),
            scopes: scopes.cloned().map(Scope::new).collect(),
            groups_claim: config.groups_claim.clone(),
            known: Mutex::default(),
        })
    }

    /// Makes sure that it can be reached and says what it must.
    pub(super) async fn reach(&self) -> Result<()> {
        self.metadata().await.map(drop)
    }

    /// Returns the address at which somebody signs in.
    pub(super) async fn address(
        &self,
        redirect: &str,
        (state, nonce, challenge): (&str, &Nonce, PkceCodeChallenge),
    ) -> Result<String> {
        let client = self.client(&*self.metadata().await?);
        let (state, nonce) = (CsrfToken::new(state.to_owned()), nonce.clone());
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let request = client.authorize_url(flow, move || state, move || nonce);
        let (url, _, _) = request
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(challenge)
            .set_redirect_uri(Cow::Owned(redirect_url(redirect)?))
            .url();
        self.http.check(&url).map_err(unreachable)?;
        Ok(url.to_string())
    }

    /// Takes the code of somebody who comes back, and finds out who they are.
    pub(super) async fn redeem(
        &self,
        code: String,
        attempt: &Attempt,
    ) -> std::result::Result<Claims, Refusal> {
        let metadata = self.metadata().await.map_err(Refusal::unreachable)?;
        let tokens = self.tokens(&metadata, code, attempt).await.map_err(Refusal::unreachable)?;
        let claims = self.verified(&metadata, &tokens, &attempt.nonce).await?;
        if !claims.lack(&self.groups_claim) || metadata.userinfo_endpoint().is_none() {
            return Ok(claims);
        }
        let (token, subject) = (tokens.access_token().clone(), claims.subject.clone());
        let told = self.told(&metadata, token, SubjectIdentifier::new(subject)).await?;
        Ok(claims.completed_by(&told, &self.groups_claim))
    }

    /// Gives the code for tokens.
    async fn tokens(
        &self,
        metadata: &CoreProviderMetadata,
        code: String,
        attempt: &Attempt,
    ) -> Result<Tokens> {
        let client = self.client(metadata);
        let verifier = PkceCodeVerifier::new(attempt.verifier.secret().clone());
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Error::unavailable("the provider gives no tokens").because(error))?;
        let answer = request
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Owned(redirect_url(&attempt.redirect)?))
            .request_async(&self.http)
            .await;
        answer.map_err(|error| match error {
            RequestTokenError::Request(error) => unreachable(error),
            RequestTokenError::ServerResponse(said) => {
                let word = said.error().as_ref().to_owned();
                Error::unavailable(format!("the provider gives no tokens: {word}"))
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                Error::unavailable("the tokens of the provider cannot be read")
            }
        })
    }

    /// Verifies what a token says. A key that is unknown may be a new one.
    async fn verified(
        &self,
        metadata: &CoreProviderMetadata,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> std::result::Result<Claims, Refusal> {
        let token = tokens.id_token().ok_or(Refusal::Untrusted)?;
        let first = self.verifier(metadata);
        let mut checked = token.claims(&first, nonce).cloned();
        if is_unknown_key(checked.as_ref().err()) {
            let renewed = self.with_new_keys().await.map_err(Refusal::unreachable)?;
            checked = token.claims(&self.verifier(&renewed), nonce).cloned();
        }
        let claims = checked.map_err(|error| {
            tracing::warn!(%error, "a token of the provider cannot be trusted");
            Refusal::Untrusted
        })?;
        Claims::of_token(&claims, &self.groups_claim).ok_or(Refusal::Untrusted)
    }

    /// Asks what else the provider tells of somebody.
    async fn told(
        &self,
        metadata: &CoreProviderMetadata,
        token: AccessToken,
        subject: SubjectIdentifier,
    ) -> std::result::Result<UserInfoClaims<Further, CoreGenderClaim>, Refusal> {
        let client = self.client(metadata);
        let request = client.user_info(token, Some(subject)).map_err(|_| Refusal::Unreachable)?;
        request.request_async(&self.http).await.map_err(|error| match error {
            UserInfoError::Request(error) => Refusal::unreachable(unreachable(error)),
            UserInfoError::ClaimsVerification(_) => Refusal::Untrusted,
            _ => Refusal::unreachable(Error::unavailable(
                "what the provider tells of somebody cannot be read",
            )),
        })
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Asking {
        let (id, secret) = (self.client_id.clone(), self.secret.clone());
        let client = Client::from_provider_metadata(metadata.clone(), id, secret);
        match metadata.token_endpoint_auth_methods_supported() {
            Some(methods) if !methods.contains(&CoreClientAuthMethod::ClientSecretBasic) => {
                client.set_auth_type(AuthType::RequestBody)
            }
            Some(_) | None => client,
        }
    }

    fn verifier(
        &self,
        metadata: &CoreProviderMetadata,
    ) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let (id, keys) = (self.client_id.clone(), metadata.jwks().clone());
        IdTokenVerifier::new_public_client(id, self.issuer.clone(), keys)
            .set_allowed_algs(ALGORITHMS)
    }

    /// Returns what the provider says of itself, asked for at most once a day.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = &known.metadata
            && since.elapsed() < BELIEVED
        {
            return Ok(Arc::clone(metadata));
        }
        if known.failed.is_some_and(|when| when.elapsed() < PAUSE) {
            return Err(Error::unavailable("the provider could not be reached a moment ago")
                .hint("Try again in a few seconds."));
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = match found {
            Ok(metadata) => Arc::new(metadata),
            Err(error) => {
                known.failed = Some(Instant::now());
                return Err(undiscovered(error));
            }
        };
        known.metadata = Some((Instant::now(), Arc::clone(&metadata)));
        Ok(metadata)
    }

    /// Returns the same with its keys of now, unless they were fetched a moment ago.
    async fn with_new_keys(&self) -> Result<Arc<CoreProviderMetadata>> {
        let metadata = self.metadata().await?;
        let mut known = self.known.lock().await;
        if known.keys_fetched.is_some_and(|when| when.elapsed() < KEYS_AGAIN) {
            let newest = known.metadata.as_ref().map(|(_, newest)| Arc::clone(newest));
            return Ok(newest.unwrap_or(metadata));
        }
        known.keys_fetched = Some(Instant::now());
        let keys = fetch_keys(metadata.jwks_uri(), &self.http).await?;
        let renewed = Arc::new(CoreProviderMetadata::clone(&metadata).set_jwks(keys));
        known.metadata = Some((Instant::now(), Arc::clone(&renewed)));
        Ok(renewed)
    }
}

async fn fetch_keys(
    address: &JsonWebKeySetUrl,
    http: &Http,
) -> Result<openidconnect::core::CoreJsonWebKeySet> {
    openidconnect::core::CoreJsonWebKeySet::fetch_async(address, http).await.map_err(undiscovered)
}

fn is_unknown_key(error: Option<&ClaimsVerificationError>) -> bool {
    use ClaimsVerificationError::SignatureVerification;
    matches!(error, Some(SignatureVerification(SignatureVerificationError::NoMatchingKey)))
}

fn redirect_url(address: &str) -> Result<RedirectUrl> {
    RedirectUrl::new(address.to_owned())
        .map_err(|error| Error::invalid("`auth.public_url` is not an address").because(error))
}

fn undiscovered(error: openidconnect::DiscoveryError<OutboundError>) -> Error {
    use openidconnect::DiscoveryError::{Request, Response, Validation};
    match error {
        Request(error) => unreachable(error),
        Validation(_) => Error::unavailable("the provider calls itself something else")
            .hint("Write into `auth.oidc.issuer` exactly what the provider gives as its issuer."),
        Response(status, ..) => Error::unavailable(format!("the provider answers with {status}"))
            .hint("Check `auth.oidc.issuer`."),
        _ => Error::unavailable("what the provider says of itself cannot be read")
            .hint("Check `auth.oidc.issuer`."),
    }
}

/// Says that the provider cannot be reached; advice on fetching documents is of no use here.
fn unreachable(error: OutboundError) -> Error {
    Error::unavailable("the provider cannot be reached")
        .hint("Check `auth.oidc.issuer`, the network, and that the provider runs.")
        .because(error)
}
