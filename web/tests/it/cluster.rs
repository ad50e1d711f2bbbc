//! The cluster of docker-compose.yml, process by process on loopback: `scripts/cluster`.

use std::path::Path;
use std::process::Command;

#[test]
fn a_cluster_loses_nothing_when_a_worker_is_killed() {
    let Some(models) = std::env::var_os("FOOTNOTE_TEST_MODELS") else {
        println!("the cluster did not run: FOOTNOTE_TEST_MODELS names no folder of models");
        return;
    };
    let program = Path::new(env!("CARGO_BIN_EXE_footnote"));
    let programs = program.parent().unwrap();
    let needed = [programs.join("footnote-ingest"), programs.join("examples/qdrant_wire")];
    if let Some(missing) = needed.iter().find(|path| !path.exists()) {
        println!("the cluster did not run: {} was not built", missing.display());
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(root.join("scripts/cluster"))
        .arg("400")
        .env("PROGRAMS", programs)
        .env("FOOTNOTE__MODELS__DIR", models)
        .output()
        .unwrap();
    let (stdout, stderr) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}{stderr}");
    print!("{stderr}{stdout}");
    assert!(stdout.starts_with("400 documents live once each"), "{stdout}");
}
