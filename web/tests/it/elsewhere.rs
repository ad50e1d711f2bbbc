//! Commands through a server that was named: with a key, and with nothing of its data directory.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use tokio::task::spawn_blocking;

use crate::cli::{code, program, stderr, stdout};
use crate::people::visitor::Visitor;
use crate::people::with_accounts;
use crate::server::{LEAVE, Server};

/// What is typed, at a server, as somebody.
struct Remote {
    url: String,
    key: String,
    /// Where nothing is.
    home: tempfile::TempDir,
}

impl Remote {
    fn command(&self, typed: &[&str]) -> Command {
        let mut command = program(self.home.path());
        command.env("FOOTNOTE_SERVER", &self.url).env("FOOTNOTE_KEY", &self.key).args(typed);
        command
    }

    async fn run(&self, typed: &[&str]) -> Output {
        let mut command = self.command(typed);
        spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    async fn json(&self, typed: &[&str]) -> Value {
        let ran = self.run(typed).await;
        assert_eq!(code(&ran), 0, "{typed:?}: {}", stderr(&ran));
        serde_json::from_str(&stdout(&ran)).unwrap()
    }
}

async fn remote(server: &Server, who: &Visitor, scopes: &[&str]) -> Remote {
    let wanted = json!({"name": "cli", "scopes": scopes});
    let made = who.post(server, "/api/v1/keys", &wanted).await.json();
    let key = made["key"].as_str().unwrap().to_owned();
    let url = format!("http://{}", server.address);
    Remote { url, key, home: tempfile::tempdir().unwrap() }
}

fn written(home: &Path, name: &str, text: &str) -> String {
    let path = home.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_verbs_work_on_a_server_far_away() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let remote = remote(&server, &ada, &["read", "ask", "ingest"]).await;
    let file = written(remote.home.path(), "leave.md", LEAVE);
    let report = remote.json(&["ingest", &file, "-c", "handbook", "--format", "json"]).await;
    assert_eq!((&report["ready"], &report["failed"]), (&json!(1), &json!([])));
    let again = remote.json(&["ingest", &file, "-c", "handbook", "--format", "json"]).await;
    assert_eq!(again["unchanged"], 1);

    let documents = remote.json(&["docs", "list", "--format", "json"]).await;
    let id = documents["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&documents["data"][0]["uri"], &documents["data"][0]["state"]),
        (&json!("leave.md"), &json!("ready"))
    );
    let text = remote.run(&["docs", "text", &id]).await;
    assert!(stdout(&text).contains("28 days"), "{}", stderr(&text));
    for listed in ["chunks", "versions", "show"] {
        let shown = remote.json(&["docs", listed, &id, "--format", "json"]).await;
        assert!(!shown["data"].as_array().is_some_and(Vec::is_empty), "{listed}");
    }
    let found = remote.json(&["search", "annual leave", "--format", "json"]).await;
    assert_eq!(found["passages"][0]["document"]["id"], id.as_str());
    let asked =
        ["ask", "How many days of paid annual leave?", "--mode", "quote", "--format", "json"];
    let answer = remote.json(&asked).await;
    assert!(answer["text"].as_str().unwrap().contains("28 days"), "{answer}");

    let jobs = remote.json(&["jobs", "list", "--format", "json"]).await;
    let shown = remote
        .json(&["jobs", "show", jobs["data"][0]["id"].as_str().unwrap(), "--format", "json"])
        .await;
    assert_eq!(shown["items"][0]["uri"], "leave.md");
    assert_eq!(code(&remote.run(&["docs", "rm", &id]).await), 10, "nobody agreed");
    assert_eq!(code(&remote.run(&["docs", "rm", &id, "--yes"]).await), 0);
    assert_eq!(code(&remote.run(&["docs", "text", &id]).await), 4);
    let made = remote.json(&["collections", "list", "--format", "json"]).await;
    assert_eq!(
        (&made["data"][0]["name"], &made["data"][0]["documents"]),
        (&json!("handbook"), &json!(0))
    );
    assert!(!remote.home.path().join("data").exists(), "nothing is made here");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_refuses_says_what_to_do() {
    let server = with_accounts().await;
    let ada = Visitor::first_admin(&server).await;
    let mut remote = remote(&server, &ada, &["read"]).await;
    let nothing = remote.run(&["docs", "list"]).await;
    assert!(stdout(&nothing).contains("No documents yet"), "{}", stderr(&nothing));
    let refused = remote.run(&["collections", "create", "x"]).await;
    assert_eq!(code(&refused), 3, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("the key is not for this"));
    let local = remote.run(&["backup", "all.tar"]).await;
    assert_eq!(code(&local), 2);
    assert!(stderr(&local).contains("works on a data directory"), "{}", stderr(&local));
    remote.key = "fn_wrong".to_owned();
    assert_eq!(code(&remote.run(&["search", "x"]).await), 3);
    remote.url = "127.0.0.1:1".to_owned();
    assert_eq!(code(&remote.run(&["search", "x"]).await), 2);
    remote.url = "http://127.0.0.1:1".to_owned();
    let silent = remote.run(&["search", "x"]).await;
    assert_eq!(code(&silent), 7);
    assert!(stderr(&silent).contains("no server answers at http://127.0.0.1:1"));
}
