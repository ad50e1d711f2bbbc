//! How the store behaves as it grows: rate of ingestion, memory, size, reopening, and searching at
//! rest and while documents are written, beside the bare engine with the same points.
//!
//! ```text
//! cargo run --release -p footnote-store --example scale -- CHUNKS [FOLDER] [CATALOG_URL INDEX_URL]
//! ```
//! The chunks are synthetic: words as frequent as in natural text, vectors in loose clusters. With
//! two URLs the catalog is PostgreSQL and the index a Qdrant server.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that cannot run may end, and it prints figures"
)]

use footnote_core::access::{Principal, Scope};
use footnote_core::clock::SystemClock;
use footnote_core::config::StoreConfig;
use footnote_core::corpus::Corpus as _;
use footnote_core::document::{Block, BlockKind, Chunk, ParsedDocument, Source, Span};
use footnote_core::id::{CollectionId, ContentHash, VersionId};
use footnote_core::index::{Index as _, IndexQuery, IndexedVersion, Point};
use footnote_core::model::{Embedding, Fingerprint};
use footnote_core::query::{Filter, SearchRequest};
use footnote_store::analyzer::FootnoteAnalyzer;
use footnote_store::index::edge::EdgeIndex;
use footnote_store::sparse::{passage_vector, question_vector};
use footnote_store::{NewChunk, NewVersion, SpaceSpec, Store, StoreOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const DIMENSION: usize = 384;
const CHUNKS_PER_DOCUMENT: u32 = 20;
const WORDS_PER_CHUNK: usize = 90;
const N_QUESTIONS: u32 = 400;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let n_chunks: u32 = arguments.first().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let temporary = tempfile::tempdir().unwrap();
    let folder = arguments.get(1).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let mut config = StoreConfig::default();
    if let [_, _, catalog, index] = arguments.as_slice() {
        config.catalog.clone_from(catalog);
        config.index.clone_from(index);
    }
    let is_shared = !config.index.is_empty();
    store(n_chunks / CHUNKS_PER_DOCUMENT, &folder, config).await;
    if !is_shared {
        bare_engine(n_chunks / CHUNKS_PER_DOCUMENT, &folder.join("bare")).await;
    }
}

/// Measures the store.
async fn store(n_documents: u32, folder: &Path, config: StoreConfig) {
    let store = Arc::new(open(folder, config.clone()).await);
    let collection = store.ensure_collection("scale").await.unwrap();
    let (began, cpu) = (Instant::now(), cpu_seconds());
    for n in 0..n_documents {
        put(&store, collection, n).await;
    }
    store.optimize().await.unwrap();
    store.checkpoint().await.unwrap();
    let n_chunks = f64::from(n_documents * CHUNKS_PER_DOCUMENT);
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "store: {n_chunks} chunks written in {seconds:.0} s, {:.0} chunks/s, {:.2} CPU-ms a chunk",
        n_chunks / seconds,
        cpu * 1000.0 / n_chunks
    );
    let integrity = store.integrity().await.unwrap();
    println!(
        "store: catalog {} MB, index {} MB, memory {} MB (peak {} MB)",
        integrity.catalog_bytes >> 20,
        integrity.index_bytes >> 20,
        memory_mb("VmRSS"),
        memory_mb("VmHWM")
    );
    let at_rest = questions(&store, n_documents, N_QUESTIONS).await;
    println!("store: searching at rest {at_rest}");

    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let (began, mut n) = (Instant::now(), 0);
            while began.elapsed() < Duration::from_secs(20) {
                put(&store, collection, n_documents + n).await;
                n += 1;
            }
            f64::from(n * CHUNKS_PER_DOCUMENT) / began.elapsed().as_secs_f64()
        }
    });
    let mut meanwhile = Times::default();
    while !writer.is_finished() {
        meanwhile.0.extend(questions(&store, n_documents, 20).await.0);
    }
    println!(
        "store: searching while {:.0} chunks/s are written {meanwhile}",
        writer.await.unwrap()
    );
    store.close().await.unwrap();
    drop(store);
    let began = Instant::now();
    let store = open(folder, config).await;
    let opened = began.elapsed();
    questions(&store, n_documents, 1).await;
    println!(
        "store: opened in {:.2} s, first search after {:.2} s, memory then {} MB",
        opened.as_secs_f64(),
        began.elapsed().as_secs_f64(),
        memory_mb("VmRSS")
    );
    store.close().await.unwrap();
}

