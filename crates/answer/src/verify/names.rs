//! Names, links and markup: what a sentence may only take over from its source.

use std::collections::HashSet;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::language::is_han;

/// Words that begin sentences and are no names.
const OPENING_WORDS: [&str; 40] = [
    "a", "an", "the", "this", "that", "these", "those", "it", "they", "he", "she", "we", "you",
    "i", "in", "on", "at", "by", "for", "from", "to", "with", "as", "if", "when", "while", "after",
    "before", "there", "yes", "no", "not", "all", "each", "every", "and", "but", "or", "its",
    "their",
];

/// Returns the words that occur in lower case in some texts.
pub(super) fn lower_case_words<'t>(texts: impl Iterator<Item = &'t str>) -> HashSet<String> {
    texts
        .flat_map(str::unicode_words)
        .filter(|word| word.starts_with(char::is_lowercase))
        .map(|word| base(word).to_owned())
        .collect()
}

/// Tells whether every name of a sentence stands in its source.
///
/// A name is a capitalised word, one with digits, a Latin word among Han, or two Han characters
/// neither of which the source holds. The first word counts unless it is `common`.
pub(super) fn all_in(sentence: &str, source: &str, common: &HashSet<String>) -> bool {
    let known: HashSet<String> = source.unicode_words().map(lower_base).collect();
    let has_han = sentence.contains(is_han);
    let words = sentence.unicode_words().filter(|word| !word.contains(is_han)).enumerate();
    let mut names = words.filter(|(place, word)| {
        let is_opening = *place == 0
            && (OPENING_WORDS.contains(&lower_base(word).as_str())
                || common.contains(&lower_base(word)));
        let is_capitalised = word.starts_with(char::is_uppercase) && *word != "I" && !is_opening;
        is_capitalised || (has_han && word.starts_with(char::is_alphabetic)) || mixes_digits(word)
    });
    names.all(|(_, name)| known.contains(&lower_base(name))) && !holds_strange_han(sentence, source)
}

/// Tells whether two Han characters stand side by side neither of which the source holds.
fn holds_strange_han(sentence: &str, source: &str) -> bool {
    let known: HashSet<char> = source.chars().collect();
    let is_strange = |c: char| is_han(c) && !known.contains(&c);
    let next = sentence.chars().skip(1);
    sentence.chars().zip(next).any(|(a, b)| is_strange(a) && is_strange(b))
}

fn mixes_digits(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && word.contains(char::is_alphabetic)
}

fn lower_base(word: &str) -> String {
    base(word).to_lowercase()
}

/// Returns a word without a possessive ending.
fn base(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

/// Returns the words of a sentence that are links, tags or Markdown images and links.
pub(super) fn links_and_tags(sentence: &str) -> Vec<&str> {
    const SIGNS: [&str; 9] =
        ["://", "www.", "](", "![", "</", "javascript:", "mailto:", "data:", "&lt;"];
    let is_tag = |word: &str| {
        word.match_indices('<').any(|(at, _)| {
            word[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '/')
        })
    };
    let is_sign = |word: &&str| {
        let lower = word.to_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign)) || is_tag(word) || is_bare_domain(&lower)
    };
    sentence.split_whitespace().filter(is_sign).collect()
}

/// Tells whether a word reads like `evil.example.com/path`, which many readers make a link of.
fn is_bare_domain(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or(word).trim_end_matches(['.', ',', ')', ';']);
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_ending =
        (2..=6).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphabetic());
    is_ending && name.len() > 3 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, source: &str) -> bool {
        all_in(sentence, source, &lower_case_words(["the employees and their manager"].into_iter()))
    }

    #[test]
    fn a_changed_name_is_noticed_wherever_it_stands() {
        assert!(check("Smith leads the team.", "The team is led by Anna Smith."));
        assert!(!check("Miller leads the team.", "The team is led by Anna Smith."));
        assert!(!check("The team is led by Anna Miller.", "The team is led by Anna Smith."));
        assert!(check("Employees get leave.", "Staff get leave."));
        assert!(!check("Use form E1235.", "Use form E1234."));
    }

    #[test]
    fn chinese_names_are_noticed_by_their_characters() {
        assert!(check("王伟负责采购", "采购由王伟负责"));
        assert!(!check("李娜负责采购", "采购由王伟负责"));
        assert!(!check("由Bob负责采购", "采购由Alice负责"));
    }

    #[test]
    fn links_and_tags_are_found_but_versions_and_abbreviations_are_not() {
        assert_eq!(links_and_tags("see https://a.b/c and <img src=x>").len(), 2);
        assert_eq!(links_and_tags("go to evil.example.com now").len(), 1);
        assert!(links_and_tags("version 1.2.3, e.g. if a < b").is_empty());
    }
}
