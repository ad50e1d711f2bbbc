//! Sparse vectors: the terms of a text, hashed, with the weight that BM25 gives them.
//!
//! The inverse document frequency is the index's part, so a passage's weight need not change when
//! others come and go.

use footnote_core::index::SparseVector;
use footnote_core::text::{Analysis, Analyzer, Term};
use std::collections::BTreeMap;

/// How fast a repeated term stops counting.
const K1: f32 = 1.2;

/// How much a long passage is held against its terms.
const B: f32 = 0.5;

/// The length, in weighted terms, at which a passage is neither favoured nor penalised. A
/// constant: chunks are cut to one size, so a measured average finds no more, and one that moves
/// would make every stored weight stale.
const USUAL_LENGTH: f32 = 110.0;

/// What a form counts that stands where another one stood before: the exact word beside its stem,
/// the part of an identifier, the pair over two characters.
const FURTHER_FORM: f32 = 0.4;

/// Returns the weighted terms of a passage's embedded text. Stop words are left out: their
/// posting lists would be as long as the index, and they tell nothing about a passage.
#[must_use]
pub fn passage_vector(analyzer: &dyn Analyzer, text: &str) -> SparseVector {
    let terms = analyzer.terms(text, Analysis::Passage);
    let counts = counts(&terms, |term| !analyzer.is_stop_word(&term.form));
    let length: f32 = counts.values().sum();
    let weigh = |(hash, count)| (hash, saturated(count, length));
    let (indices, values) = counts.into_iter().map(weigh).unzip();
    SparseVector { indices, values }
}

/// Returns the weighted terms of a question; repeating one does not make it count more.
#[must_use]
pub fn question_vector(analyzer: &dyn Analyzer, text: &str) -> SparseVector {
    let terms = analyzer.terms(text, Analysis::Query);
    let once = |(hash, count): (u32, f32)| (hash, count.min(1.0));
    let (indices, values) = counts(&terms, |_| true).into_iter().map(once).unzip();
    SparseVector { indices, values }
}

/// Returns what a passage would score that has exactly the question's terms and the usual length,
/// given what each term weighs in the index.
#[must_use]
pub fn self_score(question: &SparseVector, term_weights: &[f32]) -> f32 {
    let terms = question.values.iter().zip(term_weights);
    terms.map(|(value, weight)| value * weight * saturated(*value, USUAL_LENGTH)).sum()
}

/// Counts the terms by hash; forms that share their place with an earlier one count less.
fn counts(terms: &[Term], counts_at_all: impl Fn(&Term) -> bool) -> BTreeMap<u32, f32> {
    let mut counts = BTreeMap::new();
    let mut covered_to = 0;
    for term in terms {
        let is_further = term.range.start < covered_to;
        covered_to = covered_to.max(term.range.end);
        if counts_at_all(term) {
            let count = if is_further { FURTHER_FORM } else { 1.0 };
            *counts.entry(term_hash(&term.form)).or_default() += count;
        }
    }
    counts
}

/// Returns the weight of a term that a passage of a length has so often, as BM25 saturates it.
fn saturated(count: f32, length: f32) -> f32 {
    count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / USUAL_LENGTH))
}

/// Hashes a term to the number under which the index knows it (FNV-1a, 32 bits). Stored vectors
/// depend on it: a change needs a new version of the analyzer.
fn term_hash(form: &str) -> u32 {
    form.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzer::FootnoteAnalyzer;

    #[test]
    fn the_hash_of_a_term_never_changes() {
        assert_eq!(term_hash(""), 0x811c_9dc5);
        assert_eq!(term_hash("a"), 0xe40c_292c);
        assert_eq!(term_hash("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn stop_words_are_not_indexed_and_exact_forms_count_less_than_stems() {
        let vector = passage_vector(&FootnoteAnalyzer, "the running of the city");
        let weight = |form: &str| {
            let position = vector.indices.binary_search(&term_hash(form));
            position.ok().map(|position| vector.values[position])
        };
        assert_eq!(weight("the"), None);
        assert!(weight("running").unwrap() < weight("run").unwrap());
        assert!(vector.indices.is_sorted());
    }

    #[test]
    fn a_passage_of_the_questions_words_scores_about_the_self_score() {
        let question = question_vector(&FootnoteAnalyzer, "oil prices rose sharply");
        let ones = vec![1.0; question.indices.len()];
        let per_term = self_score(&question, &ones) / f32::from(u8::try_from(ones.len()).unwrap());
        assert!((0.2..=1.0).contains(&per_term), "{per_term}");
    }
}
