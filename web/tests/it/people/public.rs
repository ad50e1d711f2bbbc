//! What everybody may read, and who may say so.

use serde_json::json;

use super::visitor::Visitor;
use super::with_accounts;
use crate::client::Request;
use crate::happenings::read_until;
use crate::server::LEAVE;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_a_public_collection_and_nobody_writes_it_for_that() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    ada.post(&server, "/api/v1/collections", &json!({"name": "news"})).await;
    let document = ada.upload(&server, "news", ("leave.md", LEAVE)).await;
    let (bob, bob_id) = ada.add(&server, "bob", None).await;
    let text = format!("/api/v1/documents/{document}/text");
    let news = "/api/v1/collections/news";
    assert_eq!(bob.get(&server, &text).await.status, 404);
    assert_eq!(bob.patch(&server, news, &json!({"public": true})).await.status, 404);
    assert_eq!(ada.patch(&server, news, &json!({"public": true})).await.status, 200);
    assert_eq!(bob.get(&server, &text).await.status, 200);
    let role = async |who: &Visitor| who.get(&server, news).await.json()["role"].clone();
    assert_eq!((role(&ada).await, role(&bob).await), (json!("admin"), json!("reader")));
    let found = bob.post(&server, "/api/v1/search", &json!({"query": "annual leave"})).await.json();
    assert_eq!(found["passages"][0]["document"]["id"], document.as_str());
    for refused in [
        bob.patch(&server, news, &json!({"public": false})).await,
        bob.delete(&server, &format!("/api/v1/documents/{document}")).await,
        bob.post(&server, &format!("/api/v1/documents/{document}/reingest"), &json!({})).await,
    ] {
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
    let granted = format!("{news}/grants/{bob_id}");
    assert_eq!(ada.put(&server, &granted, &json!({"role": "editor"})).await.status, 204);
    assert_eq!(bob.patch(&server, news, &json!({"public": false})).await.status, 403, "an editor");
    assert_eq!(role(&bob).await, "editor");

    assert_eq!(ada.patch(&server, news, &json!({"public": false})).await.status, 200);
    assert_eq!(ada.delete(&server, &granted).await.status, 204);
    assert_eq!(bob.get(&server, &text).await.status, 404);
    let audit = ada.get(&server, "/api/v1/audit").await.text();
    for deed in ["collection.publish", "collection.unpublish"] {
        assert!(audit.contains(deed), "{audit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_is_made_again_is_not_public() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let news = "/api/v1/collections/news";
    let new = json!({"name": "news"});
    ada.post(&server, "/api/v1/collections", &new).await;
    ada.patch(&server, news, &json!({"public": true})).await;
    assert_eq!(ada.delete(&server, news).await.status, 204);
    ada.post(&server, "/api/v1/collections", &new).await;
    assert_eq!(ada.get(&server, news).await.json()["public"], false);
    let (bob, _) = ada.add(&server, "bob", None).await;
    assert_eq!(bob.get(&server, news).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_nobody_what_they_may_not_see_and_ends_with_the_session() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    ada.post(&server, "/api/v1/collections", &json!({"name": "secret"})).await;
    let (bob, _) = ada.add(&server, "bob", None).await;
    let mut stream = bob.request("GET", "/api/v1/events").start(server.address).await;
    read_until(&mut stream, "retry:").await;
    ada.upload(&server, "secret", ("leave.md", LEAVE)).await;
    let question = json!({"question": "How many days?", "mode": "quote"});
    let asked = bob.post(&server, "/api/v1/answers", &question).await.json();
    let said = read_until(&mut stream, asked["id"].as_str().unwrap()).await;
    assert!(!said.contains("job"), "{said}");

    let end: Request = bob.request("DELETE", "/api/v1/session");
    assert_eq!(end.send(server.address).await.status, 204);
    let mut rest = Vec::new();
    let ending = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    tokio::time::timeout(std::time::Duration::from_mins(2), ending).await.unwrap().unwrap();
}
