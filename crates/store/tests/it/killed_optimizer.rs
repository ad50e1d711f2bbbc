//! A program that is killed while it rearranges the index loses nothing that was durable.

use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::index::{Index as _, IndexedVersion, Point, SparseVector};
use footnote_core::model::Embedding;
use footnote_store::index::edge::EdgeIndex;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;

const CHILD_VARIABLE: &str = "FOOTNOTE_OPTIMIZER_STORY";
const N_KILLS: u64 = 6;
const DIMENSION: usize = 384;

/// More than a segment may have before it gets its graph.
const N_POINTS: u32 = 3_000;

#[test]
fn killed_while_it_optimizes_the_index_keeps_what_was_flushed() {
    let runtime = Runtime::new().unwrap();
    if let Some(folder) = std::env::var_os(CHILD_VARIABLE) {
        return write_and_optimize(&runtime, Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    for kill in 0..N_KILLS {
        run_and_kill(folder.path(), Duration::from_millis(20 + 90 * kill));
        let index = EdgeIndex::open(folder.path(), DIMENSION).unwrap();
        let versions = runtime.block_on(index.versions()).unwrap();
        assert_eq!(versions.len() as u64, kill + 1);
        assert!(versions.values().all(|n_points| *n_points == N_POINTS as usize), "{versions:?}");
    }
}

/// The child: adds a version, makes it durable, says so, and rearranges the index.
fn write_and_optimize(runtime: &Runtime, folder: &Path) {
    runtime.block_on(async {
        let index = EdgeIndex::open(folder, DIMENSION).unwrap();
        let n_versions = index.versions().await.unwrap().len();
        let (version, points) = version(u32::try_from(n_versions).unwrap());
        index.replace(&version, points).await.unwrap();
        index.flush().await.unwrap();
        let mut out = std::io::stdout();
        out.write_all(b"\nFLUSHED\n").and_then(|()| out.flush()).unwrap();
        index.optimize().await.unwrap();
        thread::sleep(Duration::from_mins(1));
    });
}

fn run_and_kill(folder: &Path, delay: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["killed_optimizer::", "--nocapture", "--test-threads=1"])
        .env(CHILD_VARIABLE, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "FLUSHED"));
    thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

fn version(n: u32) -> (IndexedVersion, Vec<Point>) {
    let collection = CollectionId::named("c");
    let document = DocumentId::derive(collection, "root", &n.to_string());
    let version = VersionId::derive(document, &ContentHash::of(b"content"), "test");
    let point = |ordinal: u32| Point {
        chunk: ChunkId::nth(version, ordinal),
        dense: vector(&format!("{n} {ordinal}")),
        sparse: SparseVector { indices: vec![ordinal], values: vec![1.0] },
    };
    let media_type = "text/plain".to_owned();
    let points = (0..N_POINTS).map(point).collect();
    (IndexedVersion { collection, document, version, media_type }, points)
}

/// Makes a vector out of the hash of a text, repeated.
fn vector(text: &str) -> Embedding {
    let digest = ContentHash::of(text.as_bytes());
    let bytes = digest.as_bytes().iter().cycle().take(DIMENSION);
    Embedding(
        bytes.zip((0..=u8::MAX).cycle()).map(|(byte, n)| f32::from(byte ^ n) - 127.5).collect(),
    )
}
