//! A plain analyzer for tests: lower-case words with a crude stem beside them, pairs of Han.

use footnote_core::text::{Analysis, Analyzer, Term};
use unicode_segmentation::UnicodeSegmentation as _;

const STOP_WORDS: [&str; 34] = [
    "a", "an", "the", "is", "are", "was", "be", "of", "to", "in", "on", "at", "by", "for", "and",
    "or", "do", "does", "how", "what", "who", "it", "its", "they", "may", "not", "can", "per",
    "with", "from", "many", "must", "的", "是",
];

/// Splits at word boundaries and takes English endings off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainAnalyzer;

impl Analyzer for PlainAnalyzer {
    fn version(&self) -> &'static str {
        "plain-1"
    }

    fn terms(&self, text: &str, _analysis: Analysis) -> Vec<Term> {
        let mut terms = Vec::new();
        for (start, word) in text.unicode_word_indices() {
            let range = start..start + word.len();
            let lower = word.to_lowercase();
            let stem = ["ing", "ed", "es", "s"].iter().find_map(|end| lower.strip_suffix(end));
            if let Some(stem) = stem.filter(|stem| stem.len() > 2) {
                terms.push(Term { form: stem.to_owned(), range: range.clone() });
            }
            terms.push(Term { form: lower, range });
        }
        terms.extend(han_pairs(text));
        terms.sort_by_key(|term| term.range.start);
        terms
    }

    fn is_stop_word(&self, form: &str) -> bool {
        STOP_WORDS.contains(&form) || is_single_han(form)
    }
}

fn is_single_han(form: &str) -> bool {
    form.chars().count() == 1 && form.chars().all(is_han)
}

fn han_pairs(text: &str) -> Vec<Term> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let pairs = chars.windows(2).filter(|pair| is_han(pair[0].1) && is_han(pair[1].1));
    pairs
        .map(|pair| {
            let range = pair[0].0..pair[1].0 + pair[1].1.len_utf8();
            Term { form: text[range.clone()].to_owned(), range }
        })
        .collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}
