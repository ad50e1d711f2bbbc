//! Documents as resources.

use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::{Assistant, message};
use crate::server::Server;

/// How many documents a page has.
const PAGE: usize = 100;

async fn page(assistant: &Assistant, params: &Value) -> (Vec<String>, Value) {
    let listed = assistant.result(&message("resources/list", params)).await;
    let resources = listed["resources"].as_array().unwrap().iter();
    let uris = resources.map(|resource| resource["uri"].as_str().unwrap().to_owned()).collect();
    (uris, listed["nextCursor"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_resources_with_their_text() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    let document = server.with_leave_policy().await;
    let listed = assistant.result(&message("resources/list", &json!({}))).await;
    let uri = format!("footnote://documents/{document}");
    let expected = json!({"uri": uri, "name": "leave.md", "title": "Leave policy",
                          "mimeType": "text/plain"});
    assert_eq!(listed, json!({"resources": [expected]}));
    let templates = assistant.result(&message("resources/templates/list", &json!({}))).await;
    assert_eq!(templates["resourceTemplates"][0]["uriTemplate"], "footnote://documents/{id}");
    let read = assistant.result(&message("resources/read", &json!({"uri": uri}))).await;
    assert_eq!((&read["contents"][0]["uri"], &read["contents"][1]), (&json!(uri), &Value::Null));
    assert!(read["contents"][0]["text"].as_str().unwrap().contains("28 days"), "{read}");
    let none = "00000000-0000-0000-0000-000000000000";
    for uri in ["file:///etc/passwd", &format!("footnote://documents/doc_{none}")] {
        let (code, said) =
            assistant.refused(&message("resources/read", &json!({"uri": uri}))).await;
        assert_eq!(code, -32002, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_page_by_page() {
    let server = Server::start().await;
    let assistant = Assistant::of(&server);
    server.post("/api/v1/collections", &json!({"name": "handbook"})).await;
    let mut jobs = Vec::new();
    for n in 0..=PAGE {
        let text = format!("# Rule {n}\n\nRule number {n} is to be kept.\n");
        let uploaded = server.upload("handbook", &format!("{n}.md"), text.as_bytes()).await.json();
        jobs.push(uploaded["job"]["id"].as_str().unwrap().to_owned());
    }
    for job in jobs {
        assert_eq!(server.finished(&job).await["state"], "completed");
    }
    let (mut uris, cursor) = page(&assistant, &json!({})).await;
    assert_eq!(uris.len(), PAGE);
    let (rest, none) = page(&assistant, &json!({"cursor": cursor})).await;
    assert_eq!((rest.len(), none), (1, Value::Null));
    uris.extend(rest);
    assert_eq!(uris.into_iter().collect::<BTreeSet<_>>().len(), PAGE + 1);
    let unreadable = message("resources/list", &json!({"cursor": "x"}));
    assert_eq!(
        assistant.refused(&unreadable).await,
        (-32602, "`cursor` is not one of ours".into())
    );
}
