//! What somebody may not see looks like what does not exist, at every route that takes an id.

use serde_json::{Value, json};

use super::visitor::Visitor;
use super::with_accounts;
use crate::client::Response;
use crate::server::{LEAVE, Server};

/// What everybody asks; only readers of the document may see that it is 28 days.
const QUESTION: &str = "How many days of paid annual leave does a full-time employee get?";

/// What the document alone says.
const CANARY: &str = "28 days";

/// A document in a collection that outsiders may not see, and what has ids around it.
struct World {
    server: Server,
    ada: Visitor,
    outsider: Visitor,
    outsider_id: String,
    collection: String,
    document: String,
    job: String,
    answer: String,
    conversation: String,
}

/// Which id an operation takes; a route that is missing here fails the test below.
enum Takes {
    Collection,
    Document,
    Job,
    Answer,
    Conversation,
    /// It is for admins or about oneself: its tests stand elsewhere.
    Own,
}

fn takes(operation: &str) -> Takes {
    match operation {
        "show_collection"
        | "remove_collection"
        | "change_collection"
        | "upload_document"
        | "list_collection_grants"
        | "grant_collection"
        | "revoke_collection" => Takes::Collection,
        "show_document"
        | "remove_document"
        | "reingest_document"
        | "show_document_text"
        | "list_document_blocks"
        | "show_document_passage"
        | "list_document_chunks"
        | "list_document_versions"
        | "download_document"
        | "list_document_grants"
        | "grant_document"
        | "revoke_document" => Takes::Document,
        "show_job" | "list_job_items" | "follow_job" | "cancel_job" | "pause_job"
        | "resume_job" | "retry_job" => Takes::Job,
        "show_answer" | "follow_answer" | "cancel_answer" | "show_feedback" | "put_feedback" => {
            Takes::Answer
        }
        "show_conversation" | "change_conversation" | "remove_conversation" | "list_turns" => {
            Takes::Conversation
        }
        // Taking nothing back changes nothing, whatever the id.
        "remove_feedback"
        | "end_session"
        | "end_key"
        | "show_person"
        | "change_person"
        | "rename_group"
        | "remove_group"
        | "list_members"
        | "add_member"
        | "remove_member"
        | "show_dataset"
        | "remove_dataset"
        | "list_dataset_questions"
        | "put_dataset_question"
        | "remove_dataset_question"
        | "show_run"
        | "remove_run"
        | "list_run_results"
        | "cancel_run"
        | "install_model"
        | "stop_installing_model" => Takes::Own,
        other => panic!("say what `{other}` takes, and who may call it"),
    }
}

impl World {
    async fn new() -> Self {
        let server = with_accounts().await;
        let ada = Visitor::first_admin(&server).await;
        let made =
            ada.post(&server, "/api/v1/collections", &json!({"name": "secret"})).await.json();
        let document = ada.upload(&server, "secret", ("canary.md", LEAVE)).await;
        let jobs = ada.get(&server, "/api/v1/jobs").await.json();
        let begun = json!({"title": "About leave"});
        let conversation = ada.post(&server, "/api/v1/conversations", &begun).await.json();
        let question = json!({
            "question": QUESTION, "mode": "quote", "conversation_id": conversation["id"]
        });
        let answer = ada.post(&server, "/api/v1/answers?wait=true", &question).await.json();
        assert!(answer["text"].as_str().unwrap().contains(CANARY), "{answer}");
        let (outsider, outsider_id) = ada.add(&server, "outsider", None).await;
        let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
        Self {
            collection: text(&made),
            job: text(&jobs["data"][0]),
            answer: text(&answer),
            conversation: text(&conversation),
            server,
            ada,
            outsider,
            outsider_id,
            document,
        }
    }

    /// Returns an id that is there, and one that is not.
    fn ids(&self, takes: &Takes) -> Option<[String; 2]> {
        let there = match takes {
            Takes::Collection => &self.collection,
            Takes::Document => &self.document,
            Takes::Job => &self.job,
            Takes::Answer => &self.answer,
            Takes::Conversation => &self.conversation,
            Takes::Own => return None,
        };
        let prefix = there.split('_').next().unwrap();
        Some([there.clone(), format!("{prefix}_0190a0a0-0000-7000-8000-000000000000")])
    }

    async fn call(&self, who: &Visitor, method: &str, path: &str) -> Response {
        let request = who.request(&method.to_uppercase(), path);
        let request = match method {
            "put" => request.json(&json!({"role": "reader", "rating": "up"})),
            "patch" => request.json(&json!({"title": "mine"})),
            _ if path.ends_with("/documents?name=x.txt") => request.body(b"text"),
            _ => request,
        };
        request.send(self.server.address).await
    }

