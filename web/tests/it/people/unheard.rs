//! Whatever people send and get, no word of it is in a log, at any level: passwords, sessions, keys,
//! questions, answers, comments, and texts of documents.

use serde_json::json;

use super::visitor::{PASSWORD, Visitor};
use super::with_accounts;
use crate::client::Request;
use crate::overheard::listen;
use crate::server::Server;

/// What somebody sends who guesses.
const GUESSED: [&str; 3] =
    ["wrongcanarypassword", "fn_canarykeyid_canarykeysecret", "canarysession"];

/// What people write.
const WRITTEN: [&str; 6] = [
    "canaryuploaded",
    "canaryasked",
    "canarysought",
    "canarycomment",
    "canarytitle",
    "canaryassistant",
];

/// Signs in, out and wrongly, and changes passwords; returns who is in, and all that was secret.
async fn passwords(server: &Server) -> (Visitor, Vec<String>) {
    let token = server.setup.clone().unwrap();
    let ada = Visitor::first_admin(server).await;
    let wrong = json!({"login": "ada", "password": GUESSED[0]});
    assert_eq!(server.post("/api/v1/session", &wrong).await.status, 401);
    let (bob, id) = ada.add(server, "bob", Some("reader")).await;
    let change = json!({"old": PASSWORD, "new": "changedcanarypassword"});
    let changed = bob.put(server, "/api/v1/session/password", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let set = json!({"password": "setbycanaryadmin"});
    let path = format!("/api/v1/users/{id}");
    assert_eq!(ada.patch(server, &path, &set).await.status, 200);
    let sessions = [&ada, &bob, &Visitor::of(&changed)].map(Visitor::cookie);
    let sessions = sessions.iter().map(|cookie| cookie.split_once('=').unwrap().1.to_owned());
    let mut secrets: Vec<String> = sessions.collect();
    secrets.extend([token, PASSWORD.to_owned()]);
    secrets.extend(["changedcanarypassword", "setbycanaryadmin"].map(str::to_owned));
    (ada, secrets)
}

/// Makes and shows keys, good and bad; returns one, and all that was secret.
async fn keys(server: &Server, ada: &Visitor) -> (Visitor, Vec<String>) {
    let wanted = json!({"name": "all", "scopes": ["read", "ask", "ingest", "admin"]});
    let made = ada.post(server, "/api/v1/keys", &wanted).await.json();
    let key = made["key"].as_str().unwrap().to_owned();
    let local = footnote::auth::local_token(&server.folder().join("data")).unwrap();
    for (shown, status) in [(&*key, 200), (&local, 200), (GUESSED[1], 401)] {
        let who = Visitor::with_bearer(shown);
        assert_eq!(who.get(server, "/api/v1/collections").await.status, status);
    }
    let cookie = format!("footnote_session={}", GUESSED[2]);
    let guessed = Request::new("GET", "/api/v1/collections").header("Cookie", &cookie);
    assert_eq!(guessed.send(server.address).await.status, 401);
    // `fn_`, the id, `_`, and the secret, in which `_` may stand too.
    let secret = key.splitn(3, '_').last().unwrap().to_owned();
    (Visitor::with_bearer(&key), vec![secret, local])
}

/// Uploads, searches, asks in every way, and says something about the answer.
async fn words(server: &Server, who: &Visitor, file: &str) {
    who.post(server, "/api/v1/collections", &json!({"name": "c"})).await;
    let text = "# Colours\n\nThe canaryuploaded is a colour that employees like.\n";
    who.upload(server, "c", (file, text)).await;
    let question = "Which colour is the canaryuploaded, canaryasked?";
    who.post(server, "/api/v1/search", &json!({"query": "canarysought canaryuploaded"})).await;
    let begun = who.post(server, "/api/v1/conversations", &json!({"title": "canarytitle"})).await;
    let begun = begun.json()["id"].clone();
    let asked = json!({"question": question, "mode": "quote", "conversation_id": begun});
    let answer = who.post(server, "/api/v1/answers?wait=true", &asked).await.json();
    let path = format!("/api/v1/answers/{}/feedback", answer["id"].as_str().unwrap());
    let said = json!({"rating": "down", "reasons": ["wrong"], "comment": "canarycomment"});
    assert_eq!(who.put(server, &path, &said).await.status, 204);
    let chat = json!({"model": "footnote", "messages": [{"role": "user", "content": question}]});
    who.post(server, "/v1/chat/completions", &chat).await;
    for (tool, arguments) in [
        ("search", json!({"query": "canaryassistant canaryuploaded"})),
        ("ask", json!({"question": format!("{question} canaryassistant")})),
    ] {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments}});
        let request = who.request("POST", "/mcp").json(&call);
        let request = request.header("Accept", "application/json, text/event-stream");
        let request = request.header("MCP-Protocol-Version", "2025-06-18");
        assert_eq!(request.send(server.address).await.status, 200, "{tool}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_word_of_anybody_is_logged() {
    let log = listen(&[""]);
    let server = with_accounts().await;
    let (ada, mut secrets) = passwords(&server).await;
    let (key, of_keys) = keys(&server, &ada).await;
    words(&server, &ada, "ada.md").await;
    words(&server, &key, "key.md").await;
    drop(server);
    secrets.extend(of_keys);
    secrets.extend(GUESSED.iter().chain(&WRITTEN).map(ToString::to_string));
    let lines = log.heard();
    for logged in ["/api/v1/session", "/mcp", "/api/v1/answers", "sqlx"] {
        assert!(lines.iter().any(|line| line.contains(logged)), "{logged} is not logged");
    }
    for secret in secrets {
        assert!(8 <= secret.len(), "{secret} may stand in a log by chance");
        assert_eq!(lines.iter().find(|line| line.contains(&secret)), None, "{secret} is logged");
    }
}
