//! The inputs of the fuzz targets that are kept: the seeds, and what fuzzing has found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::targets::{TARGETS, run};

/// The most that all kept inputs have together: they are read on every test run.
const MAX_KEPT_BYTES: u64 = 500_000;

/// How long a name is that a fuzzer gives to what it finds: a hash.
const HASH_LENGTH: usize = 40;

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind)
}

/// Returns the kept inputs of a target.
fn kept(kind: &str, target: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder(kind).join(target)) else { return Vec::new() };
    let is_kept = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() != HASH_LENGTH);
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(is_kept).collect();
    paths.sort();
    paths
}

#[test]
fn every_target_keeps_its_promises_on_its_seeds() {
    let mut n_bytes = 0;
    for (target, _) in TARGETS {
        let seeds = kept("corpus", target);
        assert!(!seeds.is_empty(), "{target} has no seeds");
        for seed in seeds {
            eprintln!("{}", seed.display());
            n_bytes += fs::metadata(&seed).unwrap().len();
            let is_read = run(target, &fs::read(&seed).unwrap());
            assert!(is_read, "{} is no document", seed.display());
        }
    }
    assert!(n_bytes <= MAX_KEPT_BYTES, "the seeds have {n_bytes} bytes");
}

#[test]
fn what_fuzzing_found_is_not_found_again() {
    for (target, _) in TARGETS {
        for finding in kept("regressions", target) {
            eprintln!("{}", finding.display());
            run(target, &fs::read(&finding).unwrap());
        }
    }
}

#[test]
fn kept_inputs_and_fuzz_programs_belong_to_a_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for kind in ["corpus", "regressions", "targets"] {
        for entry in fs::read_dir(folder(kind)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let target = name.trim_end_matches(".rs");
            assert!(targets.contains(target), "{kind}/{name} belongs to no target");
        }
    }
    for target in targets {
        let program = folder("targets").join(format!("{target}.rs"));
        assert!(program.is_file(), "{target} has no program: {}", program.display());
    }
}
