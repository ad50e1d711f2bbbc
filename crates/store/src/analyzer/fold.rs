//! Folding: what counts as the same character when terms are compared.

use std::collections::HashMap;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Traditional characters and what they are folded to; see the header of the file.
const SIMPLIFIED: &str = include_str!("simplified.txt");

/// A character after folding, and where the characters it came from stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    /// The folded character: lower case, normal width, no accent, simplified.
    pub(super) folded: char,
    /// Whether it was upper case, which tells where `getUserName` has its words.
    pub(super) is_upper: bool,
    /// The first byte in the text.
    pub(super) start: usize,
    /// One past the last byte in the text.
    pub(super) end: usize,
}

/// Folds a text. A character with its combining marks may become several glyphs, which all stand
/// where the whole of it stands.
pub(super) fn fold(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        let mut end = start + first.len_utf8();
        while let Some((at, mark)) = chars.next_if(|(_, next)| joins_before(*next)) {
            end = at + mark.len_utf8();
        }
        if first.is_ascii() && end == start + 1 {
            glyphs.push(ascii(first, start));
        } else {
            push_folded(&mut glyphs, &text[start..end], start);
        }
    }
    glyphs
}

fn ascii(c: char, start: usize) -> Glyph {
    let is_upper = c.is_ascii_uppercase();
    Glyph { folded: c.to_ascii_lowercase(), is_upper, start, end: start + 1 }
}

/// Tells whether a character belongs to the one before it: accents, and the sound marks of
/// half-width kana.
fn joins_before(c: char) -> bool {
    !c.is_ascii() && (canonical_combining_class(c) != 0 || matches!(c, '\u{ff9e}' | '\u{ff9f}'))
}

fn push_folded(glyphs: &mut Vec<Glyph>, cluster: &str, start: usize) {
    let end = start + cluster.len();
    let mut push = |c: char| {
        let is_upper = c.is_uppercase();
        glyphs.extend(c.to_lowercase().map(|c| Glyph {
            folded: simplified(c),
            is_upper,
            start,
            end,
        }));
    };
    for c in cluster.nfkc() {
        if has_accent(c) {
            c.nfd().filter(|part| !is_combining_mark(*part)).for_each(&mut push);
        } else {
            push(c);
        }
    }
}

/// Tells whether a letter is a Latin, Greek or Cyrillic one with something on it that people
/// leave out when they search.
fn has_accent(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{386}'..='\u{3ce}' | '\u{400}'..='\u{45f}'
                | '\u{1e00}'..='\u{1fff}')
        && !matches!(c, 'й' | 'Й')
}

/// Returns the simplified form of a traditional Chinese character, any other as it is.
fn simplified(c: char) -> char {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    if c < '\u{3400}' {
        return c;
    }
    TABLE.get_or_init(simplified_table).get(&c).copied().unwrap_or(c)
}

fn simplified_table() -> HashMap<char, char> {
    let lines = SIMPLIFIED.lines().filter(|line| !line.starts_with('#'));
    let characters: Vec<char> = lines.flat_map(str::chars).collect();
    let (pairs, _) = characters.as_chunks::<2>();
    pairs.iter().map(|[traditional, simplified]| (*traditional, *simplified)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text).iter().map(|glyph| glyph.folded).collect()
    }

    #[test]
    fn width_case_accents_and_tradition_do_not_matter() {
        assert_eq!(folded("ＡＢＣ　１２３ ｶﾞ"), "abc 123 ガ");
        assert_eq!(folded("Beyoncé Größe ŒUVRE"), "beyonce große œuvre");
        assert_eq!(folded("資訊與機車"), "资讯与机车");
        assert_eq!(folded("ﬁne ½ Й"), "fine 1⁄2 й");
    }

    #[test]
    fn glyphs_know_where_they_came_from() {
        let text = "e\u{301}X ﬁ";
        let places: Vec<_> = fold(text).iter().map(|g| &text[g.start..g.end]).collect();
        assert_eq!(places, ["e\u{301}", "X", " ", "ﬁ", "ﬁ"]);
    }

    #[test]
    fn the_table_is_read_whole() {
        let table = simplified_table();
        assert!(4000 < table.len());
        assert_eq!(table[&'臺'], '台');
        assert_eq!(fold("臺灣").len(), 2);
    }
}
