//! People: the first admin, signing in, keys, and what stops when somebody is kept out.

mod hidden;
mod keys;
mod property;
mod public;
mod unheard;
pub(crate) mod visitor;

use footnote_core::config::{AuthMode, Config};
use serde_json::{Value, json};

use crate::client::Request;
use crate::server::Server;
use visitor::{PASSWORD, Visitor};

/// Starts a server on which people sign in.
pub(crate) async fn with_accounts() -> Server {
    let mut config = Config::default();
    config.auth.mode = AuthMode::Accounts;
    Server::with(config, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_works_before_the_first_admin_is_made_with_the_link_that_works_once() {
    let server = with_accounts().await;
    for path in
        ["/api/v1/collections", "/api/v1/documents", "/v1/models", "/metrics", "/api/v1/users"]
    {
        let refused = server.get(path).await;
        assert_eq!(refused.status, 403, "{path}");
        let code = refused.json();
        let code = code["code"].as_str().or(code["error"]["code"].as_str());
        assert!(matches!(code, Some("setup-required" | "setup_required")), "{path}: {code:?}");
    }
    assert_eq!(server.post("/mcp", &json!({})).await.status, 403);
    let state = server.get("/api/v1/session").await.json();
    assert_eq!((&state["required"], &state["needs_setup"]), (&json!(true), &json!(true)));
    assert_eq!(server.get("/livez").await.status, 204);

    let set_up = |token: &str, password: &str| json!({"token": token, "login": "Ada", "name": "Ada Lovelace", "password": password});
    let token = server.setup.clone().unwrap();
    assert_eq!(server.post("/api/v1/setup", &set_up("wrong", PASSWORD)).await.status, 404);
    assert_eq!(server.post("/api/v1/setup", &set_up(&token, "short")).await.status, 422);
    let made = server.post("/api/v1/setup", &set_up(&token, PASSWORD)).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.json()["person"]["login"], "ada");
    let cookie = made.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(server.post("/api/v1/setup", &set_up(&token, PASSWORD)).await.status, 404);
    let refused = server.get("/api/v1/collections").await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_an_unknown_login_and_a_disabled_person_look_the_same() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let (bob, id) = ada.add(&server, "bob", None).await;
    assert_eq!(bob.get(&server, "/api/v1/session").await.json()["person"]["login"], "bob");
    let disable = json!({"disabled": true});
    assert_eq!(ada.patch(&server, &format!("/api/v1/users/{id}"), &disable).await.status, 200);

    let try_as = async |login: &str, password: &str| {
        let refused =
            server.post("/api/v1/session", &json!({"login": login, "password": password})).await;
        assert!(refused.header("set-cookie").is_none());
        let body = refused.json();
        (refused.status, body["detail"].clone(), body["code"].clone())
    };
    let wrong = try_as("ada", "not her password").await;
    assert_eq!(wrong.0, 401);
    assert_eq!(try_as("nobody", PASSWORD).await, wrong);
    assert_eq!(try_as("bob", PASSWORD).await, wrong);
    for _ in 0..6 {
        try_as("eve", "guess after guess").await;
    }
    let slowed = server.post("/api/v1/session", &json!({"login": "eve", "password": "x"})).await;
    assert_eq!((slowed.status, &slowed.json()["code"]), (429, &json!("rate-limited")));
    assert!(slowed.header("retry-after").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_kept_out_or_gets_another_password_is_out_at_once_with_all_keys() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let (bob, id) = ada.add(&server, "bob", Some("reader")).await;
    let key = bob.make_key(&server, json!({"name": "script"})).await;
    let path = format!("/api/v1/users/{id}");
    let are_in = async || {
        let [session, key] = [&bob, &key].map(|who| who.get(&server, "/api/v1/collections"));
        (session.await.status, key.await.status)
    };
    assert_eq!(are_in().await, (200, 200));
    ada.patch(&server, &path, &json!({"disabled": true})).await;
    assert_eq!(are_in().await, (401, 401));
    ada.patch(&server, &path, &json!({"disabled": false})).await;
    assert_eq!(are_in().await, (401, 401), "what was stopped stays stopped");

    let bob = Visitor::sign_in(&server, "bob").await;
    let other = Visitor::sign_in(&server, "bob").await;
    let change = json!({"old": PASSWORD, "new": "another long password"});
    let changed = bob.put(&server, "/api/v1/session/password", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(bob.get(&server, "/api/v1/collections").await.status, 401);
    assert_eq!(other.get(&server, "/api/v1/collections").await.status, 401);
    let bob = Visitor::of(&changed);
    assert_eq!(bob.get(&server, "/api/v1/collections").await.status, 200);
    let sessions = bob.get(&server, "/api/v1/sessions").await.json();
    assert_eq!(sessions["data"].as_array().unwrap().len(), 1);
    assert_eq!(bob.delete(&server, "/api/v1/session").await.status, 204);
    assert_eq!(bob.get(&server, "/api/v1/collections").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_admin_stays_and_others_administer_nothing() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let me = ada.get(&server, "/api/v1/session").await.json()["person"]["id"].clone();
    let path = format!("/api/v1/users/{}", me.as_str().unwrap());
    for change in [json!({"disabled": true}), json!({"role": null})] {
        assert_eq!(ada.patch(&server, &path, &change).await.status, 409, "{change}");
    }
    let (editor, _) = ada.add(&server, "ed", Some("editor")).await;
    let (nobody, _) = ada.add(&server, "nobody", None).await;
    for who in [&editor, &nobody] {
        for path in ["/api/v1/users", "/api/v1/groups", "/api/v1/audit", "/api/v1/audit/export"] {
            assert_eq!(who.get(&server, path).await.status, 403, "{path}");
        }
    }
    assert_eq!(
        nobody.post(&server, "/api/v1/collections", &json!({"name": "c"})).await.status,
        403
    );
    assert_eq!(nobody.get(&server, "/metrics").await.status, 403);
    assert_eq!(
        editor.post(&server, "/api/v1/collections", &json!({"name": "c"})).await.status,
        201
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_site_or_a_form_changes_nothing_by_the_session() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let make = || ada.request("POST", "/api/v1/collections").json(&json!({"name": "c"}));
    let without = Request::new("POST", "/api/v1/collections")
        .header("Cookie", &ada.cookie())
        .json(&json!({"name": "c"}));
    assert_eq!(without.send(server.address).await.status, 403);
    let foreign = make().header("Origin", "https://evil.example");
    assert_eq!(foreign.send(server.address).await.status, 403);
    assert_eq!(make().send(server.address).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_loopback_everybody_signs_in_from_the_moment_there_is_an_admin() {
    let server = Server::start().await;
    assert!(server.setup.is_none());
    assert_eq!(server.get("/api/v1/collections").await.status, 200);
    let ada = json!({"login": "ada", "password": PASSWORD, "role": "admin"});
    assert_eq!(server.post("/api/v1/users", &ada).await.status, 201);
    assert_eq!(server.get("/api/v1/collections").await.status, 401);
    let ada = Visitor::sign_in(&server, "ada").await;
    assert_eq!(ada.get(&server, "/api/v1/collections").await.status, 200);
    let token = footnote::auth::local_token(&server.folder().join("data")).unwrap();
    let owner = Visitor::with_bearer(&token);
    assert_eq!(owner.get(&server, "/api/v1/users").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_written_down_and_can_be_exported() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    ada.add(&server, "bob", None).await;
    server.post("/api/v1/session", &json!({"login": "ada", "password": "canary-password"})).await;
    ada.post(&server, "/api/v1/collections", &json!({"name": "canary-name"})).await;
    let log = ada.get(&server, "/api/v1/audit").await.json();
    let actions: Vec<&str> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    for action in ["collection.make", "session.refuse", "session.open", "person.add", "setup"] {
        assert!(actions.contains(&action), "{action} of {actions:?}");
    }
    assert!(log["data"].as_array().unwrap().iter().all(|entry| entry["origin"] == "127.0.0.1"));
    let export = ada.get(&server, "/api/v1/audit/export").await;
    assert!(export.header("content-disposition").unwrap().starts_with("attachment"));
    let lines: Vec<Value> =
        export.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(actions.len() < lines.len());
    assert!(!export.text().contains("canary"), "no names, no passwords");
    let page = ada.get(&server, "/api/v1/audit?limit=1&action=person.add").await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_too_much_is_told_when_to_come_back_and_others_are_served() {
    let mut config = Config::default();
    config.auth.mode = AuthMode::Accounts;
    config.auth.requests_per_minute = 30;
    let server = Server::with(config, None).await;
    let ada = Visitor::first_admin(&server).await;
    let (bob, _) = ada.add(&server, "bob", None).await;
    let first = bob.get(&server, "/api/v1/collections").await;
    assert_eq!(first.header("ratelimit-limit"), Some("30"));
    let left: u32 = first.header("ratelimit-remaining").unwrap().parse().unwrap();
    assert!(left < 30, "{left}");
    let mut last = first;
    for _ in 0..40 {
        last = bob.get(&server, "/api/v1/collections").await;
    }
    assert_eq!((last.status, &last.json()["code"]), (429, &json!("rate-limited")));
    assert!(last.header("retry-after").is_some());
    assert_eq!(ada.get(&server, "/api/v1/collections").await.status, 200);
}
