//! No text of a document or of a question is ever logged, whatever the level.

use serde_json::json;
use std::sync::Arc;

use footnote_core::config::Config;
use footnote_model::fake::FakeGenerator;

use crate::overheard::listen;
use crate::server::Server;

/// Words of the document and of the questions that must not be logged.
const CANARIES: [&str; 4] = ["canarydocument", "canaryquestion", "canarysearch", "canaryhistory"];

/// What is logged of every question.
const REQUEST: &str = "/api/v1/answers";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_documents_and_questions_is_logged() {
    let log = listen(&CANARIES);
    let requests = listen(&[REQUEST]);
    let generator = Arc::new(FakeGenerator::new(&["canarydocument is a colour.[1]"]));
    let server = Server::with(Config::default(), Some(generator)).await;
    server.post("/api/v1/collections", &json!({"name": "c"})).await;
    let text = "# Colours\n\nThe canarydocument is a colour that employees like.\n";
    let uploaded = server.upload("c", "colours.md", text.as_bytes()).await.json();
    server.finished(uploaded["job"]["id"].as_str().unwrap()).await;
    server.post("/api/v1/search", &json!({"query": "canarysearch canarydocument"})).await;
    let history = json!([{"role": "user", "content": "canaryhistory"}]);
    for mode in ["quote", "auto", "generate"] {
        let question = json!({"question": "What is a canarydocument, canaryquestion?",
                              "mode": mode, "history": history});
        server.post("/api/v1/answers?wait=true", &question).await;
    }
    server.post("/api/v1/answers", &json!({"question": "canaryquestion", "mode": "wrong"})).await;
    drop(server);
    assert!(!requests.heard().is_empty(), "requests are not logged");
    assert_eq!(log.heard(), Vec::<String>::new());
}
