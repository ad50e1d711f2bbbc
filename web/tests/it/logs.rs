//! No text of a document or of a question is ever logged, whatever the level.

use serde_json::json;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use footnote_core::config::Config;
use footnote_model::fake::FakeGenerator;

use crate::server::Server;

/// Words of the document and of the questions that must not be logged.
const CANARIES: [&str; 4] = ["canarydocument", "canaryquestion", "canarysearch", "canaryhistory"];

/// What was logged while it was listened to.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Whether the log is listened to: only for one test of this program.
static LISTENS: AtomicBool = AtomicBool::new(false);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_documents_and_questions_is_logged() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt::layer().json().with_writer(log.clone());
    let listening = dynamic_filter_fn(|_metadata, _ctx| LISTENS.load(Ordering::Relaxed));
    tracing_subscriber::registry().with(lines.with_filter(listening)).init();
    LISTENS.store(true, Ordering::Relaxed);
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
    LISTENS.store(false, Ordering::Relaxed);
    let text = log.text();
    assert!(text.contains("/api/v1/answers"), "requests are not logged: {text}");
    for canary in CANARIES {
        let line = text.lines().find(|line| line.contains(canary));
        assert_eq!(line, None);
    }
}
