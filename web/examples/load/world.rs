//! A server on a data directory of its own, with people and a few documents.

use serde_json::json;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

use footnote_core::{Error, Result};

use crate::Load;
use crate::http::{Client, Shows, failed};
use crate::papers::paper;

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// How long the server may take to start, models included.
const START: Duration = Duration::from_mins(2);

/// How long the server may take to stop.
const STOP: Duration = Duration::from_secs(15);

/// How many documents are there before anybody asks.
const FIRST_PAPERS: u64 = 8;

/// Where the numbers of the first documents begin.
const FIRST_NUMBER: u64 = 1_000_000;

/// The server and everybody who uses it.
pub(crate) struct World {
    /// The process of the server.
    pub(crate) pid: u32,
    /// What chance depends on.
    pub(crate) seed: u64,
    /// Whoever may do everything.
    pub(crate) admin: Client,
    /// People with their logins.
    pub(crate) people: Vec<(String, Client)>,
    /// Whoever does not behave.
    pub(crate) rogue: Client,
    child: Mutex<Child>,
    _folder: TempDir,
}

/// What is left when everybody has gone.
#[expect(clippy::struct_field_names, reason = "a count is called `n_` what it counts")]
pub(crate) struct Left {
    /// How many answers are being made.
    pub(crate) n_answering: u64,
    /// How many questions wait.
    pub(crate) n_waiting: u64,
    /// How many documents were ingested.
    pub(crate) n_ingested: u64,
}

impl World {
    /// Starts the server and makes everybody known to it.
    pub(crate) async fn start(load: &Load) -> Result<Self> {
        let unusable = |error| Error::unavailable("cannot start the program").because(error);
        let folder = tempfile::tempdir().map_err(unusable)?;
        let mut child = Command::new(&load.program)
            .args(["serve", "--bind", "127.0.0.1:0"])
            .env("FOOTNOTE_DATA_DIR", folder.path().join("data"))
            .env("FOOTNOTE__AUTH__MODE", "accounts")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(unusable)?;
        let (address, secret) = timeout(START, announced(&mut child)).await.map_err(failed)??;
        let nobody = Client { address, shows: Shows::Nothing };
        let set_up = json!({"token": secret, "login": "admin", "password": PASSWORD});
        let made = nobody.post("/api/v1/setup", &set_up).await?.succeeded()?;
        let admin = Client { address, shows: Shows::Cookie(made.cookie().unwrap_or_default()) };
        let mut people = Vec::new();
        for number in 0..load.people {
            people.push(newcomer(&admin, format!("person{number}"), number % 2 == 0).await?);
        }
        let (_, rogue) = newcomer(&admin, "rogue".to_owned(), true).await?;
        let pid = child.id().unwrap_or_default();
        let (seed, child) = (load.seed, Mutex::new(child));
        let world = Self { pid, seed, admin, people, rogue, child, _folder: folder };
        world.prepare().await?;
        Ok(world)
    }

    /// Ingests a few documents, and asks once, so that everything is loaded.
    async fn prepare(&self) -> Result<()> {
        let collection = json!({"name": "handbook"});
        self.admin.post("/api/v1/collections", &collection).await?.succeeded()?;
        for number in FIRST_NUMBER..FIRST_NUMBER + FIRST_PAPERS {
            let paper = paper(self.seed, number);
            let path = format!("/api/v1/collections/handbook/documents?name={}", paper.name);
            self.admin.upload(&path, paper.bytes).await?.succeeded()?;
        }
        while self.left().await?.n_ingested < FIRST_PAPERS {
            sleep(Duration::from_millis(200)).await;
        }
        let question = json!({"question": "How long does the library office keep spare keys?"});
        self.admin.post("/api/v1/answers?wait=true", &question).await?.succeeded()?;
        Ok(())
    }

    /// Waits until nothing is answered any more, but not for longer than a while.
    pub(crate) async fn at_rest(&self, limit: Duration) -> Result<Left> {
        let started = Instant::now();
        loop {
            let left = self.left().await?;
            let is_idle = left.n_answering == 0 && left.n_waiting == 0;
            if is_idle || limit < started.elapsed() {
                // What was cut off meanwhile is closed by now, and the last request of ours is.
                sleep(Duration::from_secs(1)).await;
                return Ok(left);
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    async fn left(&self) -> Result<Left> {
        let metrics = self.admin.get("/metrics").await?.succeeded()?;
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        let value = |prefix: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(prefix));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or_default()
        };
        Ok(Left {
            n_answering: value("footnote_answers_in_progress "),
            n_waiting: value("footnote_answer_queue_depth "),
            n_ingested: value("footnote_ingest_documents_total{outcome=\"ready\"} "),
        })
    }

    /// Asks the server to stop, and makes sure that it does.
    pub(crate) async fn stop(&self) -> Result<()> {
        let mut child = self.child.lock().await;
        let asked = Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await;
        asked.map_err(|error| Error::unavailable("cannot stop the server").because(error))?;
        let Ok(ended) = timeout(STOP, child.wait()).await else {
            return Err(Error::unavailable("the server does not stop"));
        };
        match ended {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Error::unavailable(format!("the server ended with {status}"))),
            Err(error) => Err(Error::unavailable("cannot wait for the server").because(error)),
        }
    }
}

/// Reads where the server listens, and what makes the first admin.
async fn announced(child: &mut Child) -> Result<(SocketAddr, String)> {
    let silent = || Error::unavailable("the program did not say where it listens");
    let stdout = child.stdout.take().ok_or_else(silent)?;
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let link = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        let Some((address, secret)) = link.and_then(|link| link.split_once("/setup#")) else {
            continue;
        };
        let address = address.parse().map_err(failed)?;
        let secret = secret.to_owned();
        // What it says from now on is read and dropped, so that it never waits for us.
        tokio::spawn(async move { while let Ok(Some(_line)) = lines.next_line().await {} });
        return Ok((address, secret));
    }
    Err(silent())
}

/// Makes somebody known who reads everything, and returns them with a key or with a session.
async fn newcomer(admin: &Client, login: String, has_key: bool) -> Result<(String, Client)> {
    let new = json!({"login": login, "password": PASSWORD, "role": "reader"});
    admin.post("/api/v1/users", &new).await?.succeeded()?;
    let nobody = Client { address: admin.address, shows: Shows::Nothing };
    let body = json!({"login": login, "password": PASSWORD});
    let signed_in = nobody.post("/api/v1/session", &body).await?.succeeded()?;
    let shows = Shows::Cookie(signed_in.cookie().unwrap_or_default());
    let with_session = Client { address: admin.address, shows };
    if !has_key {
        return Ok((login, with_session));
    }
    let made = with_session.post("/api/v1/keys", &json!({"name": "load"})).await?;
    let made = made.succeeded()?.json()?;
    let key = made.get("key").and_then(|key| key.as_str()).unwrap_or_default().to_owned();
    Ok((login, Client { address: admin.address, shows: Shows::Key(key) }))
}
