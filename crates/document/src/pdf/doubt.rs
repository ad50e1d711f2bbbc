//! When the text of the first reader is doubted, and which of two readings is kept.

use crate::page::{Page, is_ideograph};

/// How well a page could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Quality {
    /// How many characters it has, spaces aside.
    pub(crate) n_chars: usize,
    /// How many of them are no text: replacements, private characters; and glyphs without any.
    pub(crate) n_unreadable: usize,
    /// How many words it has that are written with letters.
    pub(crate) n_words: usize,
    /// How many of these have a single letter.
    pub(crate) n_single: usize,
    /// Whether the reader knows of text that it cannot place.
    pub(crate) is_misplaced: bool,
}

/// A page with fewer characters may have text that the first reader did not find.
const FEW_CHARS: usize = 20;

/// Below so many words, single letters do not tell that words fell apart.
const MANY_WORDS: usize = 30;

impl Quality {
    /// Judges a page and the glyphs on it that have no characters.
    pub(crate) fn of(page: &Page, n_unmapped: usize, is_misplaced: bool) -> Self {
        let mut quality = Self { n_unreadable: n_unmapped, is_misplaced, ..Self::default() };
        for word in page.lines().flat_map(|line| line.text.split_whitespace()) {
            quality.add(word);
        }
        quality
    }

    fn add(&mut self, word: &str) {
        let n_chars = word.chars().count();
        self.n_chars += n_chars;
        self.n_unreadable += word.chars().filter(|c| is_unreadable(*c)).count();
        if word.chars().all(|c| c.is_alphabetic() && !is_ideograph(c)) {
            self.n_words += 1;
            self.n_single += usize::from(n_chars == 1);
        }
    }

    /// Tells whether another reader should try the page.
    pub(crate) fn is_doubtful(&self) -> bool {
        let is_apart = self.n_words >= MANY_WORDS && self.n_single * 3 > self.n_words;
        self.n_chars < FEW_CHARS || self.n_unreadable > 0 || is_apart || self.is_misplaced
    }

    /// Tells whether this reading of a page is to be kept rather than an earlier, doubtful one.
    pub(crate) fn is_better_than(&self, earlier: &Self) -> bool {
        if self.n_readable() == 0 || earlier.n_readable() == 0 {
            return self.n_readable() > 0;
        }
        let is_placed = earlier.is_misplaced && !self.is_misplaced;
        let is_whole = self.n_single * 2 < earlier.n_single;
        let is_fuller = self.n_readable() > earlier.n_readable();
        let is_about_as_full = self.n_readable() * 10 >= earlier.n_readable() * 9;
        is_fuller || (is_about_as_full && (is_placed || is_whole))
    }

    fn n_readable(&self) -> usize {
        self.n_chars.saturating_sub(self.n_unreadable)
    }
}

fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}') || c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quality(words: &str) -> Quality {
        let mut quality = Quality::default();
        for word in words.split_whitespace() {
            quality.add(word);
        }
        quality
    }

    #[test]
    fn whole_words_are_believed() {
        assert!(!quality("Everyone who works here has ten days of leave.").is_doubtful());
        assert!(!quality("十天年假，未休的假期可以结转到下一年，逾期作废。").is_doubtful());
    }

    #[test]
    fn what_is_missing_unreadable_apart_or_misplaced_is_doubted() {
        assert!(quality("").is_doubtful());
        assert!(quality("Everyone has ten days \u{FFFD}\u{E123} of leave").is_doubtful());
        assert!(quality(&"l e a v e of all ".repeat(9)).is_doubtful());
        let words = quality("Everyone who works here has ten days of leave.");
        assert!(Quality { is_misplaced: true, ..words }.is_doubtful());
        assert!(Quality { n_unreadable: 9, ..words }.is_doubtful());
    }

    #[test]
    fn the_reading_with_more_text_or_whole_words_is_kept() {
        let whole = quality("Everyone who works here has ten days of leave.");
        let apart = quality("E v e r y o n e w h o w o r k s here has ten days of leave.");
        assert!(whole.is_better_than(&apart) && !apart.is_better_than(&whole));
        assert!(whole.is_better_than(&Quality::default()));
        assert!(!Quality::default().is_better_than(&whole));
        assert!(!quality("\u{FFFD}\u{FFFD}").is_better_than(&Quality::default()));
        let misplaced = Quality { is_misplaced: true, ..whole };
        assert!(whole.is_better_than(&misplaced) && !misplaced.is_better_than(&whole));
    }
}
