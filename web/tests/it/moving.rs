//! Backup, restore, export, import and migration at the command line.

use footnote_core::clock::SystemClock;
use footnote_core::config::StoreConfig;
use footnote_core::document::{Chunk, ParsedDocument, Source, Span};
use footnote_core::id::ContentHash;
use footnote_core::model::{Embedding, Fingerprint};
use footnote_store::{NewChunk, NewVersion, Original, SpaceSpec, Store, StoreOptions};
use serde_json::Value;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

use crate::cli::{code, program, stderr, stdout};

const TEXT: &str = "Everybody has 25 days of annual leave.";

/// Puts a document into the data directory of a folder, without a model.
async fn fill(dir: &Path, fingerprint: &str) {
    let space = SpaceSpec {
        model: "a-model".to_owned(),
        fingerprint: Fingerprint(fingerprint.to_owned()),
        dimension: 4,
    };
    let options = StoreOptions {
        data_dir: dir.join("data"),
        config: StoreConfig::default(),
        space: Some(space.clone()),
        clock: Arc::new(SystemClock),
        purpose: "a test".to_owned(),
    };
    let store = Store::open(options).await.unwrap();
    let embedded = ContentHash::of(TEXT.as_bytes());
    let vector = Embedding(vec![0.5, 0.5, 0.5, 0.5]);
    store.put_embeddings(&space.fingerprint, &[(embedded, vector)]).await.unwrap();
    let new = NewVersion {
        collection: store.ensure_collection("handbook").await.unwrap(),
        source: Source { root: "/docs".to_owned(), uri: "leave.txt".to_owned() },
        content: ContentHash::of(TEXT.as_bytes()),
        reading: "plain 1".to_owned(),
        size_bytes: TEXT.len() as u64,
        modified: None,
        original: Some(Original::Bytes(TEXT.as_bytes().into())),
        parsed: ParsedDocument { text: TEXT.to_owned(), ..ParsedDocument::default() },
        chunks: vec![NewChunk { chunk: chunk(), context: String::new(), embedded }],
        sketch: None,
        container: None,
        inside: None,
    };
    store.put_version(new, None).await.unwrap();
    store.close().await.unwrap();
}

fn chunk() -> Chunk {
    let span = Span { start: 0, end: TEXT.len(), char_start: 0, char_end: TEXT.len() };
    Chunk { ordinal: 0, span, page: None, headings: Vec::new(), n_tokens: 8 }
}

async fn filled() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path(), "a-fingerprint").await;
    dir
}

/// Runs a command over a data directory.
fn run(dir: &Path, data: &str, args: &[&str]) -> Output {
    program(dir).args(["--data-dir", data]).args(args).output().unwrap()
}

/// Runs a command that must do what it is asked, and returns its report.
fn report(dir: &Path, data: &str, args: &[&str]) -> Value {
    let output = run(dir, data, &[args, &["--format", "json"]].concat());
    assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

fn text(dir: &Path, data: &str) -> String {
    let listed = stdout(&run(dir, data, &["docs", "list", "--format", "jsonl"]));
    let document: Value = serde_json::from_str(&listed).unwrap();
    stdout(&run(dir, data, &["docs", "text", document["id"].as_str().unwrap()]))
}

#[tokio::test]
async fn a_backup_is_restored_elsewhere() {
    let dir = filled().await;
    let dir = dir.path();
    let written = report(dir, "data", &["backup", "all.footnote"]);
    assert_eq!((&written["documents"], &written["originals"]), (&1.into(), &1.into()));
    assert_eq!(written["archive"], "all.footnote");
    assert_eq!(code(&run(dir, "data", &["backup", "all.footnote"])), 5, "it exists");
    let written = report(dir, "data", &["backup", "all.footnote", "--force"]);

    let verified = report(dir, "none", &["restore", "all.footnote", "--verify"]);
    assert_eq!(verified["rows"], written["rows"]);
    assert!(!dir.join("none").exists(), "nothing is made by looking");
    report(dir, "restored", &["restore", "all.footnote"]);
    assert_eq!(text(dir, "restored"), text(dir, "data"));
    assert_eq!(code(&run(dir, "restored", &["restore", "all.footnote"])), 5, "it is not empty");
    assert_eq!(code(&run(dir, "none", &["restore", "nothing.footnote"])), 4);
    std::fs::write(dir.join("bad.footnote"), "no archive").unwrap();
    let refused = run(dir, "none", &["restore", "bad.footnote"]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("not an archive"), "{}", stderr(&refused));
}

#[tokio::test]
async fn a_backup_goes_through_a_pipe() {
    let dir = filled().await;
    let dir = dir.path();
    let mut writing = program(dir).args(["backup", "-"]).stdout(Stdio::piped()).spawn().unwrap();
    let restoring = program(dir)
        .args(["--data-dir", "piped", "restore", "-"])
        .stdin(writing.stdout.take().unwrap())
        .output()
        .unwrap();
    assert!(writing.wait().unwrap().success());
    assert_eq!(code(&restoring), 0, "{}", stderr(&restoring));
    assert_eq!(text(dir, "piped"), text(dir, "data"));
}

#[tokio::test]
async fn a_collection_goes_to_another_installation() {
    let dir = filled().await;
    let dir = dir.path();
    report(dir, "data", &["export", "some.footnote", "-c", "handbook"]);
    let imported = report(dir, "other", &["import", "some.footnote", "-c", "copies"]);
    assert_eq!((&imported["ready"], &imported["embedded"]), (&1.into(), &0.into()));
    assert_eq!(imported["collections"][0], "copies");
    assert_eq!(text(dir, "other").trim_end(), TEXT);
    let again = report(dir, "other", &["import", "some.footnote", "-c", "copies"]);
    assert_eq!((&again["ready"], &again["unchanged"]), (&0.into(), &1.into()));
    assert_eq!(code(&run(dir, "data", &["export", "x.footnote", "-c", "nothing"])), 4);
    assert!(!dir.join("x.footnote").exists());

    let foreign = tempfile::tempdir().unwrap();
    fill(foreign.path(), "another-fingerprint").await;
    let bundle = dir.join("some.footnote");
    let refused = run(foreign.path(), "data", &["import", bundle.to_str().unwrap()]);
    assert_eq!(code(&refused), 5);
    assert!(stderr(&refused).contains("--embed"), "{}", stderr(&refused));
}

#[tokio::test]
async fn a_migration_says_how_to_use_the_copy() {
    let dir = filled().await;
    let dir = dir.path();
    let output = run(dir, "data", &["migrate", "--to", "copy"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("--data-dir copy"), "{}", stderr(&output));
    assert_eq!(text(dir, "copy"), text(dir, "data"));
    let server = run(dir, "data", &["migrate", "--to", "postgres://me:secret@nowhere/x"]);
    assert_eq!(code(&server), 2);
    assert!(stderr(&server).contains("--index") && !stderr(&server).contains("secret"));
}
