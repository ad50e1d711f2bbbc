//! The torture, briefly: the program survives it, and a careless writer does not.

use serde_json::Value;
use std::process::Output;
use tempfile::TempDir;

use crate::cli::{code, program, stderr, stdout};

/// What a torture says when it cannot have a disk of its own, e.g. without the rights of root.
const NO_DISK: &str = "a disk of its own";

fn torture(dir: &TempDir, words: &[&str]) -> Output {
    let words = [&["torture", "--format", "json", "--progress", "plain"], words].concat();
    program(dir.path()).args(words).arg("--dir").arg(dir.path()).output().unwrap()
}

/// Checks that nothing was lost, doubled, half done or stuck, and that something was at stake.
fn check_clean(output: &Output, n_struck: u64) {
    let report: Value = serde_json::from_str(&stdout(output)).unwrap();
    assert_eq!(report["violations"], serde_json::json!([]), "{}", stderr(output));
    assert_eq!(code(output), 0);
    assert!(n_struck <= report["struck"].as_u64().unwrap(), "{report}");
    assert!(0 < report["documents"].as_u64().unwrap(), "{report}");
}

#[test]
fn the_program_is_killed_thirty_times_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let output = torture(&dir, &["--kills", "30", "--seed", "1"]);
    check_clean(&output, 30);
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let n_in_the_middle = report["in_the_middle"].as_u64().unwrap();
    assert!(15 < n_in_the_middle, "most blows fall into the middle of something: {report}");
    let kinds = report["kinds"].as_object().unwrap();
    for kind in ["ingest", "purge", "reindex", "switch_finish", "restore", "migrate"] {
        assert!(kinds.contains_key(kind), "{report}");
    }
}

#[test]
fn a_careless_writer_is_caught() {
    let dir = tempfile::tempdir().unwrap();
    let output = torture(&dir, &["--kills", "200", "--seed", "1", "--naive"]);
    assert_eq!(code(&output), 8, "{}", stderr(&output));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let violations = report["violations"].as_array().unwrap();
    let tells = |sign: &str| {
        violations.iter().any(|violation| violation["what"].as_str().unwrap().contains(sign))
    };
    assert!(tells("partial") && tells("doubled"), "{report}");
}

#[test]
fn the_power_is_cut_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let output = torture(&dir, &["--kills", "10", "--seed", "1", "--power-cut"]);
    if stderr(&output).contains(NO_DISK) {
        println!("no power was cut: {}", stderr(&output));
        return;
    }
    check_clean(&output, 10);
}

#[test]
fn the_disk_is_full_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let output = torture(&dir, &["--kills", "10", "--seed", "1", "--disk-full"]);
    if stderr(&output).contains(NO_DISK) {
        println!("no disk was filled: {}", stderr(&output));
        return;
    }
    check_clean(&output, 10);
}
