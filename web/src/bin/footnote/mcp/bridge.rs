//! Passes what an assistant says on to the server that holds the data directory, and back what that
//! one says.

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, stdin, stdout};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use footnote_core::{Error, Result};

use crate::client::Server;

/// How many messages may wait for an assistant that reads slowly.
const MESSAGES_AHEAD: usize = 32;

/// The error of a message that is no JSON.
const PARSE_ERROR: i32 = -32700;

/// The error of a message that is none of the protocol.
const INVALID_REQUEST: i32 = -32600;

/// The error of a message to which the server has no answer.
const INTERNAL_ERROR: i32 = -32603;

/// How long what was asked may go on once the input has ended.
const GRACE: Duration = Duration::from_secs(5);

/// Passes messages on until the input ends or the token is cancelled.
pub(super) async fn run(server: Server, stop: &CancellationToken) -> Result<()> {
    let (said, to_say) = mpsc::channel(MESSAGES_AHEAD);
    let mut bridge = Bridge { server, said, version: Arc::default(), asked: HashMap::new() };
    let listen = async move {
        let mut open = JoinSet::new();
        let listened = bridge.listen(&mut open, stop).await;
        let ended = async { while open.join_next().await.is_some() {} };
        if stop.run_until_cancelled(timeout(GRACE, ended)).await != Some(Ok(())) {
            tracing::debug!("what was asked last is not answered any more");
        }
        // With the bridge goes the last who has something to say, which ends the writing.
        listened
    };
    let (listened, written) = tokio::join!(listen, write(to_say));
    listened.and(written)
}

/// What is going on between the two.
struct Bridge {
    server: Server,
    said: mpsc::Sender<Value>,
    /// The version of the protocol that the two agreed on, where they did once for all.
    version: Arc<OnceLock<String>>,
    /// What is being answered, by the id that the assistant gave it.
    asked: HashMap<String, AbortHandle>,
}

impl Bridge {
    async fn listen(&mut self, open: &mut JoinSet<()>, stop: &CancellationToken) -> Result<()> {
        let mut lines = BufReader::new(stdin()).lines();
        while let Some(line) = stop.run_until_cancelled(lines.next_line()).await {
            match line.map_err(|error| broken("input", error))? {
                Some(line) if line.trim().is_empty() => {}
                Some(line) => self.hear(&line, open).await,
                None => break,
            }
            while open.try_join_next().is_some() {}
        }
        Ok(())
    }

    /// Takes a message: a question is passed on, one that is withdrawn is stopped, and the rest
    /// says nothing that a server without sessions would want to know.
    async fn hear(&mut self, line: &str, open: &mut JoinSet<()>) {
        let Ok(message) = serde_json::from_str::<Value>(line) else {
            say(&self.said, failure(&Value::Null, PARSE_ERROR, "the message is no JSON")).await;
            return;
        };
        if !message.is_object() {
            say(&self.said, failure(&Value::Null, INVALID_REQUEST, "send one message a line"))
                .await;
            return;
        }
        self.asked.retain(|_id, asked| !asked.is_finished());
        if message["method"] == "notifications/cancelled" {
            let asked = self.asked.remove(&message["params"]["requestId"].to_string());
            if let Some(asked) = asked {
                asked.abort();
            }
        } else if message["method"].is_string() && !message["id"].is_null() {
            let id = message["id"].to_string();
            let (version, said) = (Arc::clone(&self.version), self.said.clone());
            self.asked
                .insert(id, open.spawn(exchange(self.server.clone(), message, version, said)));
        }
    }
}

/// Passes a question on, and back what the server says to it.
async fn exchange(
    server: Server,
    message: Value,
    version: Arc<OnceLock<String>>,
    said: mpsc::Sender<Value>,
) {
    let exchanged = async {
        let known = version.get().map(String::as_str);
        let mut replies = pin!(server.tell(&message, known).await?);
        while let Some(reply) = replies.next().await {
            let reply = reply?;
            if let Some(agreed) = reply["result"]["protocolVersion"].as_str() {
                version.get_or_init(|| agreed.to_owned());
            }
            say(&said, reply).await;
        }
        Ok::<_, Error>(())
    };
    if let Err(error) = exchanged.await {
        say(&said, failure(&message["id"], INTERNAL_ERROR, error.message())).await;
    }
}

async fn say(said: &mpsc::Sender<Value>, message: Value) {
    if said.send(message).await.is_err() {
        tracing::debug!("the assistant does not read any more");
    }
}

/// Writes messages, one a line.
async fn write(mut to_say: mpsc::Receiver<Value>) -> Result<()> {
    let mut out = stdout();
    while let Some(message) = to_say.recv().await {
        let line = format!("{message}\n");
        out.write_all(line.as_bytes()).await.map_err(|error| broken("output", error))?;
        out.flush().await.map_err(|error| broken("output", error))?;
    }
    Ok(())
}

fn failure(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

fn broken(end: &str, error: std::io::Error) -> Error {
    Error::unavailable(format!("standard {end} broke off")).because(error)
}
