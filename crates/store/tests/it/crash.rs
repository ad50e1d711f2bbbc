//! Acknowledged means kept: a program that is killed at any moment loses nothing and shows
//! nothing half done.

use footnote_core::corpus::Corpus as _;
use footnote_core::document::Chunk;
use footnote_core::id::{ContentHash, DocumentId};
use footnote_core::query::{Filter, SearchRequest};
use footnote_store::Store;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::fixture::{document_id, embed, options, owner, put};

/// Names the data directory to the child.
const CHILD_VARIABLE: &str = "FOOTNOTE_CRASH_STORY";
const N_KILLS: u64 = 24;
const N_DOCUMENTS: u64 = 40;

/// What each document is known to be: its revision, or removed.
type Known = HashMap<u64, Option<u64>>;

/// What a document was to become: a revision, or removed.
type Step = (u64, Option<u64>);

#[test]
fn killed_at_any_moment_the_store_keeps_what_it_acknowledged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(data_dir) = std::env::var_os(CHILD_VARIABLE) {
        return runtime.block_on(write_until_killed(Path::new(&data_dir)));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut known = Known::new();
    let mut n_acknowledged = 0;
    for kill in 0..N_KILLS {
        let delay = Duration::from_millis(60 + mixed(kill) % 700);
        // Every second run is killed from its beginning on, the others while they write.
        let from = if kill % 2 == 0 { From::Start } else { From::FirstStep };
        let (steps, in_flight) = run_and_kill(folder.path(), from, delay);
        n_acknowledged += steps.len();
        known.extend(steps);
        runtime.block_on(check(folder.path(), &mut known, in_flight));
    }
    println!("{n_acknowledged} steps were acknowledged in {N_KILLS} runs");
    assert!(20 < n_acknowledged, "the child hardly got to write");
}

/// The child: writes revisions of documents, now and then removes one, and says before and after
/// what it does.
async fn write_until_killed(data_dir: &Path) {
    let store = Store::open(options(data_dir)).await.unwrap();
    let collection = store.ensure_collection("c").await.unwrap();
    for n in 1.. {
        let revision = u64::from(std::process::id()) * 1000 + n;
        let document = mixed(revision) % N_DOCUMENTS;
        if n.is_multiple_of(7) {
            say("TRY", document, None);
            // A document that is not there stays that way.
            store.remove_document(document_id(collection, &uri(document))).await.ok();
            say("ACK", document, None);
        } else {
            say("TRY", document, Some(revision));
            let paragraphs = paragraphs(document, revision);
            let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
            put(&store, collection, &uri(document), &paragraphs).await;
            say("ACK", document, Some(revision));
        }
    }
}

fn say(word: &str, document: u64, revision: Option<u64>) {
    let revision = revision.map_or_else(|| "-".to_owned(), |revision| revision.to_string());
    let mut out = std::io::stdout().lock();
    // The leading line break ends whatever the test harness has printed.
    writeln!(out, "\n{word} {document} {revision}").and_then(|()| out.flush()).unwrap();
}

/// What the time until a child is killed counts from.
#[derive(Clone, Copy, PartialEq)]
enum From {
    Start,
    FirstStep,
}

/// Runs the child for a while and returns what it acknowledged and the step that it was killed in.
fn run_and_kill(data_dir: &Path, from: From, delay: Duration) -> (Vec<Step>, Option<Step>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::killed_at_any_moment", "--nocapture", "--test-threads=1"])
        .env(CHILD_VARIABLE, data_dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (say_begun, begun) = mpsc::channel();
    let reader = thread::Builder::new().spawn(move || {
        let lines = output.lines().map_while(Result::ok);
        lines.inspect(|line| say_begun.send(line.starts_with("TRY")).unwrap_or(())).collect()
    });
    if from == From::FirstStep {
        assert!(begun.iter().any(|is_step| is_step), "the child ended by itself");
    }
    thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut acknowledged, mut in_flight) = (Vec::new(), None);
    let lines: Vec<String> = reader.unwrap().join().unwrap();
    for line in lines {
        match read(&line) {
            Some(("TRY", step)) => in_flight = Some(step),
            Some(("ACK", step)) => {
                acknowledged.push(step);
                in_flight = None;
            }
            _ => {}
        }
    }
    (acknowledged, in_flight)
}

fn read(line: &str) -> Option<(&str, Step)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [word @ ("TRY" | "ACK"), document, revision] = words[..] else { return None };
    Some((word, (document.parse().ok()?, revision.parse().ok())))
}

/// Opens the store again and compares every document and every chunk with what is known.
async fn check(data_dir: &Path, known: &mut Known, in_flight: Option<Step>) {
    let store = Store::open(options(data_dir)).await.unwrap();
    let collection = store.ensure_collection("c").await.unwrap();
    let stored = store.known_documents(collection, "/root").await.unwrap();
    for document in 0..N_DOCUMENTS {
        let found = stored.iter().find(|found| found.uri == uri(document));
        let content = found.map(|found| found.content);
        let is = |revision: Option<u64>| content == revision.map(|r| content_of(document, r));
        let acknowledged = known.get(&document).copied().flatten();
        let step = in_flight.filter(|(of, _)| *of == document).map(|(_, revision)| revision);
        let revision = if is(acknowledged) { Some(acknowledged) } else { step.filter(|s| is(*s)) };
        let revision = revision.unwrap_or_else(|| {
            panic!("document {document} is neither {acknowledged:?} nor {step:?}")
        });
        known.insert(document, revision);
        if let (Some(found), Some(revision)) = (found, revision) {
            check_chunks(&store, found.id, &paragraphs(document, revision)).await;
        }
    }
    let report = store.reconcile().await.unwrap();
    assert_eq!((report.n_mended, report.n_orphans), (0, 0), "index and catalog agree");
    assert!(store.integrity().await.unwrap().problems.is_empty());
}

/// Every chunk is found by its meaning, once, and no other of the document.
async fn check_chunks(store: &Store, id: DocumentId, paragraphs: &[String]) {
    for paragraph in paragraphs {
        let uri = store.document(&owner(), id).await.unwrap().uri;
        let request = SearchRequest {
            dense: Some(embed(&Chunk::embedded_text(&uri, paragraph))),
            limit: 50,
            filter: Filter { documents: vec![id], ..Filter::default() },
            ..SearchRequest::default()
        };
        let found = store.search(&owner(), &request).await.unwrap();
        assert_eq!((found.dense.len(), found.n_orphans), (paragraphs.len(), 0));
        assert_eq!(&found.dense[0].passage.text, paragraph);
    }
}

fn uri(document: u64) -> String {
    format!("doc-{document}")
}

fn paragraphs(document: u64, revision: u64) -> Vec<String> {
    let n_paragraphs = 1 + mixed(revision) % 6;
    (0..n_paragraphs).map(|n| format!("paragraph {n} of {document} in {revision}")).collect()
}

fn content_of(document: u64, revision: u64) -> ContentHash {
    ContentHash::of(paragraphs(document, revision).join("\n").as_bytes())
}

/// Mixes a number to one that looks random and is the same again (the finaliser of `SplitMix64`).
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