/// Measures the engine without the catalog: the same points and questions.
async fn bare_engine(n_documents: u32, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let index = EdgeIndex::open(&folder.join("1"), DIMENSION).unwrap();
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let mut n_unindexed = 0;
    for n in 0..n_documents {
        let new = version(CollectionId::named("scale"), n);
        let (indexed, points) = points(&new);
        n_unindexed += points.len();
        index.replace(&indexed, points).await.unwrap();
        if StoreConfig::default().optimize_chunks <= n_unindexed {
            index.optimize().await.unwrap();
            n_unindexed = 0;
        }
    }
    index.optimize().await.unwrap();
    index.flush().await.unwrap();
    let n_chunks = f64::from(n_documents * CHUNKS_PER_DOCUMENT);
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "bare:  {n_chunks} points written in {seconds:.0} s, {:.0} points/s, {:.2} CPU-ms a point",
        n_chunks / seconds,
        cpu * 1000.0 / n_chunks
    );
    let mut times = Times::default();
    for n in 0..N_QUESTIONS {
        let (dense, text) = question(n, n_documents);
        let query = IndexQuery {
            dense: Some(dense),
            sparse: Some(question_vector(&FootnoteAnalyzer, &text)),
            limit: 129,
            filter: Filter::default(),
        };
        let began = Instant::now();
        index.search(&owner(), &query).await.unwrap();
        times.0.push(began.elapsed());
    }
    println!("bare:  searching at rest {times}");
}

async fn open(folder: &Path, config: StoreConfig) -> Store {
    Store::open(StoreOptions {
        data_dir: folder.to_owned(),
        config,
        space: Some(SpaceSpec {
            model: "scale".to_owned(),
            fingerprint: fingerprint(),
            dimension: DIMENSION,
        }),
        clock: Arc::new(SystemClock),
        purpose: "scale".to_owned(),
    })
    .await
    .unwrap()
}

/// What makes the vectors of this program comparable.
fn fingerprint() -> Fingerprint {
    Fingerprint("scale".to_owned())
}

async fn put(store: &Store, collection: CollectionId, n: u32) {
    let new = version(collection, n);
    let embeddings: Vec<_> = (0..)
        .zip(&new.chunks)
        .map(|(ordinal, chunk)| (chunk.embedded, vector(n * CHUNKS_PER_DOCUMENT + ordinal)))
        .collect();
    store.put_embeddings(&fingerprint(), &embeddings).await.unwrap();
    store.put_version(new, None).await.unwrap();
}

/// Asks questions whose answers stand in known chunks, and tells how long each took.
async fn questions(store: &Store, n_documents: u32, n_questions: u32) -> Times {
    let mut times = Times::default();
    for n in 0..n_questions {
        let (dense, text) = question(n, n_documents);
        let request = SearchRequest {
            dense: Some(dense),
            lexical: Some(text),
            limit: 100,
            ..SearchRequest::default()
        };
        let began = Instant::now();
        let found = store.search(&owner(), &request).await.unwrap();
        times.0.push(began.elapsed());
        assert!(!found.lexical.is_empty() && !found.dense.is_empty());
    }
    times
}

/// Makes a question: eight words of a chunk, and a vector near its own.
fn question(n: u32, n_documents: u32) -> (Embedding, String) {
    let seed = n.wrapping_mul(7919) % (n_documents * CHUNKS_PER_DOCUMENT);
    let words: Vec<String> = text(seed).split(' ').skip(10).take(8).map(str::to_owned).collect();
    let (mut near, noise) = (vector(seed), vector(seed ^ 0x5555_5555));
    near.0.iter_mut().zip(&noise.0).for_each(|(value, noise)| *value += 0.5 * noise);
    (near, words.join(" "))
}

