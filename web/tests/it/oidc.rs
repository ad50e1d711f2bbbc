//! Signing in at a provider: who comes in, as whom, and what is refused.

mod provider;
mod real;

use footnote_core::config::{Admission, AuthMode, Config, OidcConfig};
use openidconnect::url::Url;
use serde_json::{Value, json};
use std::collections::HashMap;

use crate::client::{Request, Response};
use crate::people::visitor::Visitor;
use crate::server::Server;
use provider::{Provider, SECRET, Signed};

/// Starts a server with its first admin, at which people sign in at a provider.
async fn world(change: impl FnOnce(&mut OidcConfig)) -> (Provider, Server, Visitor) {
    let provider = Provider::start().await;
    let mut config = Config::default();
    config.auth.mode = AuthMode::Accounts;
    config.auth.oidc = OidcConfig {
        issuer: provider.issuer.clone(),
        client_id: "footnote".to_owned(),
        client_secret: SECRET.to_owned(),
        ..OidcConfig::default()
    };
    change(&mut config.auth.oidc);
    let server = Server::with(config, None).await;
    let ada = Visitor::first_admin(&server).await;
    (provider, server, ada)
}

/// A browser that was sent to the provider.
struct Sent {
    cookie: String,
    parameters: HashMap<String, String>,
}

async fn start(server: &Server, return_to: &str) -> Sent {
    let path = format!("/api/v1/auth/oidc/start?return_to={return_to}");
    let answer = server.get(&path).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    let to = Url::parse(answer.header("location").unwrap()).unwrap();
    assert_eq!(to.path(), "/authorize");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    Sent { cookie, parameters: to.query_pairs().into_owned().collect() }
}

async fn back(server: &Server, cookie: &str, query: &str) -> Response {
    let path = format!("/api/v1/auth/oidc/callback?{query}");
    Request::new("GET", &path).header("Cookie", cookie).send(server.address).await
}

/// Signs in at the provider; returns the answer of the server.
async fn sign_in(provider: &Provider, server: &Server) -> Response {
    let sent = start(server, "/").await;
    let code = provider.code(&sent.parameters);
    back(server, &sent.cookie, &format!("code={code}&state={}", sent.parameters["state"])).await
}

/// Returns why somebody was not let in; nothing when they were.
fn reason(answer: &Response) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location").unwrap();
    to.split_once("reason=").map(|(_, reason)| reason).unwrap_or_default()
}

