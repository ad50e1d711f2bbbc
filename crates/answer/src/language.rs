//! Tells the language of a text as far as models differ in reading it.

use footnote_core::model::Language;

/// The share of letters in East Asian scripts from which a text counts as Chinese. Low, because
/// Chinese questions often hold Latin names and English ones hardly ever Han.
const CHINESE_SHARE: f32 = 0.2;

/// Tells the language of a text from the share of Han among its letters.
///
/// Kana and Hangul count as Han: what reads no Chinese reads no Japanese or Korean either.
pub(crate) fn language_of(text: &str) -> Language {
    let (mut n_letters, mut n_han) = (0_u32, 0_u32);
    for letter in text.chars().filter(|c| c.is_alphabetic()) {
        n_letters += 1;
        n_han += u32::from(is_east_asian(letter));
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of letters, far below 2^23")]
    let share = n_han as f32 / n_letters.max(1) as f32;
    if share >= CHINESE_SHARE { Language::Chinese } else { Language::English }
}

/// Tells whether a character is Han, the script of Chinese.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Tells whether a character belongs to a script that is written without spaces between words.
pub(crate) fn is_east_asian(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_name_does_not_make_a_chinese_question_english() {
        assert_eq!(language_of("CVPR2022在哪举办"), Language::Chinese);
        assert_eq!(language_of("ChatGPT的开发公司OpenAI在哪"), Language::Chinese);
    }

    #[test]
    fn a_quoted_word_does_not_make_an_english_question_chinese() {
        assert_eq!(language_of("What does 你好 mean in English?"), Language::English);
        assert_eq!(language_of("2024?"), Language::English);
    }
}