    async fn assert_no_canary(&self) {
        for path in ["/api/v1/collections", "/api/v1/documents", "/api/v1/jobs", "/v1/models"] {
            let listed = self.outsider.get(&self.server, path).await.text();
            assert!(!listed.contains("canary") && !listed.contains("secret"), "{path}: {listed}");
        }
        let search = json!({"query": QUESTION});
        let found = self.outsider.post(&self.server, "/api/v1/search", &search).await.json();
        assert_eq!(found["passages"], json!([]));
        let named = json!({"query": "canary", "collections": ["secrets"]});
        let refused = self.outsider.post(&self.server, "/api/v1/search", &named).await;
        assert!(!refused.text().contains("`secret`"), "no suggestion: {}", refused.text());
    }
}

/// Says what can be told apart about a refusal: not the id that was asked for, nor the request's.
fn seen(response: &Response, id: &str) -> (u16, String) {
    let mut body = response.json();
    body["instance"] = Value::Null;
    (response.status, body.to_string().replace(id, "ID"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forbidden_and_what_does_not_exist_look_the_same_at_every_route() {
    let world = World::new().await;
    let described = world.server.get("/openapi.json").await.json();
    let mut n_compared = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !path.contains("{id}") {
                continue;
            }
            let Some(ids) = world.ids(&takes(operation["operationId"].as_str().unwrap())) else {
                continue;
            };
            let upload =
                if operation["operationId"] == "upload_document" { "?name=x.txt" } else { "" };
            let mut looks = Vec::new();
            for id in &ids {
                let path =
                    path.replace("{id}", id).replace("{subject}", &world.outsider_id) + upload;
                let response = world.call(&world.outsider, method, &path).await;
                assert!(!response.text().contains(CANARY), "{method} {path}");
                looks.push(seen(&response, id));
            }
            assert_eq!(looks[0].0, 404, "{method} {path}: {}", looks[0].1);
            assert_eq!(looks[0], looks[1], "{method} {path}");
            n_compared += 1;
        }
    }
    assert!(24 <= n_compared, "{n_compared}");
    world.assert_no_canary().await;
    let kept =
        world.ada.get(&world.server, &format!("/api/v1/documents/{}/text", world.document)).await;
    assert!(kept.text().contains(CANARY), "nobody removed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_opens_what_it_is_on_and_taking_it_away_closes_it_at_once() {
    let world = World::new().await;
    let text = format!("/api/v1/documents/{}/text", world.document);
    let reads = async || world.outsider.get(&world.server, &text).await.status;
    let team =
        world.ada.post(&world.server, "/api/v1/groups", &json!({"name": "team"})).await.json();
    let team = team["id"].as_str().unwrap();
    let member = format!("/api/v1/groups/{team}/members/{}", world.outsider_id);
    let grants = [
        format!("/api/v1/collections/{}/grants/{team}", world.collection),
        format!("/api/v1/documents/{}/grants/{}", world.document, world.outsider_id),
    ];
    assert_eq!(world.ada.put(&world.server, &member, &json!({})).await.status, 204);
    for grant in grants {
        assert_eq!(reads().await, 404);
        let given = world.ada.put(&world.server, &grant, &json!({"role": "reader"})).await;
        assert_eq!(given.status, 204, "{}", given.text());
        assert_eq!(reads().await, 200);
        let question = json!({"question": QUESTION, "mode": "quote"});
        let asked = "/api/v1/answers?wait=true";
        let answer = world.outsider.post(&world.server, asked, &question).await.json();
        assert!(answer["text"].as_str().unwrap().contains(CANARY), "{answer}");
        let link = format!("/api/v1/answers/{}", answer["id"].as_str().unwrap());
        assert_eq!(world.outsider.get(&world.server, &link).await.status, 200);
        assert_eq!(
            world.ada.get(&world.server, &link).await.status,
            404,
            "answers are their asker's"
        );
        let remove = format!("/api/v1/documents/{}", world.document);
        assert_eq!(world.outsider.delete(&world.server, &remove).await.status, 403, "a reader");
        assert_eq!(world.ada.delete(&world.server, &grant).await.status, 204);
        assert_eq!(reads().await, 404);
        let kept = world.outsider.get(&world.server, &link).await;
        assert_eq!(kept.status, 404, "an answer made before shows nothing any more");
    }
    world.assert_no_canary().await;
}
