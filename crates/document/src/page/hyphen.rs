//! Words that the end of a line broke.

use std::collections::HashSet;

use super::Page;
use super::glyph::is_ideograph;

/// The words of a document, to tell whether a broken word is one without its hyphen.
pub(crate) struct Words(HashSet<String>);

impl Words {
    /// Gathers the words that stand inside lines.
    pub(crate) fn of(pages: &[Page]) -> Self {
        let lines = pages.iter().flat_map(Page::lines);
        let words =
            lines.flat_map(|line| line.text.split(|c: char| !c.is_alphabetic() && c != '-'));
        Self(words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect())
    }

    /// Makes a text ready for a line that follows, as one reads over the end of a line.
    pub(crate) fn join(&self, text: &mut String, line: &str) {
        let last = text.chars().next_back();
        let Some(first) = line.chars().next() else { return };
        match last {
            None => {}
            Some('\u{AD}') if first.is_alphabetic() => {
                text.pop();
            }
            Some('-') if first.is_lowercase() && self.is_broken_word(text, line) => {
                text.pop();
            }
            Some('-') if first.is_alphanumeric() && ends_in_letter_and_hyphen(text) => {}
            Some(last) if is_ideograph(last) && is_ideograph(first) => {}
            Some(_) => text.push(' '),
        }
    }

    /// Tells whether the hyphen broke one word, and does not join two as in `long-term`.
    fn is_broken_word(&self, text: &str, line: &str) -> bool {
        let before = text.trim_end_matches('-');
        let begin = before.char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last();
        let Some((begin, _)) = begin else { return false };
        let end = line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len());
        let (before, after) = (before[begin..].to_lowercase(), line[..end].to_lowercase());
        let is_word = self.0.contains(&format!("{before}{after}"));
        let is_joined = self.0.contains(&format!("{before}-{after}"));
        let are_words = self.0.contains(&before) && self.0.contains(&after);
        !is_joined && (is_word || !are_words)
    }
}

fn ends_in_letter_and_hyphen(text: &str) -> bool {
    text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(text: &str, line: &str) -> String {
        let words = ["information", "in", "long", "term", "self-made"];
        let words = Words(words.map(str::to_owned).into());
        let mut text = text.to_owned();
        words.join(&mut text, line);
        text + line
    }

    #[test]
    fn a_hyphen_stays_between_two_words_and_goes_inside_one() {
        assert_eq!(append("the In-", "formation, and"), "the Information, and");
        assert_eq!(append("a long-", "term plan"), "a long-term plan");
        assert_eq!(append("a self-", "made man"), "a self-made man");
        assert_eq!(append("“dé-", "jeuner"), "“déjeuner");
        assert_eq!(append("COVID-", "19 and non-"), "COVID-19 and non-");
        assert_eq!(append("soft\u{AD}", "ware"), "software");
        assert_eq!(append("pages 1-", "next"), "pages 1- next");
    }

    #[test]
    fn lines_are_joined_by_a_space_except_between_ideographs() {
        assert_eq!(append("ten", "days"), "ten days");
        assert_eq!(append("十天", "年假"), "十天年假");
        assert_eq!(append("", "ten"), "ten");
    }
}
