//! The configuration at the command line: where each value comes from, and what is wrong with it.

use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

use crate::cli::{code, program, stderr, stdout};

fn run(dir: &Path, args: &[&str]) -> Output {
    program(dir).env("FOOTNOTE__LOG__FORMAT", "json").args(args).output().unwrap()
}

#[test]
fn every_value_is_shown_with_where_it_comes_from() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("footnote.toml"), "[search]\nk = 7\n").unwrap();
    let args = ["config", "show", "--origin", "--format", "json"];
    let shown: Value = serde_json::from_str(&stdout(&run(dir.path(), &args))).unwrap();
    let row = |key: &str| {
        let rows = shown["data"].as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap().clone()
    };
    let expected =
        json!({"key": "search.k", "value": 7, "source": "file", "name": "footnote.toml"});
    assert_eq!(row("search.k"), expected);
    assert_eq!(row("log.format")["name"], "FOOTNOTE__LOG__FORMAT");
    assert_eq!(row("server.bind")["source"], "default");
    assert_eq!(row("data_dir")["name"], "FOOTNOTE_DATA_DIR");
    let flag = run(dir.path(), &["--data-dir", "elsewhere", "config", "show", "--origin"]);
    let first = stdout(&flag).lines().next().unwrap().to_owned();
    assert!(first.starts_with("data_dir") && first.ends_with("--data-dir"), "{first}");
}

#[test]
fn what_is_wrong_is_found_before_a_server_is_started() {
    let dir = tempfile::tempdir().unwrap();
    let ok = run(dir.path(), &["config", "check"]);
    assert_eq!((code(&ok), stdout(&ok).starts_with("ok")), (0, true));
    let file = dir.path().join("footnote.toml");
    std::fs::write(&file, "[server]\nbind = \"everywhere\"\n[answer]\nprompts = \"none\"\n")
        .unwrap();
    let wrong = run(dir.path(), &["config", "check", "--format", "jsonl"]);
    assert_eq!(code(&wrong), 8);
    let keys: Vec<Value> = stdout(&wrong)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["key"].clone())
        .collect();
    assert_eq!(keys, ["server.bind", "answer.prompts"]);
    std::fs::write(&file, "[server]\nbimd = 1\n").unwrap();
    let unknown = run(dir.path(), &["config", "check"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("Did you mean `server.bind`?"), "{}", stderr(&unknown));
}

#[test]
fn every_command_has_a_manual_page() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(code(&run(dir.path(), &["man", "pages"])), 0);
    let page = |name: &str| std::fs::read_to_string(dir.path().join("pages").join(name));
    assert!(page("footnote.1").unwrap().contains("with a footnote for every sentence"));
    assert!(page("footnote-jobs-retry.1").is_ok());
    assert!(page("footnote-parse-worker.1").is_err(), "what is hidden has none");
}
