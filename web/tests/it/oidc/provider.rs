//! A provider that says what a test wants, wrong things too.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What Footnote and the provider share.
pub(super) const SECRET: &str = "a secret of both";

/// The keys of the provider, one after the other; they guard nothing but these tests.
const KEYS: [&str; 2] = [
    "MC4CAQAwBQYDK2VwBCIEIGLQ3gYQPopQ/q8JpOlm3XOY2nm1na/tTRcq3fO/MTog",
    "MC4CAQAwBQYDK2VwBCIEIG/NByL7I5iie+wPMIez+SR4yRmmGkQYHMEzN6h34fpf",
];

/// How a token is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    Key,
    Nothing,
    Secret,
}

/// What the provider does next.
pub(super) struct Script {
    /// What it says of whoever signs in, over what it should.
    pub(super) claims: Value,
    pub(super) signed: Signed,
    /// Which of its keys it signs with and shows.
    pub(super) key: usize,
    /// How often its keys were fetched.
    pub(super) n_keys_fetched: usize,
    nonce: String,
    challenge: String,
    codes: Vec<String>,
}

/// A provider on this machine.
#[derive(Clone)]
pub(super) struct Provider {
    pub(super) issuer: String,
    script: Arc<Mutex<Script>>,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script = Script {
            claims: json!({}),
            signed: Signed::Key,
            key: 0,
            n_keys_fetched: 0,
            nonce: String::new(),
            challenge: String::new(),
            codes: Vec::new(),
        };
        let provider = Self { issuer, script: Arc::new(Mutex::new(script)) };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    pub(super) fn n_keys_fetched(&self) -> usize {
        self.script.lock().unwrap().n_keys_fetched
    }

    /// Lets somebody sign in who was sent to the provider with these parameters.
    pub(super) fn code(&self, sent: &HashMap<String, String>) -> String {
        let mut script = self.script.lock().unwrap();
        script.nonce.clone_from(&sent["nonce"]);
        script.challenge.clone_from(&sent["code_challenge"]);
        let code = format!("code-{}", script.nonce);
        script.codes.push(code.clone());
        code
    }
}

async fn metadata(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
}

fn signing_key(n: usize) -> CoreEdDsaPrivateSigningKey {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", KEYS[n]);
    let id = Some(JsonWebKeyId::new(n.to_string()));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, id).unwrap()
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut script = provider.script.lock().unwrap();
    script.n_keys_fetched += 1;
    Json(json!({ "keys": [signing_key(script.key).as_verification_key()] }))
}

async fn token(
    State(provider): State<Provider>,
    body: String,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let pairs = openidconnect::url::form_urlencoded::parse(body.as_bytes());
    let sent: HashMap<String, String> = pairs.into_owned().collect();
    let mut script = provider.script.lock().unwrap();
    let is_known = script.codes.iter().position(|code| *code == sent["code"]);
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
    let Some(place) = is_known.filter(|_| hash == script.challenge) else {
        return Err((StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))));
    };
    script.codes.remove(place);
    let token = id_token(&provider.issuer, &script);
    Ok(Json(json!({"access_token": "access", "token_type": "Bearer", "id_token": token})))
}

fn id_token(issuer: &str, script: &Script) -> String {
    let now = footnote_core::clock::Clock::now(&footnote_core::clock::SystemClock).0 / 1000;
    let mut claims = json!({
        "iss": issuer, "aud": "footnote", "iat": now, "exp": now + 60, "nonce": script.nonce,
        "sub": "1", "name": "Bob",
    });
    let (claims, over) = (claims.as_object_mut().unwrap(), script.claims.as_object().unwrap());
    claims.extend(over.clone());
    let algorithm = match script.signed {
        Signed::Key => "EdDSA",
        Signed::Nothing => "none",
        Signed::Secret => "HS256",
    };
    let head = json!({"alg": algorithm, "kid": script.key.to_string(), "typ": "JWT"});
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", part(head.to_string()), part(json!(claims).to_string()));
    let signature = match script.signed {
        Signed::Key => {
            let key = signing_key(script.key);
            key.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap()
        }
        Signed::Nothing => Vec::new(),
        Signed::Secret => {
            let key = CoreHmacKey::new(SECRET);
            key.sign(&CoreJwsSigningAlgorithm::HmacSha256, signed.as_bytes()).unwrap()
        }
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
