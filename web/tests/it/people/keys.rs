//! What a key is for, and how far it reaches.

use serde_json::json;

use super::visitor::Visitor;
use super::with_accounts;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_what_it_is_for_and_reaches_no_further_than_it_says() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    for name in ["one", "two"] {
        ada.post(&server, "/api/v1/collections", &json!({"name": name})).await;
    }
    let make = async |wanted| ada.make_key(&server, wanted).await;
    let read = make(json!({"name": "r", "scopes": ["read"], "collections": ["one"]})).await;
    let listed = read.get(&server, "/api/v1/collections").await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    assert_eq!(read.get(&server, "/api/v1/collections/two").await.status, 404);
    let question = json!({"question": "why?"});
    assert_eq!(read.post(&server, "/api/v1/answers?wait=true", &question).await.status, 403);
    assert_eq!(read.delete(&server, "/api/v1/collections/one").await.status, 403);

    let ask = make(json!({"name": "a", "scopes": ["ask"]})).await;
    assert_eq!(ask.post(&server, "/api/v1/answers?wait=true", &question).await.status, 200);
    assert_eq!(ask.get(&server, "/api/v1/users").await.status, 403);
    assert_eq!(ask.post(&server, "/api/v1/keys", &json!({"name": "more"})).await.status, 403);

    let ingest = make(json!({"name": "i", "scopes": ["ingest"]})).await;
    ingest.upload(&server, "one", ("a.txt", "text")).await;
    assert_eq!(ingest.delete(&server, "/api/v1/collections/one").await.status, 403);
    assert_eq!(
        make(json!({"name": "x", "scopes": ["admin"]}))
            .await
            .get(&server, "/api/v1/users")
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_ended_by_its_owner_alone() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let (bob, _) = ada.add(&server, "bob", Some("reader")).await;
    let made = ada.post(&server, "/api/v1/keys", &json!({"name": "k", "days": 1})).await.json();
    let secret = made["key"].as_str().unwrap();
    assert!(secret.starts_with("fn_"));
    let listed = ada.get(&server, "/api/v1/keys").await;
    assert!(!listed.text().contains(secret.splitn(3, '_').last().unwrap()));
    assert!(listed.json()["data"][0]["expires_ms"].is_i64());
    let path = format!("/api/v1/keys/{}", made["id"].as_str().unwrap());
    assert_eq!(bob.delete(&server, &path).await.status, 404);
    let key = Visitor::with_bearer(secret);
    assert_eq!(key.get(&server, "/api/v1/collections").await.status, 200);
    assert_eq!(ada.delete(&server, &path).await.status, 204);
    assert_eq!(key.get(&server, "/api/v1/collections").await.status, 401);
    for wrong in [json!({"name": ""}), json!({"name": "k", "days": 0})] {
        assert_eq!(ada.post(&server, "/api/v1/keys", &wrong).await.status, 422, "{wrong}");
    }
    let none = json!({"name": "k", "collections": ["nowhere"]});
    assert_eq!(ada.post(&server, "/api/v1/keys", &none).await.status, 404);
}
