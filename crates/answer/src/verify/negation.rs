//! Negations and other words that turn a sentence round.

use footnote_core::text::Analyzer;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::language::is_han;

/// Words that deny what follows.
const NEGATORS: [&str; 13] = [
    "not", "no", "never", "none", "nor", "neither", "without", "cannot", "nobody", "nothing",
    "unable", "hardly", "isn't",
];

/// Characters that deny what follows, in Chinese.
const HAN_NEGATORS: [char; 9] = ['不', '没', '沒', '无', '無', '未', '非', '勿', '禁'];

/// Words that hold such a character and deny nothing.
const HAN_HARMLESS: [&str; 22] = [
    "不仅", "不僅", "不但", "不过", "不過", "不论", "不論", "不管", "不同", "不断", "不斷", "不久",
    "不少", "非常", "非洲", "未来", "未來", "无论", "無論", "无线", "無線", "除非",
];

/// Han characters that may stand between a negator and what it denies.
const HAN_MODALS: &str = "得能可会會应應要该該许許允被是有以";

/// How many words after a negator it may deny.
const DENIED_WORDS: usize = 2;

/// The beginning of a word by which its forms are taken as one, in letters.
const STEM_LETTERS: usize = 4;

/// Words whose exchange turns a sentence round although it looks much the same.
const TURNING_WORDS: [&str; 34] = [
    "more",
    "less",
    "fewer",
    "before",
    "after",
    "above",
    "below",
    "over",
    "under",
    "least",
    "most",
    "minimum",
    "maximum",
    "only",
    "except",
    "unless",
    "must",
    "may",
    "all",
    "every",
    "always",
    "never",
    "first",
    "last",
    "highest",
    "lowest",
    "increase",
    "increased",
    "decrease",
    "decreased",
    "optional",
    "mandatory",
    "required",
    "until",
];

/// The same in Chinese.
const HAN_TURNING: [&str; 20] = [
    "超过", "超過", "至少", "至多", "最多", "最少", "以上", "以下", "之前", "之后", "以前", "以后",
    "多于", "少于", "必须", "可以", "仅", "所有", "增加", "减少",
];

/// Tells whether every word of a sentence that could turn it round stands in its source.
pub(super) fn turning_words_in(sentence: &str, source: &str) -> bool {
    let (sentence, source) = (sentence.to_lowercase(), source.to_lowercase());
    let known: Vec<&str> = source.unicode_words().collect();
    let mut turning = sentence.unicode_words().filter(|word| TURNING_WORDS.contains(word));
    turning.all(|word| known.contains(&word))
        && HAN_TURNING.iter().all(|word| !sentence.contains(word) || source.contains(word))
}

/// Tells whether one of the two denies what the other says without denying it.
pub(super) fn is_flipped(sentence: &str, source: &str, analyzer: &dyn Analyzer) -> bool {
    let (said, known) = (denials(sentence, analyzer), denials(source, analyzer));
    let source_flips = known.iter().any(|word| says(sentence, word) && !said.contains(word));
    let sentence_flips = !said.is_empty() && !said.iter().any(|word| known.contains(word));
    source_flips || sentence_flips
}

/// Returns what a text denies: beginnings of Latin words, pairs of Han characters.
fn denials(text: &str, analyzer: &dyn Analyzer) -> Vec<String> {
    let lower = text.to_lowercase().replace('’', "'");
    let mut denied = Vec::new();
    let words: Vec<&str> = lower.unicode_words().filter(|word| !word.contains(is_han)).collect();
    for (place, _) in words.iter().enumerate().filter(|(_, word)| is_negator(word)) {
        let after = &words[place + 1..];
        if after.first() == Some(&"only") {
            continue;
        }
        let content = after.iter().filter(|word| !analyzer.is_stop_word(word) && word.len() > 2);
        denied.extend(content.take(DENIED_WORDS).map(|word| stem(word)));
    }
    denied.extend(denied_han(&lower));
    denied
}

fn is_negator(word: &str) -> bool {
    NEGATORS.contains(&word) || word.ends_with("n't")
}

/// Returns the pair of Han characters after each negator.
fn denied_han(text: &str) -> Vec<String> {
    let harmless = HAN_HARMLESS.iter().fold(text.to_owned(), |text, word| text.replace(word, " "));
    let chars: Vec<char> = harmless.chars().collect();
    let mut denied = Vec::new();
    for (at, _) in chars.iter().enumerate().filter(|(_, c)| HAN_NEGATORS.contains(c)) {
        let after = chars[at + 1..]
            .iter()
            .skip_while(|c| HAN_MODALS.contains(**c) || HAN_NEGATORS.contains(c));
        let pair: String = after.take(2).take_while(|c| is_han(**c)).collect();
        if pair.chars().count() == 2 {
            denied.push(pair);
        }
    }
    denied
}

/// Tells whether a text holds a word with this beginning, or this pair of Han characters.
fn says(text: &str, denied: &str) -> bool {
    let lower = text.to_lowercase();
    if denied.contains(is_han) {
        return lower.contains(denied);
    }
    lower.unicode_words().any(|word| stem(word) == denied)
}

fn stem(word: &str) -> String {
    word.chars().take(STEM_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::PlainAnalyzer;

    fn flipped(sentence: &str, source: &str) -> bool {
        is_flipped(sentence, source, &PlainAnalyzer)
    }

    #[test]
    fn a_dropped_or_added_negation_is_noticed() {
        assert!(flipped("Leave may be carried over.", "Leave may not be carried over."));
        assert!(flipped("Leave may not be carried over.", "Leave may be carried over."));
        assert!(!flipped("Leave can't be carried over.", "Leave may not be carried over."));
        assert!(flipped("年假可以结转。", "年假不得结转。"));
        assert!(!flipped("年假不可结转。", "年假不得结转。"));
    }

    #[test]
    fn a_negation_of_something_else_does_not_matter() {
        assert!(!flipped("Staff get ten days.", "Staff get ten days, but no bonus is paid."));
        assert!(!flipped("员工享有年假。", "员工不仅享有年假，还有奖金。"));
    }

    #[test]
    fn words_that_turn_a_sentence_round_must_be_the_sources() {
        assert!(!turning_words_in("less than ten", "more than ten"));
        assert!(!turning_words_in("至多十天", "至少十天"));
        assert!(turning_words_in("at least ten", "It takes at least ten."));
    }
}
