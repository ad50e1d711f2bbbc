//! Chinese: words as a dictionary segments them, and pairs of what it leaves as single characters.

use jieba_rs::{Jieba, TokenizeMode};
use std::sync::OnceLock;

use super::fold::Glyph;
use super::stop::is_stop_word;
use super::{Terms, text};

/// Adds the words of a run of Chinese characters.
///
/// The dictionary knows few names. It leaves those that it does not know as single characters,
/// so neighbouring ones are joined to pairs. Guessing at unknown words instead (the segmenter's
/// hidden Markov model) cuts the same name differently in question and passage.
pub(super) fn terms(run: &[Glyph], terms: &mut Terms) {
    let sentence = text(run);
    let words = jieba().tokenize(&sentence, TokenizeMode::Search, false);
    let mut single_end = None;
    for word in words {
        terms.push(word.word, &run[word.start..word.end]);
        if word.end - word.start != 1 || is_stop_word(word.word) {
            continue;
        }
        if single_end == Some(word.start) {
            let pair = &run[word.start - 1..word.end];
            terms.push(text(pair), pair);
        }
        single_end = Some(word.end);
    }
}

/// Returns the segmenter. Its dictionary takes a moment to load, so texts without Chinese
/// never load it.
fn jieba() -> &'static Jieba {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    JIEBA.get_or_init(Jieba::new)
}
