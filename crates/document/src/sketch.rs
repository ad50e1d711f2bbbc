//! Sketches of texts by their words, so that near duplicates are found (Broder 1997).
//!
//! A text is the set of its *shingles*: three words in a row, or three characters where words are
//! written without spaces. Of each of 64 shuffles of all shingles there are, the sketch keeps the
//! first that the text has; the share of equal numbers in two sketches estimates the share of
//! shingles that two texts have in common. The order of the shingles and how often one occurs do
//! not count.

use footnote_core::sketch::{Sketch, VALUES};
use std::array;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

/// How many words, or characters of unspaced scripts, make a shingle.
const SHINGLE: usize = 3;

/// The shuffles: a hash becomes another by a multiplication and an addition, each its own pair.
/// Stored sketches depend on them: a change makes old and new sketches incomparable.
static SHUFFLES: LazyLock<[(u32, u32); VALUES]> = LazyLock::new(|| {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state = mix(state);
        u32::try_from(state >> 32).unwrap_or_default()
    };
    array::from_fn(|_| (next() | 1, next()))
});

/// Sketches a text; `None` when it has no words. Case, width and punctuation do not count.
///
/// The same text gives the same sketch on every machine and in every release.
#[must_use]
pub fn sketch(text: &str) -> Option<Sketch> {
    let mut shingles = Shingles::default();
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(|c| shingles.push(c));
    } else {
        text.nfkc().for_each(|c| shingles.push(c));
    }
    shingles.finish()
}

/// The shingles of a text as it is read, and the smallest hash of each shuffle so far.
struct Shingles {
    /// The hash of the word that is being read; `None` between words.
    word: Option<u64>,
    /// The hashes of the last words, the oldest first.
    last: [u64; SHINGLE],
    n_words: usize,
    smallest: [u32; VALUES],
}

impl Default for Shingles {
    fn default() -> Self {
        Self { word: None, last: [0; SHINGLE], n_words: 0, smallest: [u32::MAX; VALUES] }
    }
}

impl Shingles {
    fn push(&mut self, c: char) {
        if is_unspaced(c) {
            self.end_word();
            self.word = Some(spell(START, c));
            self.end_word();
        } else if c.is_ascii_alphanumeric() {
            self.word = Some(spell(self.word.unwrap_or(START), c.to_ascii_lowercase()));
        } else if c.is_alphanumeric() {
            let word = self.word.unwrap_or(START);
            self.word = Some(c.to_lowercase().fold(word, spell));
        } else {
            self.end_word();
        }
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        self.last.rotate_left(1);
        self.last[SHINGLE - 1] = mix(word);
        self.n_words += 1;
        if SHINGLE <= self.n_words {
            self.take();
        }
    }

    /// Takes the last words in as a shingle.
    fn take(&mut self) {
        let joined = self.last.iter().fold(0, |hash: u64, word| mix(hash.rotate_left(21) ^ word));
        let hash = u32::try_from(joined >> 32).unwrap_or_default();
        for (smallest, (times, plus)) in self.smallest.iter_mut().zip(SHUFFLES.iter()) {
            *smallest = (*smallest).min(hash.wrapping_mul(*times).wrapping_add(*plus));
        }
    }

    /// Ends the text; one shorter than a shingle is a shingle of its own.
    fn finish(mut self) -> Option<Sketch> {
        self.end_word();
        if (1..SHINGLE).contains(&self.n_words) {
            self.take();
        }
        (0 < self.n_words).then_some(Sketch(self.smallest))
    }
}

/// The hash of no characters (FNV-1a, 64 bits).
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Adds a character to the hash of those before it.
fn spell(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
}

/// Spreads a hash over all of its bits (the finalizer of `SplitMix64`).
fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// Tells whether a character belongs to a script that writes words without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff
        | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x20000..=0x3ffff)
        && c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resemblance(a: &str, b: &str) -> f32 {
        sketch(a).unwrap().resemblance(&sketch(b).unwrap())
    }

    fn numbered(range: std::ops::Range<u32>) -> String {
        let words: Vec<String> = range.map(|n| format!("word{n}")).collect();
        words.join(" ")
    }

    #[test]
    fn case_width_and_punctuation_do_not_count() {
        let same = resemblance("The Leave, of 28 days!", "ｔｈｅ leave of ２８ days");
        assert!((same - 1.0).abs() < f32::EPSILON);
        assert_eq!(sketch(" —… "), None);
        assert_ne!(sketch("one"), sketch("one two"));
    }

    #[test]
    fn the_estimate_is_near_the_true_share() {
        // 1,000 and 1,000 words in a row, of which some are common.
        for n_common in [950_u16, 850, 500, 0] {
            let from = 1000 - u32::from(n_common);
            let estimate = resemblance(&numbered(0..1000), &numbered(from..from + 1000));
            let truth = f32::from(n_common) / f32::from(2000 - n_common);
            assert!((estimate - truth).abs() < 0.14, "{n_common}: {estimate} for {truth}");
        }
    }

    #[test]
    fn a_changed_word_of_a_chinese_text_changes_little() {
        let text: String = (0..300).filter_map(|n| char::from_u32(0x4e00 + n * 7)).collect();
        let changed = text.replacen('\u{4e07}', "天", 1);
        assert_ne!(text, changed);
        assert!(0.9 < resemblance(&text, &changed));
        assert!(resemblance(&text, "今天天气很好，我们去公园散步。") < 0.2);
    }

    #[test]
    fn sketches_never_change() {
        let values = sketch("Ten days of leave in every year. 年假为三十天。").unwrap().0;
        assert_eq!(values[..4], [1_043_149_085, 73_436_184, 150_546_410, 192_406_208]);
    }
}
