//! Words that the end of a line broke.

use std::collections::HashSet;

use super::Page;
use super::glyph::is_ideograph;

/// The words of a document, to tell whether a broken word is one without its hyphen.
pub(crate) struct Words {
    /// The words that stand inside lines.
    whole: HashSet<String>,
    /// Whether lines of the document often end inside a word: then a hyphen there is no sign that
    /// two words are joined.
    breaks: bool,
}

/// How many broken words that stand whole elsewhere show that a document breaks words.
const MANY_BREAKS: usize = 3;

impl Words {
    /// Gathers the words that no end of a line broke.
    pub(crate) fn of(pages: &[Page]) -> Self {
        let mut broken = String::new();
        let mut parts: Vec<String> = Vec::new();
        let mut whole = HashSet::new();
        for line in pages.iter().flat_map(Page::lines).map(|line| line.text.as_str()) {
            let begin = if broken.is_empty() { 0 } else { end_of_word(line) };
            if begin > 0 {
                parts.push((std::mem::take(&mut broken) + &line[..begin]).to_lowercase());
            }
            let bare = line.trim_end_matches(['-', '\u{AD}']);
            let end = if bare.len() < line.len() { begin_of_word(bare) } else { line.len() };
            bare.get(end..).unwrap_or_default().clone_into(&mut broken);
            let inside = line.get(begin..end).unwrap_or_default();
            let words = inside.split(|c: char| !c.is_alphabetic() && c != '-');
            whole.extend(words.filter(|word| !word.is_empty()).map(str::to_lowercase));
        }
        let n_breaks = parts.iter().filter(|word| whole.contains(*word)).count();
        Self { whole, breaks: n_breaks >= MANY_BREAKS }
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
        let before = before[begin_of_word(before)..].to_lowercase();
        let after = line[..end_of_word(line)].to_lowercase();
        if before.chars().count() < 2 {
            return false;
        }
        let is_word = self.whole.contains(&format!("{before}{after}"));
        let is_joined = self.whole.contains(&format!("{before}-{after}"));
        let are_words =
            self.whole.contains(&before) && (!self.breaks || self.whole.contains(&after));
        !is_joined && (is_word || !are_words)
    }
}

/// Returns where the last word of a text begins.
fn begin_of_word(text: &str) -> usize {
    let letters = text.char_indices().rev().take_while(|(_, c)| c.is_alphabetic());
    letters.last().map_or(text.len(), |(begin, _)| begin)
}

/// Returns where the first word of a text ends.
fn end_of_word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())
}

fn ends_in_letter_and_hyphen(text: &str) -> bool {
    text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tests::drawn;

    fn append_in(breaks: bool, text: &str, line: &str) -> String {
        let whole = ["information", "in", "long", "term", "self-made"];
        let words = Words { whole: whole.map(str::to_owned).into(), breaks };
        let mut text = text.to_owned();
        words.join(&mut text, line);
        text + line
    }

    fn append(text: &str, line: &str) -> String {
        append_in(true, text, line)
    }

    #[test]
    fn a_hyphen_stays_between_two_words_and_goes_inside_one() {
        assert_eq!(append("the In-", "formation, and"), "the Information, and");
        assert_eq!(append("a long-", "term plan"), "a long-term plan");
        assert_eq!(append("a self-", "made man"), "a self-made man");
        assert_eq!(append("an x-", "ray"), "an x-ray");
        assert_eq!(append("“dé-", "jeuner"), "“déjeuner");
        assert_eq!(append("COVID-", "19 and non-"), "COVID-19 and non-");
        assert_eq!(append("soft\u{AD}", "ware"), "software");
        assert_eq!(append("pages 1-", "next"), "pages 1- next");
    }

    #[test]
    fn where_lines_do_not_end_inside_words_a_known_word_keeps_its_hyphen() {
        assert_eq!(append_in(false, "a long-", "distance call"), "a long-distance call");
        assert_eq!(append_in(true, "a long-", "itude of"), "a longitude of");
    }

    #[test]
    fn the_parts_of_a_broken_word_are_no_words() {
        let texts = ["mail com@fb and com-", "plementary things", "well-known com-", "plete"];
        let words = |texts: &[&str]| {
            let lines = texts.iter().zip([80., 68., 56., 44., 32., 20., 8.]);
            let glyphs = lines.flat_map(|(text, y)| drawn(0., y, text)).collect();
            Words::of(&[Page::of(1, glyphs)])
        };
        let Words { whole, breaks } = words(&texts);
        assert!(whole.contains("things") && whole.contains("well-known") && !breaks);
        assert!(!whole.contains("plementary") && !whole.contains("com-"));
        let breaking = ["paper lemon tabular pa-", "per is le-", "mon is tabu-", "lar is it"];
        assert!(words(&breaking).breaks);
    }

    #[test]
    fn lines_are_joined_by_a_space_except_between_ideographs() {
        assert_eq!(append("ten", "days"), "ten days");
        assert_eq!(append("十天", "年假"), "十天年假");
        assert_eq!(append("", "ten"), "ten");
    }
}
