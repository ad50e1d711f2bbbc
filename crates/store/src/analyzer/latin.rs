//! Words in letters and digits: exact and stemmed, and identifiers whole and in parts.

use rust_stemmers::{Algorithm, Stemmer};
use std::ops::Range;

use super::fold::Glyph;
use super::run::is_joiner;
use super::{Terms, number, text};

/// The longest word that counts as one: longer ones are encoded data.
const MAX_WORD_GLYPHS: usize = 64;

/// Adds the terms of a run of words.
pub(super) fn terms(run: &[Glyph], terms: &mut Terms) {
    if run.iter().all(|glyph| glyph.folded.is_numeric() || is_joiner(glyph.folded)) {
        return number::terms(run, terms);
    }
    for phrase in run.split(|glyph| !joins_letters(glyph.folded)) {
        phrase_terms(phrase, terms);
    }
}

/// Adds the terms of an identifier or a word: `foo_bar`, `getUserName`, `E1234`, `well-known`.
fn phrase_terms(phrase: &[Glyph], terms: &mut Terms) {
    let parts = parts(phrase);
    if 1 < parts.len() && phrase.len() <= MAX_WORD_GLYPHS {
        word_terms(phrase, terms);
    }
    for part in parts {
        let part = &phrase[part];
        if part.iter().all(|glyph| glyph.folded.is_numeric()) {
            number::terms(part, terms);
        } else {
            word_terms(part, terms);
        }
    }
}

/// Adds a word as it is and, where that differs, its stem.
fn word_terms(word: &[Glyph], terms: &mut Terms) {
    let exact = text(word);
    if let Some(stem) = stem(&exact) {
        terms.push(stem, word);
    }
    terms.push(exact, word);
}

/// Returns the English stem of a word, if it differs from the word.
pub(super) fn stem(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || word.len() < 3 {
        return None;
    }
    let stem = Stemmer::create(Algorithm::English).stem(word);
    (stem != word).then(|| stem.into_owned())
}

/// Tells whether a glyph is part of a word of several parts; what only joins numbers is not.
fn joins_letters(c: char) -> bool {
    !is_joiner(c) || matches!(c, '_' | '-' | '.' | '\u{2010}' | '\u{2011}')
}

/// Splits at joiners, at `aB`, before the last capital of `ABc`, and between letters and digits.
fn parts(phrase: &[Glyph]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 0..=phrase.len() {
        let is_end = phrase.get(at).is_none_or(|glyph| is_joiner(glyph.folded));
        if is_end || (start < at && begins_part(phrase, at)) {
            parts.extend((start < at).then_some(start..at));
            start = at + usize::from(is_end);
        }
    }
    parts
}

fn begins_part(phrase: &[Glyph], at: usize) -> bool {
    let (before, here) = (phrase[at - 1], phrase[at]);
    if before.folded.is_numeric() != here.folded.is_numeric() {
        return true;
    }
    let is_lower_next = || {
        let next = phrase.get(at + 1);
        next.is_some_and(|next| !next.is_upper && next.folded.is_alphabetic())
    };
    here.is_upper && (!before.is_upper || is_lower_next())
}
