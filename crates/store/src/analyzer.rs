//! The analyzer: how text of any script becomes the terms that search and verification share.
//!
//! A text is folded glyph by glyph (width, case, accents, traditional Chinese), split into runs of
//! one script, and each run gives its terms: Latin words with their stems, identifiers and numbers
//! whole and in parts, Chinese words, pairs of kana and hangul. Ranges always point into the text
//! as it was given.

mod fold;
mod han;
mod latin;
mod number;
mod run;
mod stop;

use footnote_core::text::{Analysis, Analyzer, Term};
use std::collections::HashSet;
use std::ops::Range;

use fold::{Glyph, fold};
use run::{Script, runs};

/// Questions of up to so many terms keep their stop words: in `the who` they are all there is.
const SHORT_QUESTION_TERMS: usize = 3;

/// The analyzer of index, questions, verification and highlighting.
#[derive(Debug, Clone, Copy, Default)]
pub struct FootnoteAnalyzer;

impl Analyzer for FootnoteAnalyzer {
    fn version(&self) -> &'static str {
        "1"
    }

    fn terms(&self, text: &str, analysis: Analysis) -> Vec<Term> {
        let terms = passage_terms(text);
        match analysis {
            Analysis::Passage => terms,
            Analysis::Query => without_stop_words(terms),
        }
    }

    fn is_stop_word(&self, form: &str) -> bool {
        stop::is_stop_word(form)
    }
}

fn passage_terms(text: &str) -> Vec<Term> {
    let glyphs = fold(text);
    let mut terms = Terms::default();
    for run in runs(&glyphs) {
        match run.script {
            Script::Word => latin::terms(run.glyphs, &mut terms),
            Script::Han => han::terms(run.glyphs, &mut terms),
            Script::Syllabic => terms.push_pairs(run.glyphs),
        }
    }
    terms.list
}

/// Drops the stop words of a longer question, unless it consists of nothing else.
fn without_stop_words(terms: Vec<Term>) -> Vec<Term> {
    let places: HashSet<usize> = terms.iter().map(|term| term.range.start).collect();
    let is_content = |term: &Term| !stop::is_stop_word(&term.form);
    if places.len() <= SHORT_QUESTION_TERMS || !terms.iter().any(is_content) {
        return terms;
    }
    terms.into_iter().filter(is_content).collect()
}

/// The terms found so far.
#[derive(Default)]
struct Terms {
    list: Vec<Term>,
}

impl Terms {
    /// Adds a form that stands where some glyphs stand.
    fn push(&mut self, form: impl Into<String>, glyphs: &[Glyph]) {
        if let Some(range) = range(glyphs) {
            self.list.push(Term { form: form.into(), range });
        }
    }

    /// Adds each pair of neighbouring glyphs, or the only glyph.
    fn push_pairs(&mut self, glyphs: &[Glyph]) {
        if glyphs.len() == 1 {
            self.push(text(glyphs), glyphs);
        }
        for pair in glyphs.windows(2) {
            self.push(text(pair), pair);
        }
    }
}

/// Returns the folded text of some glyphs.
fn text(glyphs: &[Glyph]) -> String {
    glyphs.iter().map(|glyph| glyph.folded).collect()
}

fn range(glyphs: &[Glyph]) -> Option<Range<usize>> {
    Some(glyphs.first()?.start..glyphs.last()?.end)
}
