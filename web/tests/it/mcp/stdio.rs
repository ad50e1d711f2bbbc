//! `footnote mcp`: what assistants that start their servers say and hear.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use footnote_core::config::Config;

use super::{QUESTION, call, initialize, message};
use crate::answers::until;
use crate::cli::{code, program, stderr};
use crate::models::Speaker;
use crate::real_models::Journey;
use crate::server::{LEAVE, Server};

/// The program, as an assistant has started it.
struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn of(mut command: Command) -> Self {
        command.arg("mcp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn in_folder(folder: &Path) -> Self {
        Self::of(program(folder))
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input, "{line}").unwrap();
    }

    /// Returns the next message.
    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    fn asks(&mut self, message: &Value) -> Value {
        self.say(&message.to_string());
        let heard = self.hear();
        assert_eq!(heard["id"], message["id"], "{heard}");
        heard
    }

    fn shakes_hands(&mut self) {
        let info = self.asks(&initialize());
        assert_eq!(info["result"]["serverInfo"]["name"], "footnote", "{info}");
        self.say(r#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#);
    }

    /// Ends the input and waits for the program.
    fn leaves(self) -> Output {
        drop((self.input, self.output));
        self.child.wait_with_output().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_server_the_program_passes_on_what_is_said() {
    let server = Server::start().await;
    server.with_leave_policy().await;
    let mut program = Program::in_folder(server.folder());
    program.shakes_hands();
    let found = program.asks(&call("search", &json!({"query": "annual leave"})));
    let url = &found["result"]["structuredContent"]["results"][0]["url"];
    assert!(url.as_str().unwrap().starts_with(&format!("http://{}/", server.address)), "{found}");
    program.say(&with_progress(call("ask", &json!({"question": QUESTION}))).to_string());
    assert_eq!(program.hear()["method"], "notifications/progress");
    let answer = program.hear();
    assert!(answer["result"]["structuredContent"]["answer"].is_string(), "{answer}");
    let unknown = program.asks(&message("tools/remove", &json!({})));
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
    for (line, code) in [("no JSON", -32700), ("[]", -32600)] {
        program.say(line);
        assert_eq!(program.hear()["error"]["code"], code, "{line}");
    }
    let ended = program.leaves();
    assert_eq!((code(&ended), stderr(&ended).as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_withdrawn_stops_the_model() {
    let model = Speaker::endless();
    let n_open = Arc::clone(&model.n_open);
    let server = Server::with(Config::default(), Some(Arc::new(model))).await;
    server.with_leave_policy().await;
    let mut program = Program::in_folder(server.folder());
    program.shakes_hands();
    program.say(&call("ask", &json!({"question": QUESTION})).to_string());
    until(|| n_open.load(Ordering::SeqCst) == 1).await;
    let withdrawn = json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
                           "params": {"requestId": 7, "reason": "the person lost interest"}});
    program.say(&withdrawn.to_string());
    until(|| n_open.load(Ordering::SeqCst) == 0).await;
    let found = program.asks(&call("list_collections", &json!({})));
    assert!(found["result"]["structuredContent"].is_object(), "it still serves: {found}");
    assert_eq!(code(&program.leaves()), 0);
}

#[test]
fn without_a_server_the_program_answers_itself() {
    let Some(journey) = Journey::begin("without_a_server_the_program_answers_itself") else {
        return;
    };
    let file = journey.write("leave.md", LEAVE.as_bytes());
    let ingest = ["ingest", file.to_str().unwrap(), "-c", "handbook"];
    let ingested = journey.program(&ingest).output().unwrap();
    assert_eq!(code(&ingested), 0, "{}", stderr(&ingested));
    let mut program = Program::of(journey.program(&[]));
    program.shakes_hands();
    let found = program.asks(&call("search", &json!({"query": "annual leave"})));
    let id = found["result"]["structuredContent"]["results"][0]["id"].clone();
    let read = program.asks(&call("fetch", &json!({"id": id})));
    let read = &read["result"]["structuredContent"];
    assert!(read["text"].as_str().unwrap().contains("28 days"), "{read}");
    assert!(
        read["url"].as_str().unwrap().starts_with("http://127.0.0.1:8620/documents/"),
        "{read}"
    );
    program.say(&with_progress(call("ask", &json!({"question": QUESTION}))).to_string());
    assert_eq!(program.hear()["method"], "notifications/progress");
    let answer = program.hear();
    assert!(answer["result"]["structuredContent"]["answer"].is_string(), "{answer}");
    let ended = program.leaves();
    assert_eq!((code(&ended), stderr(&ended).as_str()), (0, ""));
}

/// Asks to be told how far it is.
fn with_progress(mut message: Value) -> Value {
    message["params"]["_meta"] = json!({"progressToken": 1});
    message
}

#[test]
fn without_models_the_program_says_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Program::in_folder(folder.path()).leaves();
    assert_eq!(code(&ended), 4);
    assert!(stderr(&ended).contains("footnote models pull"), "{}", stderr(&ended));
}
