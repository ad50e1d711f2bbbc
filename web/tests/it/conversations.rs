//! Conversations: trees of questions, kept with their answers as they were shown.

use serde_json::{Value, json};

use crate::client::Request;
use crate::server::Server;

const QUESTION: &str = "How many days of paid annual leave does a full-time employee get?";

async fn begin(server: &Server) -> String {
    let begun = server.post("/api/v1/conversations", &json!({"title": "Leave"})).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    begun.json()["id"].as_str().unwrap().to_owned()
}

async fn ask(server: &Server, conversation: &str, parent: Option<&str>, question: &str) -> Value {
    let asked = json!({
        "question": question, "mode": "quote", "conversation_id": conversation, "parent_id": parent
    });
    let answered = server.post("/api/v1/answers?wait=true", &asked).await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    answered.json()
}

async fn turns(server: &Server, conversation: &str) -> Vec<Value> {
    let listed = server.get(&format!("/api/v1/conversations/{conversation}/turns")).await.json();
    listed["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_stands_on_the_turns_before_it_and_branches_lie_beside_each_other() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let conversation = begin(&server).await;
    let first = ask(&server, &conversation, None, QUESTION).await;
    let id = first["id"].as_str().unwrap();
    let follow = ask(&server, &conversation, Some(id), "And when do they lapse?").await;
    assert_eq!(follow["question"], "And when do they lapse?");
    assert_ne!(follow["standalone_question"], follow["question"], "{follow}");
    let beside = ask(&server, &conversation, Some(id), "When do unused days lapse?").await;
    let turns = turns(&server, &conversation).await;
    let parents: Vec<&Value> = turns.iter().map(|turn| &turn["parent_id"]).collect();
    assert_eq!(parents, [&Value::Null, &first["id"], &first["id"]]);
    assert_eq!([&turns[1]["id"], &turns[2]["id"]], [&follow["id"], &beside["id"]]);

    let nowhere = json!({"question": "x", "conversation_id": conversation, "parent_id": conversation.replace("cnv", "ans")});
    assert_eq!(server.post("/api/v1/answers", &nowhere).await.status, 404);
    let alone = json!({"question": "x", "parent_id": id});
    assert_eq!(server.post("/api/v1/answers", &alone).await.status, 422);
    let other = begin(&server).await;
    let crossed = json!({"question": "x", "conversation_id": other, "parent_id": id});
    assert_eq!(server.post("/api/v1/answers?wait=true", &crossed).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_is_the_same_bytes_and_goes_with_its_document() {
    let server = Server::start().await;
    let document = server.with_leave_policy().await;
    let conversation = begin(&server).await;
    let answer = ask(&server, &conversation, None, QUESTION).await;
    let path = format!("/api/v1/answers/{}", answer["id"].as_str().unwrap());
    let shown = server.get(&path).await.body;
    let kept = server.get(&format!("/api/v1/conversations/{conversation}/turns")).await.text();
    assert!(kept.contains(std::str::from_utf8(&shown).unwrap()), "byte for byte");

    let feedback =
        json!({"rating": "down", "reasons": ["incomplete"], "comment": "and part-time?"});
    let put = Request::new("PUT", &format!("{path}/feedback")).json(&feedback);
    assert_eq!(put.send(server.address).await.status, 204);
    assert_eq!(server.get(&format!("{path}/feedback")).await.json(), feedback);

    assert_eq!(server.delete(&format!("/api/v1/documents/{document}")).await.status, 204);
    let turn = turns(&server, &conversation).await.remove(0);
    assert_eq!((&turn["withdrawn"], &turn["answer"]), (&json!(true), &Value::Null));
    assert_eq!(turn["question"], QUESTION);
    assert_eq!(server.get(&path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_listed_renamed_put_away_and_removed() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(begin(&server).await);
    }
    let page = server.get("/api/v1/conversations?limit=2").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = server.get(&format!("/api/v1/conversations?limit=2&cursor={cursor}")).await.json();
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    let path = format!("/api/v1/conversations/{}", ids[0]);
    let change = json!({"title": "年假", "pinned": true});
    let changed = Request::new("PATCH", &path).json(&change).send(server.address).await.json();
    assert_eq!((&changed["title"], &changed["pinned"]), (&json!("年假"), &json!(true)));
    let found = server.get("/api/v1/conversations?q=%E5%81%87").await.json();
    assert_eq!(found["data"][0]["id"], ids[0].as_str());
    let away = Request::new("PATCH", &path).json(&json!({"archived": true}));
    away.send(server.address).await;
    assert_eq!(
        server.get("/api/v1/conversations").await.json()["data"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        server.get("/api/v1/conversations?archived=true").await.json()["data"][0]["id"],
        ids[0].as_str()
    );
    assert_eq!(server.delete(&path).await.status, 204);
    assert_eq!(server.get(&path).await.status, 404);
    assert_eq!(server.post("/api/v1/conversations", &json!({"title": " "})).await.status, 422);
    assert_eq!(server.get("/api/v1/conversations?cursor=x").await.status, 422);
}
