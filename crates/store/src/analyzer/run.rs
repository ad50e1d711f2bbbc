//! Runs: stretches of a text that are written in one way and read in one way.

use unicode_normalization::char::is_combining_mark;

use super::fold::Glyph;

/// How a run gives its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Letters and digits that are written in words, and what joins them.
    Word,
    /// Chinese characters.
    Han,
    /// Syllables and letters that are written without spaces between words.
    Syllabic,
}

/// A stretch of glyphs of one script.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    /// How it gives its terms.
    pub(super) script: Script,
    /// Its glyphs.
    pub(super) glyphs: &'a [Glyph],
}

/// Splits glyphs into runs; what belongs to none is left out.
pub(super) fn runs(glyphs: &[Glyph]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start = 0;
    while let Some(glyph) = glyphs.get(start) {
        let Some(script) = script(glyph.folded) else {
            start += 1;
            continue;
        };
        let length = length(&glyphs[start..], script);
        runs.push(Run { script, glyphs: &glyphs[start..start + length] });
        start += length;
    }
    runs
}

/// Returns how many glyphs the run of a script has that these begin with.
fn length(glyphs: &[Glyph], run: Script) -> usize {
    let continues = |at: usize| {
        let has_script =
            |at: usize| glyphs.get(at).is_some_and(|glyph| script(glyph.folded) == Some(run));
        let is_joined = || is_joiner(glyphs[at].folded) && has_script(at + 1);
        has_script(at) || (run == Script::Word && is_joined())
    };
    (1..glyphs.len()).find(|at| !continues(*at)).unwrap_or(glyphs.len())
}

/// Tells what may stand between the parts of one word, identifier or number.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '_' | '-' | '.' | ',' | ':' | '/' | '@' | '\'' | '\u{2019}' | '\u{2010}' | '\u{2011}'
    )
}

fn script(c: char) -> Option<Script> {
    match c {
        '0'..='9' | 'a'..='z' => Some(Script::Word),
        '\0'..='\x7f' => None,
        '々'
        | '〇'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Some(Script::Han),
        // Kana, hangul, Thai and Lao, Burmese, Khmer.
        'ー'
        | '\u{3041}'..='\u{309f}'
        | '\u{30a1}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{3131}'..='\u{318e}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{e01}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' => Some(Script::Syllabic),
        // A vowel sign of an Indic script is no letter by itself and stands inside words.
        '\u{900}'..='\u{dff}' if is_combining_mark(c) => Some(Script::Word),
        c if c.is_alphanumeric() => Some(Script::Word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{fold::fold, text};
    use super::*;

    #[test]
    fn scripts_are_split_and_joined_words_stay_together() {
        let glyphs = fold("在2024年, GPT-4的foo_bar. カナ!");
        let found: Vec<_> = runs(&glyphs).iter().map(|run| text(run.glyphs)).collect();
        assert_eq!(found, ["在", "2024", "年", "gpt-4", "的", "foo_bar", "カナ"]);
    }
}
