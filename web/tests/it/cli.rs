//! The command line: exit codes, formats, and what is said when something is wrong.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Prepares the program with a data directory and nothing of the machine's own configuration.
pub(crate) fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_footnote"));
    command
        .env_clear()
        .env("HOME", dir)
        .env("FOOTNOTE_DATA_DIR", dir.join("data"))
        .current_dir(dir);
    command
}

fn run(dir: &TempDir, args: &[&str]) -> Output {
    program(dir.path()).args(args).output().unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("the program ended by itself")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let dir = dir();
    for args in
        [&["nonsense"][..], &["search"], &["search", "x", "-k", "0"], &["jobs", "show", "x"]]
    {
        assert_eq!(code(&run(&dir, args)), 2, "{args:?}");
    }
    for args in [&["--help"][..], &["ingest", "--help"], &["--version"]] {
        assert_eq!(code(&run(&dir, args)), 0, "{args:?}");
    }
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let dir = dir();
    for args in [&["ask", "How?"][..], &["search", "x"], &["ingest", "."]] {
        let output = run(&dir, args);
        assert_eq!((code(&output), stdout(&output).as_str()), (4, ""), "{args:?}");
        let said = stderr(&output);
        assert!(said.starts_with("error: "), "{said}");
        assert!(said.contains("hint: ") && said.contains("footnote models pull"), "{said}");
    }
}

#[test]
fn an_unknown_collection_is_not_found() {
    let dir = dir();
    let output = run(&dir, &["docs", "list", "-c", "nothing"]);
    assert_eq!(code(&output), 4);
    assert!(stderr(&output).contains("there is no collection `nothing`"));
}

#[test]
fn nothing_is_removed_without_a_yes() {
    let dir = dir();
    assert_eq!(code(&run(&dir, &["collections", "create", "handbook"])), 0);
    let refused = run(&dir, &["collections", "rm", "handbook"]);
    assert_eq!(code(&refused), 10);
    assert!(stderr(&refused).contains("--yes"));
    assert_eq!(code(&run(&dir, &["collections", "rm", "handbook", "--yes"])), 0);
    assert_eq!(stdout(&run(&dir, &["collections", "list", "--format", "jsonl"])), "");
}

#[test]
fn json_is_one_document_and_jsonl_a_line_each() {
    let dir = dir();
    for name in ["a", "b"] {
        assert_eq!(code(&run(&dir, &["collections", "create", name])), 0);
    }
    let list: Value =
        serde_json::from_str(&stdout(&run(&dir, &["collections", "list", "--format", "json"])))
            .unwrap();
    assert_eq!(list["data"][1]["name"], "b");
    let lines = stdout(&run(&dir, &["collections", "list", "--format", "jsonl"]));
    let names: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["name"].clone())
        .collect();
    assert_eq!(names, ["a", "b"]);
    let models: Value =
        serde_json::from_str(&stdout(&run(&dir, &["models", "list", "--format", "json"]))).unwrap();
    assert_eq!(models["data"][0]["state"], "missing");
    let paths: Value =
        serde_json::from_str(&stdout(&run(&dir, &["config", "path", "--format", "json"]))).unwrap();
    assert_eq!(paths["data_dir"].as_str().unwrap(), dir.path().join("data").to_str().unwrap());
}

#[test]
fn a_misspelt_key_of_the_configuration_is_refused_with_the_right_one() {
    let dir = dir();
    std::fs::write(dir.path().join("footnote.toml"), "[server]\nbimd = \"127.0.0.1:1\"\n").unwrap();
    let output = run(&dir, &["config", "show"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("server.bind"), "{}", stderr(&output));
}

#[test]
fn only_loopback_is_served_where_accounts_are_turned_off() {
    let dir = dir();
    std::fs::write(dir.path().join("footnote.toml"), "[auth]\nmode = \"none\"\n").unwrap();
    let output = run(&dir, &["serve", "--bind", "0.0.0.0:0"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("use a loopback address"), "{}", stderr(&output));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let dir = dir();
    let mut child = program(dir.path())
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
}

#[test]
fn the_doctor_says_what_is_amiss_and_what_to_do() {
    let dir = dir();
    let output = run(&dir, &["doctor", "--format", "json"]);
    assert_eq!(code(&output), 8);
    let checks: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let state = |name: &str| {
        let checks = checks["data"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}"))["state"].clone()
    };
    for name in
        ["data directory", "free disk", "lock", "catalog", "index", "parser", "parser limits"]
    {
        assert_eq!(state(name), "ok", "{name}");
    }
    assert_eq!(state("model"), "fail");
}
