//! No secret shows: not in what is printed, not in errors, not in logs, not over HTTP.

use footnote_core::config::Config;
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

use crate::cli::{code, program, stderr, stdout};
use crate::server::Server;

/// What must not show. Digits alone, because a value of the environment that looks like a number
/// is none when a text is expected.
const CANARIES: [&str; 6] =
    ["8430011", "hunter2-catalog", "hunter2-token", "hunter2-bucket", "hunter2-aws", "hunter2-url"];

/// Prepares the program with a secret in every place that holds one, and everything logged.
fn with_secrets(dir: &Path) -> Command {
    let credentials = dir.join("credentials.toml");
    let hosts = "[\"127.0.0.1\"]\ntoken = \"hunter2-token\"\n\n[\"s3://contracts\"]\n\
                 access_key = \"me\"\nsecret_key = \"hunter2-bucket\"\n";
    std::fs::write(&credentials, hosts).unwrap();
    let mut command = program(dir);
    command
        .env("FOOTNOTE__STORE__INDEX_KEY", "8430011")
        .env("FOOTNOTE__OUTBOUND__CREDENTIALS", credentials)
        .env("FOOTNOTE__OUTBOUND__ALLOW_HOSTS", "127.0.0.1")
        .env("FOOTNOTE__OUTBOUND__ALLOW_PRIVATE", "127.0.0.1")
        .env("FOOTNOTE__LOG__LEVEL", "trace")
        .env("AWS_ACCESS_KEY_ID", "me")
        .env("AWS_SECRET_ACCESS_KEY", "hunter2-aws");
    command
}

fn check(what: &str, text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{what} shows {canary}: {text}");
    }
}

/// Checks everything that a command wrote.
fn check_output(args: &[&str], output: &Output) {
    check(&format!("{args:?}"), &stdout(output));
    check(&format!("the log of {args:?}"), &stderr(output));
}

#[test]
fn the_configuration_is_shown_without_its_secrets() {
    let dir = tempfile::tempdir().unwrap();
    for format in ["text", "json"] {
        let args = ["config", "show", "--format", format];
        let output = with_secrets(dir.path())
            .env("FOOTNOTE__STORE__CATALOG", "postgres://me:hunter2-catalog@db.example/footnote")
            .args(args)
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        check_output(&args, &output);
        assert!(stdout(&output).contains("postgres://me:***@db.example/footnote"));
        assert!(stdout(&output).contains("index_key"));
    }
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    for catalog in [
        "postgres://me:hunter2-catalog@127.0.0.1:1/footnote",
        "postgres://me:hunter2-catalog@127.0.0.1:port/footnote",
        "postgre://me:hunter2-catalog@127.0.0.1/footnote",
        "postgres://127.0.0.1:1/footnote?user=me&password=hunter2-catalog",
    ] {
        for args in [&["docs", "list"][..], &["jobs", "list"], &["doctor"], &["backup", "all"]] {
            let output = with_secrets(dir.path())
                .env("FOOTNOTE__STORE__CATALOG", catalog)
                .env("FOOTNOTE__STORE__INDEX", "http://127.0.0.1:1")
                .args(args)
                .output()
                .unwrap();
            assert_ne!(code(&output), 0, "{args:?}");
            check_output(args, &output);
        }
        let args = ["migrate", "--to", catalog, "--index", "http://127.0.0.1:1"];
        assert_eq!(code(&with_secrets(dir.path()).args(["docs", "list"]).output().unwrap()), 0);
        let output = with_secrets(dir.path()).args(args).output().unwrap();
        assert_ne!(code(&output), 0);
        check(&format!("what {} says", args[0]), &(stdout(&output) + &stderr(&output)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_a_password_is_refused_without_repeating_it() {
    let server = Server::start().await;
    for address in [
        "https://me:hunter2-url@127.0.0.1/page",
        "git+https://hunter2-url@127.0.0.1/repository",
        "https://oauth2:hunter2-url@127.0.0.1/repository.git",
        "dav+https://me:hunter2-url@127.0.0.1/files/",
        "ssh://git:hunter2-url@127.0.0.1/repository",
    ] {
        for args in [&["ingest", address][..], &["sync", "add", address]] {
            let output = with_secrets(server.folder()).args(args).output().unwrap();
            assert_eq!(code(&output), 2, "{args:?}: {}", stderr(&output));
            check_output(args, &output);
        }
    }
    assert_eq!(server.get("/api/v1/jobs").await.json()["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_without_its_secrets() {
    let credentials = tempfile::NamedTempFile::new().unwrap();
    let hosts = "[\"127.0.0.1\"]\ntoken = \"hunter2-token\"\n\n[\"s3://contracts\"]\n\
                 access_key = \"me\"\nsecret_key = \"hunter2-bucket\"\n\
                 endpoint = \"http://127.0.0.1:1\"\n";
    std::fs::write(credentials.path(), hosts).unwrap();
    let mut config = Config::default();
    config.store.index_key = "8430011".to_owned();
    config.outbound.credentials = credentials.path().to_owned();
    config.outbound.allow_hosts = vec!["127.0.0.1".to_owned()];
    config.outbound.allow_private = vec!["127.0.0.1".to_owned()];
    let server = Server::with(config, None).await;
    server.with_leave_policy().await;
    for address in ["s3://contracts/2026", "http://127.0.0.1:1/page", "http://127.0.0.1:1/x.git"] {
        let output = program(server.folder()).args(["sync", "add", address]).output().unwrap();
        assert_eq!(code(&output), 8, "{address}: {}", stderr(&output));
        check_output(&["sync", "add", address], &output);
    }
    for path in ["jobs", "models", "collections", "documents", "nothing"] {
        check(path, &server.get(&format!("/api/v1/{path}")).await.text());
    }
    for job in server.get("/api/v1/jobs").await.json()["data"].as_array().unwrap() {
        let items = format!("/api/v1/jobs/{}/items", job["id"].as_str().unwrap());
        check(&items, &server.get(&items).await.text());
    }
    check("/readyz", &server.get("/readyz").await.text());
    let wrong = server.post("/api/v1/search", &json!({"quer": "x"})).await;
    check("a refusal", &wrong.text());
}