async fn person(server: &Server, answer: &Response) -> Value {
    assert_eq!(reason(answer), "");
    Visitor::of(answer).get(server, "/api/v1/session").await.json()["person"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_provider_knows_comes_in_without_rights_and_is_the_same_person_again() {
    let (provider, server, ada) = world(|_| {}).await;
    let shown = server.get("/api/v1/session").await.json();
    assert_eq!(shown["provider"], "single sign-on");
    ada.post(&server, "/api/v1/collections", &json!({"name": "secret"})).await;
    provider.set(|script| script.claims = json!({"preferred_username": "ada", "name": "Ada L."}));
    let first = sign_in(&provider, &server).await;
    let found = person(&server, &first).await;
    assert_eq!((&found["name"], &found["role"]), (&json!("Ada L."), &Value::Null));
    assert_ne!(found["login"], "ada", "nobody's login is taken over");
    let bob = Visitor::of(&first);
    let collections = bob.get(&server, "/api/v1/collections").await.json();
    assert_eq!(collections["data"], json!([]));
    provider.set(|script| script.claims = json!({"preferred_username": "renamed"}));
    let again = sign_in(&provider, &server).await;
    assert_eq!(person(&server, &again).await["id"], found["id"]);
    provider.set(|script| script.claims = json!({"sub": "2"}));
    assert_ne!(person(&server, &sign_in(&provider, &server).await).await["id"], found["id"]);

    assert_eq!(bob.delete(&server, "/api/v1/session").await.status, 204);
    assert_eq!(bob.get(&server, "/api/v1/collections").await.status, 401);
    let path = format!("/api/v1/users/{}", found["id"].as_str().unwrap());
    ada.patch(&server, &path, &json!({"disabled": true})).await;
    provider.set(|script| script.claims = json!({}));
    assert_eq!(reason(&sign_in(&provider, &server).await), "disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_counts_once_in_the_browser_that_left() {
    let (provider, server, _ada) = world(|_| {}).await;
    let (one, two) = (start(&server, "/").await, start(&server, "/%23documents").await);
    let code = provider.code(&two.parameters);
    let query = format!("code={code}&state={}", two.parameters["state"]);
    assert_eq!(reason(&back(&server, &one.cookie, &query).await), "expired");
    assert_eq!(reason(&back(&server, "a=b", &query).await), "expired");
    let entered = back(&server, &two.cookie, &query).await;
    assert_eq!(entered.header("location"), Some("../../../../#documents"));
    assert_eq!(reason(&back(&server, &two.cookie, &query).await), "expired");
    let third = start(&server, "//evil.example").await;
    let replayed = format!("code={code}&state={}", third.parameters["state"]);
    assert_eq!(reason(&back(&server, &third.cookie, &replayed).await), "unreachable");
    let fourth = start(&server, "/").await;
    let declined = format!("error=access_denied&state={}", fourth.parameters["state"]);
    assert_eq!(reason(&back(&server, &fourth.cookie, &declined).await), "declined");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_for_us_or_not_of_the_provider_opens_nothing() {
    let (provider, server, _ada) = world(|_| {}).await;
    for wrong in [
        json!({"nonce": "another"}),
        json!({"aud": "another"}),
        json!({"aud": ["footnote", "another"]}),
        json!({"iss": "https://another.example"}),
        json!({"exp": 1}),
        json!({"sub": ""}),
    ] {
        provider.set(|script| script.claims = wrong.clone());
        assert_eq!(reason(&sign_in(&provider, &server).await), "untrusted", "{wrong}");
    }
    provider.set(|script| script.claims = json!({}));
    for signed in [Signed::Nothing, Signed::Secret] {
        provider.set(|script| script.signed = signed);
        assert!(["untrusted", "unreachable"].contains(&reason(&sign_in(&provider, &server).await)));
    }
    provider.set(|script| script.signed = Signed::Key);
    assert_eq!(reason(&sign_in(&provider, &server).await), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_fetched_once_a_minute() {
    let (provider, server, _ada) = world(|_| {}).await;
    assert_eq!(reason(&sign_in(&provider, &server).await), "");
    let before = provider.n_keys_fetched();
    provider.set(|script| script.key = 1);
    assert_eq!(reason(&sign_in(&provider, &server).await), "");
    provider.set(|script| script.key = 0);
    assert_eq!(reason(&sign_in(&provider, &server).await), "untrusted");
    assert_eq!(provider.n_keys_fetched(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_over_a_login_only_when_it_is_verified_and_that_is_configured() {
    let (provider, server, ada) = world(|oidc| {
        oidc.admit = Admission::Nobody;
        oidc.link_by_email = true;
    })
    .await;
    let (_, id) = ada.add(&server, "bob@example.org", None).await;
    let email = "bob@example.org";
    for unproven in [json!({"email": email}), json!({"email": email, "email_verified": false})] {
        provider.set(|script| script.claims = unproven);
        assert_eq!(reason(&sign_in(&provider, &server).await), "not-admitted");
    }
    provider.set(|script| script.claims = json!({"email": email, "email_verified": true}));
    assert_eq!(person(&server, &sign_in(&provider, &server).await).await["id"], id);
    let another = json!({"email": email, "email_verified": true, "sub": "2"});
    provider.set(|script| script.claims = another);
    assert_eq!(reason(&sign_in(&provider, &server).await), "not-admitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_groups_of_the_provider_give_and_take_a_collection() {
    let (provider, server, ada) = world(|oidc| oidc.groups_claim = "groups".to_owned()).await;
    let made = ada.post(&server, "/api/v1/collections", &json!({"name": "legal"})).await.json();
    let group = ada.post(&server, "/api/v1/groups", &json!({"name": "lawyers"})).await.json();
    let [made, group] = [&made["id"], &group["id"]].map(|id| id.as_str().unwrap());
    let grant = format!("/api/v1/collections/{made}/grants/{group}");
    let granted = ada.put(&server, &grant, &json!({"role": "reader"})).await;
    assert!(granted.status < 300, "{}", granted.text());
    for (groups, n_seen) in [(json!(["lawyers", "others"]), 1), (json!([]), 0)] {
        provider.set(|script| script.claims = json!({ "groups": groups }));
        let bob = Visitor::of(&sign_in(&provider, &server).await);
        let seen = bob.get(&server, "/api/v1/collections").await.json();
        assert_eq!(seen["data"].as_array().unwrap().len(), n_seen);
    }
}
