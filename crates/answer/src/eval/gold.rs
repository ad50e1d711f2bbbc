//! What counts as found: the page, the passage or the document that a question names as gold.

use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{EvalQuestion, FoundPassage};

/// How many characters are compared at once.
const GRAM_CHARS: usize = 8;

/// The share of the smaller text that two texts must have in common to be the same passage.
const SAME_SHARE: f64 = 0.5;

/// Returns a text as it is compared: width and case folded, letters and digits only.
pub(super) fn bare(text: &str) -> String {
    let folded: String = text.nfkc().collect();
    folded
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .collect()
}

/// Returns every run of eight characters of a bare text; all of it where it is no longer.
fn grams(bare: &str) -> HashSet<&str> {
    let starts: Vec<usize> = bare.char_indices().map(|(at, _)| at).chain([bare.len()]).collect();
    let n_chars = starts.len() - 1;
    if n_chars <= GRAM_CHARS {
        return (n_chars > 0).then_some(bare).into_iter().collect();
    }
    starts.windows(GRAM_CHARS + 1).map(|w| &bare[w[0]..w[GRAM_CHARS]]).collect()
}

/// Tells whether two texts share most of the smaller one, however they were cut.
pub(super) fn is_same_text(text: &str, gold: &str) -> bool {
    let (text, gold) = (bare(text), bare(gold));
    let (a, b) = (grams(&text), grams(&gold));
    let n_smaller = a.len().min(b.len());
    match n_smaller {
        0 => false,
        1 => gold.contains(&text) || text.contains(&gold),
        #[expect(clippy::cast_precision_loss, reason = "counts of characters, far below 2^52")]
        _ => a.intersection(&b).count() as f64 / n_smaller as f64 >= SAME_SHARE,
    }
}

/// Tells whether a passage is the gold entry with this index.
pub(super) fn is_gold(question: &EvalQuestion, place: usize, passage: &FoundPassage) -> bool {
    if question.gold_docs.get(place) != Some(&passage.doc) {
        return false;
    }
    if !question.gold_page.is_empty() {
        let page = question.gold_page.get(place);
        return passage
            .pages
            .zip(page)
            .is_some_and(|((first, last), page)| (first..=last).contains(page));
    }
    question.gold_text.get(place).is_none_or(|gold| is_same_text(&passage.text, gold))
}

/// Tells whether a question names whole documents as gold.
pub(super) fn is_by_document(question: &EvalQuestion) -> bool {
    question.gold_page.is_empty() && question.gold_text.is_empty()
}

/// Returns the groups of gold entries of which one each is needed.
pub(super) fn units(question: &EvalQuestion) -> Vec<Vec<usize>> {
    let alone = || (0..question.gold_docs.len()).map(|place| vec![place]).collect();
    question.gold_units.clone().filter(|units| !units.is_empty()).unwrap_or_else(alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_letters_alone() {
        assert_eq!(bare("Ｌeave: 10 days_ 年假！"), "leave10days年假");
        assert!(is_same_text("Ten days of paid leave.", "TEN DAYS  of paid-leave, every year"));
        assert!(!is_same_text("Ten days of paid leave.", "The canteen opens at noon."));
        assert!(is_same_text("yes", "oh yes!"));
        assert!(!is_same_text("", "anything"));
    }
}
