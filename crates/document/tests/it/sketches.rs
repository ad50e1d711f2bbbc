//! Near duplicates in real documents: what sketches report is compared with the shingles themselves.

use footnote_core::sketch::Sketch;
use footnote_document::{Limits, parse, sketch};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;

use crate::corpora::data;

/// Sets of many documents in English and Chinese.
const SETS: [&str; 6] = ["clapnq", "cmrc2018", "cranfield", "drcd", "handbook", "rgb_zh"];

/// From which share of common shingles on two documents are to be reported.
const NEAR: f32 = 0.85;

/// How far a reported pair may be from that, because sketches estimate.
const TOLERANCE: f32 = 0.1;

struct Document {
    name: String,
    text: String,
    sketch: Sketch,
}

#[test]
fn what_is_reported_as_near_is_near() {
    let mut documents = Vec::new();
    for set in SETS {
        let Some(corpus) = data(&format!("{set}/corpus")) else { return };
        documents.extend(files(&corpus).iter().filter_map(|file| document(file)));
    }
    let (mut n_reported, mut n_right, mut n_missed) = (0, 0, 0);
    for (n_before, one) in documents.iter().enumerate() {
        for other in &documents[..n_before] {
            let estimate = one.sketch.resemblance(&other.sketch);
            if estimate < NEAR - 2.0 * TOLERANCE {
                continue;
            }
            let truth = resemblance(&one.text, &other.text);
            let shares_band =
                one.sketch.bands().iter().zip(other.sketch.bands()).any(|(a, b)| *a == b);
            let is_reported = NEAR <= estimate && shares_band;
            n_reported += usize::from(is_reported);
            n_right += usize::from(is_reported && NEAR - TOLERANCE <= truth);
            n_missed += usize::from(!is_reported && NEAR + TOLERANCE <= truth);
            if is_reported && truth < NEAR - TOLERANCE {
                println!("{} and {}: {estimate} for {truth}", one.name, other.name);
            }
        }
    }
    println!(
        "{} documents: {n_reported} near pairs reported, {n_right} of them truly, {n_missed} missed",
        documents.len()
    );
    assert_eq!((n_right, n_missed), (n_reported, 0));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn document(file: &Path) -> Option<Document> {
    let name = file.file_name()?.to_string_lossy().into_owned();
    if file.extension().is_some_and(|extension| extension == "pdf") {
        return None;
    }
    let text = parse(&name, &fs::read(file).ok()?, &Limits::default()).ok()?.text;
    Some(Document { name, sketch: sketch(&text)?, text })
}

/// Returns the share of shingles that two texts have in common.
fn resemblance(a: &str, b: &str) -> f32 {
    let (a, b) = (shingles(a), shingles(b));
    let n_common = a.intersection(&b).count();
    let n_all = a.len() + b.len() - n_common;
    f32::from(u16::try_from(n_common * 1000 / n_all.max(1)).unwrap()) / 1000.0
}

fn shingles(text: &str) -> HashSet<Vec<String>> {
    let is_han = |c: char| ('\u{3040}'..='\u{9fff}').contains(&c) && c.is_alphanumeric();
    let mut words: Vec<String> = vec![String::new()];
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if is_han(c) {
            words.extend([c.to_string(), String::new()]);
        } else if c.is_alphanumeric() {
            words.last_mut().unwrap().push(c);
        } else {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words.windows(3.min(words.len().max(1))).map(<[String]>::to_vec).collect()
}