/// Makes a document of several chunks.
fn version(collection: CollectionId, n: u32) -> NewVersion {
    let mut whole = String::new();
    let mut chunks = Vec::new();
    for ordinal in 0..CHUNKS_PER_DOCUMENT {
        let text = text(n * CHUNKS_PER_DOCUMENT + ordinal);
        let (start, end) = (whole.len(), whole.len() + text.len());
        let span = Span { start, end, char_start: start, char_end: end };
        let embedded = ContentHash::of(Chunk::embedded_text("", &text).as_bytes());
        let n_tokens = 120;
        let chunk = Chunk { ordinal, span, page: None, headings: Vec::new(), n_tokens };
        chunks.push(NewChunk { chunk, context: String::new(), embedded });
        whole.push_str(&text);
        whole.push('\n');
    }
    let block = Block {
        kind: BlockKind::Paragraph,
        range: 0..whole.len(),
        page: None,
        headings: Vec::new(),
        place: None,
    };
    NewVersion {
        collection,
        source: Source { root: "/scale".to_owned(), uri: format!("{n}.txt") },
        content: ContentHash::of(whole.as_bytes()),
        reading: "scale".to_owned(),
        size_bytes: whole.len() as u64,
        modified: None,
        original: None,
        parsed: ParsedDocument {
            media_type: "text/plain".to_owned(),
            text: whole,
            blocks: vec![block],
            ..ParsedDocument::default()
        },
        chunks,
        sketch: None,
        container: None,
        inside: None,
    }
}

/// Returns the points that the store would write for a document.
fn points(new: &NewVersion) -> (IndexedVersion, Vec<Point>) {
    let id = ContentHash::of(new.source.uri.as_bytes());
    let document = footnote_core::id::DocumentId::derive(new.collection, "bare", &new.source.uri);
    let version = VersionId::derive(document, &id, "bare");
    let n: u32 = new.source.uri.trim_end_matches(".txt").parse().unwrap();
    let point = |chunk: &NewChunk| Point {
        chunk: footnote_core::id::ChunkId::nth(version, chunk.chunk.ordinal),
        dense: vector(n * CHUNKS_PER_DOCUMENT + chunk.chunk.ordinal),
        sparse: passage_vector(&FootnoteAnalyzer, &new.parsed.text[chunk.chunk.span.bytes()]),
    };
    let media_type = new.parsed.media_type.clone();
    let indexed = IndexedVersion { collection: new.collection, document, version, media_type };
    (indexed, new.chunks.iter().map(point).collect())
}

/// How long each of many things took.
#[derive(Default)]
struct Times(Vec<Duration>);

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort();
        let at = |share: usize| sorted[(sorted.len() * share / 100).min(sorted.len() - 1)];
        let ms = |share| at(share).as_secs_f64() * 1000.0;
        write!(f, "p50 {:.1} ms, p99 {:.1} ms ({} questions)", ms(50), ms(99), sorted.len())
    }
}

fn owner() -> Scope {
    Principal::owner().scope(&[]).unwrap()
}

/// Makes numbers that look random and are the same again (xorshift).
fn numbers(seed: u32) -> impl Iterator<Item = u32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    })
}

/// Makes a unit vector in one of a thousand loose clusters.
fn vector(seed: u32) -> Embedding {
    let value = |number: u32| f32::from(u16::try_from(number >> 16).unwrap_or(0)) - 32_768.0;
    let center = numbers(seed % 1000 + 1_000_003).take(DIMENSION).map(value);
    let own = numbers(seed).take(DIMENSION).map(value);
    let sum: Vec<f32> = center.zip(own).map(|(center, own)| center + own).collect();
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    Embedding(sum.iter().map(|value| value / length).collect())
}

/// Makes a passage whose words are about as frequent as content words are in natural text.
fn text(seed: u32) -> String {
    let word = |number: u32| {
        let octave = 256 << (number % 8);
        let rank = octave + (number >> 8) % octave;
        let letters = (0..6)
            .map(|place| char::from(b"aeioklmnprstvz"[(rank as usize >> (3 * place)) % 8 + place]));
        letters.collect::<String>()
    };
    let words = numbers(seed.wrapping_add(1)).take(WORDS_PER_CHUNK).map(word);
    words.collect::<Vec<_>>().join(" ")
}

/// Reads a line of what the kernel knows of this process's memory.
fn memory_mb(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
    let kib = value.and_then(|value| value.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}

/// Returns the processor time of this process: fields 14 and 15 of its `stat`, in hundredths.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
