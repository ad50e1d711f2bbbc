//! How much the words alone find, on real questions: never less than a well-known reference.
//!
//! Runs when the evaluation data is there; says so when it is not.

use footnote_core::id::ContentHash;
use footnote_store::analyzer::FootnoteAnalyzer;
use footnote_store::sparse::{passage_vector, question_vector};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The longest chunk in word pieces, as the reference figures were computed.
const MAX_PIECES: usize = 200;

/// How far below the reference a figure may be.
const TOLERANCE: f64 = 0.01;

#[test]
fn words_find_as_much_as_the_reference_in_english() {
    check("squad2", 0.758, 0.944);
    check("scifact", 0.765, 0.941);
}

#[test]
fn words_find_as_much_as_the_reference_in_chinese_of_both_scripts() {
    check("cmrc2018", 0.975, 0.995);
    check("drcd", 0.787, 0.944);
}

fn check(set: &str, at_1: f64, at_10: f64) {
    let Some(folder) = data(set) else { return };
    let corpus = Corpus::read(&folder.join("corpus"));
    let questions = fs::read_to_string(folder.join("questions.jsonl")).unwrap();
    let (mut n_questions, mut n_first, mut n_ten) = (0.0, 0.0, 0.0);
    for line in questions.lines() {
        let question: Value = serde_json::from_str(line).unwrap();
        if question["answerable"] == false {
            continue;
        }
        n_questions += 1.0;
        let found = corpus.search(question["question"].as_str().unwrap());
        let rank = corpus.rank(&found, &question);
        n_first += f64::from(u8::from(rank == Some(0)));
        n_ten += f64::from(u8::from(rank.is_some()));
    }
    let found = (n_first / n_questions, n_ten / n_questions);
    println!(
        "{set}: recall@1 {:.3} (reference {at_1}), recall@10 {:.3} ({at_10})",
        found.0, found.1
    );
    assert!(at_1 - TOLERANCE <= found.0 && at_10 - TOLERANCE <= found.1);
}

fn data(set: &str) -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder =
        std::env::var_os("FOOTNOTE_TEST_DATA").map_or_else(default, PathBuf::from).join(set);
    if folder.exists() {
        return Some(folder);
    }
    println!("not run: {} is not there (set FOOTNOTE_TEST_DATA)", folder.display());
    None
}

/// The chunks of a set with their words.
struct Corpus {
    chunks: Vec<(String, String)>,
    postings: HashMap<u32, Vec<(usize, f32)>>,
}

impl Corpus {
    fn read(folder: &Path) -> Self {
        let mut names: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let mut corpus = Self { chunks: Vec::new(), postings: HashMap::new() };
        for path in names {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            for chunk in chunks(&fs::read_to_string(&path).unwrap()) {
                let vector = passage_vector(&FootnoteAnalyzer, &chunk);
                for (term, weight) in vector.indices.into_iter().zip(vector.values) {
                    corpus.postings.entry(term).or_default().push((corpus.chunks.len(), weight));
                }
                corpus.chunks.push((name.clone(), chunk));
            }
        }
        corpus
    }

    /// Returns the best chunks, best first.
    fn search(&self, question: &str) -> Vec<usize> {
        let question = question_vector(&FootnoteAnalyzer, question);
        let mut scores: HashMap<usize, f32> = HashMap::new();
        for (term, value) in question.indices.iter().zip(question.values) {
            let Some(postings) = self.postings.get(term) else { continue };
            let count = |length: usize| f32::from(u16::try_from(length).unwrap());
            let (n, df) = (count(self.chunks.len()), count(postings.len()));
            let idf = ((n - df + 0.5) / (df + 0.5) + 1.0).ln();
            for (chunk, weight) in postings {
                *scores.entry(*chunk).or_default() += value * idf * weight;
            }
        }
        let mut ranked: Vec<(usize, f32)> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter().map(|(chunk, _)| chunk).collect()
    }

    /// Returns the rank of the gold among the first ten: its passage, or else its document.
    fn rank(&self, found: &[usize], question: &Value) -> Option<usize> {
        let gold = |key: &str| question[key].as_array().cloned().unwrap_or_default();
        let (documents, passages) = (gold("gold_docs"), gold("gold_text"));
        let is_gold = |chunk: &usize| {
            let (document, text) = &self.chunks[*chunk];
            documents.iter().enumerate().any(|(n, gold)| {
                gold == document
                    && passages.get(n).is_none_or(|gold| is_same(text, gold.as_str().unwrap()))
            })
        };
        if !passages.is_empty() {
            return found.iter().take(10).position(is_gold);
        }
        let mut seen = HashSet::new();
        let documents = found.iter().filter(|chunk| seen.insert(&self.chunks[**chunk].0));
        documents.take(10).position(is_gold)
    }
}

/// Packs paragraphs to chunks; sentences are split only where a paragraph is too long.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks = vec![String::new()];
    let mut n_pieces = 0;
    for paragraph in text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()) {
        let is_short = pieces(paragraph) <= MAX_PIECES;
        let ends = ['.', '!', '?', '。', '！', '？', '；'];
        let parts: Vec<&str> = if is_short {
            vec![paragraph]
        } else {
            paragraph.split_inclusive(ends.as_slice()).collect()
        };
        for part in parts {
            let n = pieces(part);
            if MAX_PIECES < n_pieces + n && 0 < n_pieces {
                chunks.push(String::new());
                n_pieces = 0;
            }
            chunks.last_mut().unwrap().push_str(part);
            n_pieces += n;
        }
        chunks.last_mut().unwrap().push('\n');
    }
    chunks
}

/// Counts about as many word pieces as a tokenizer makes.
fn pieces(text: &str) -> usize {
    let n_han = text.chars().filter(|c| ('\u{3400}'..'\u{a000}').contains(c)).count();
    n_han + text.split_whitespace().count() * 13 / 10
}

/// Tells whether two passages share most of their text, by runs of eight letters.
fn is_same(a: &str, b: &str) -> bool {
    let grams = |text: &str| -> HashSet<ContentHash> {
        let letters: Vec<char> =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let gram = |gram: &[char]| ContentHash::of(gram.iter().collect::<String>().as_bytes());
        letters.windows(8.min(letters.len().max(1))).map(gram).collect()
    };
    let (a, b) = (grams(a), grams(b));
    2 * a.intersection(&b).count() >= a.len().min(b.len()).max(1)
}
