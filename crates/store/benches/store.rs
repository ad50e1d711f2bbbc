//! How fast points are written, found and analyzed.

#![expect(clippy::unwrap_used, reason = "a bench that cannot run may end")]

use footnote_core::access::{Principal, Scope};
use footnote_core::id::{ChunkId, CollectionId, ContentHash, DocumentId, VersionId};
use footnote_core::index::{Index as _, IndexQuery, IndexedVersion, Point};
use footnote_core::model::Embedding;
use footnote_core::query::Filter;
use footnote_core::text::{Analysis, Analyzer as _};
use footnote_store::analyzer::FootnoteAnalyzer;
use footnote_store::index::edge::EdgeIndex;
use footnote_store::sparse::{passage_vector, question_vector};
use std::sync::LazyLock;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DIMENSION: usize = 384;
const POINTS_PER_DOCUMENT: u32 = 20;
const N_DOCUMENTS: u32 = 500;

fn main() {
    divan::main();
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// An index of 10,000 points.
static FILLED: LazyLock<(EdgeIndex, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let index = EdgeIndex::open(folder.path(), DIMENSION).unwrap();
    for n in 0..N_DOCUMENTS {
        let (version, points) = document(n);
        RUNTIME.block_on(index.replace(&version, points)).unwrap();
    }
    RUNTIME.block_on(index.optimize()).unwrap();
    (index, folder)
});

#[divan::bench(sample_count = 3)]
fn upsert_10_000_points(bencher: divan::Bencher<'_, '_>) {
    let documents = || (0..N_DOCUMENTS).map(document).collect::<Vec<_>>();
    bencher.with_inputs(documents).bench_values(|documents| {
        let folder = tempfile::tempdir().unwrap();
        let index = EdgeIndex::open(folder.path(), DIMENSION).unwrap();
        for (version, points) in documents {
            RUNTIME.block_on(index.replace(&version, points)).unwrap();
        }
    });
}

#[divan::bench(args = ["dense", "lexical", "both"])]
fn search_among_10_000_points(bencher: divan::Bencher<'_, '_>, lists: &str) {
    let question = IndexQuery {
        dense: (lists != "lexical").then(|| vector(7)),
        sparse: (lists != "dense").then(|| question_vector(&FootnoteAnalyzer, &text(7)[..60])),
        limit: 100,
        filter: Filter::default(),
    };
    let scope: Scope = Principal::owner().scope(&[]).unwrap();
    let (index, _) = &*FILLED;
    bencher.bench(|| RUNTIME.block_on(index.search(&scope, &question)).unwrap());
}

#[divan::bench(args = ["english", "chinese"])]
fn analyze(bencher: divan::Bencher<'_, '_>, language: &str) {
    let chinese = "年假为三十天，员工可以在每年十二月三十一日之前申请，经理批准后生效。";
    let text = if language == "english" { text(3).repeat(20) } else { chinese.repeat(200) };
    bencher
        .counter(divan::counter::BytesCount::of_str(&text))
        .bench(|| FootnoteAnalyzer.terms(&text, Analysis::Passage));
}

fn document(n: u32) -> (IndexedVersion, Vec<Point>) {
    let collection = CollectionId::named("bench");
    let document = DocumentId::derive(collection, "root", &n.to_string());
    let version = VersionId::derive(document, &ContentHash::of(&n.to_le_bytes()), "bench");
    let point = |ordinal| {
        let seed = n * POINTS_PER_DOCUMENT + ordinal;
        Point {
            chunk: ChunkId::nth(version, ordinal),
            dense: vector(seed),
            sparse: passage_vector(&FootnoteAnalyzer, &text(seed)),
        }
    };
    let points = (0..POINTS_PER_DOCUMENT).map(point).collect();
    (IndexedVersion { collection, document, version, media_type: "text/plain".to_owned() }, points)
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

fn vector(seed: u32) -> Embedding {
    let value = |number: u32| f32::from(u16::try_from(number >> 16).unwrap_or(0)) - 32_768.0;
    Embedding(numbers(seed).take(DIMENSION).map(value).collect())
}

/// Makes a passage of 150 content words, about as frequent as in natural text: a word of rank r
/// among 65,536 is 1/r of all, and the 256 most frequent, mostly stop words, are left out.
fn text(seed: u32) -> String {
    let word = |number: u32| {
        let octave = 256 << (number % 8);
        let rank = octave + (number >> 8) % octave;
        let letters = (0..6)
            .map(|place| char::from(b"aeioklmnprstvz"[(rank as usize >> (3 * place)) % 8 + place]));
        letters.collect::<String>()
    };
    numbers(seed.wrapping_add(1)).take(150).map(word).collect::<Vec<_>>().join(" ")
}
