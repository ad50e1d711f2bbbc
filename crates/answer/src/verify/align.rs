//! Finds a sentence in a source although white space, width, quotes or the last mark differ.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;

/// The fewest letters and digits that count as a quotation; less stands anywhere.
const MIN_LETTERS: usize = 6;

/// Returns the byte range of `source` that reads like `sentence`, if there is one.
///
/// The match begins and ends on word boundaries, so that `form` is not found in `uniform`.
pub(super) fn find(source: &str, sentence: &str) -> Option<Range<usize>> {
    let needle: Vec<char> = read(bare(sentence)).into_iter().map(|(c, _)| c).collect();
    if needle.iter().filter(|c| c.is_alphanumeric()).count() < MIN_LETTERS {
        return None;
    }
    let hay = read(source);
    let starts = 0..(hay.len() + 1).saturating_sub(needle.len());
    let reads_alike = |start: &usize| {
        hay[*start..*start + needle.len()].iter().zip(&needle).all(|((a, _), b)| a == b)
            && is_whole_words(&hay, *start, *start + needle.len())
    };
    let start = { starts }.find(reads_alike)?;
    let last = &hay[start + needle.len() - 1].1;
    let mut end = last.end;
    if let Some(mark) = source[end..].chars().next().filter(|c| is_end_mark(*c)) {
        end += mark.len_utf8();
    }
    Some(hay[start].1.start..end)
}

/// Returns a sentence without surrounding white space and the mark at its end.
fn bare(sentence: &str) -> &str {
    sentence.trim().trim_end_matches(is_end_mark).trim_end()
}

fn is_end_mark(c: char) -> bool {
    matches!(c, '.' | '。' | '!' | '！' | '?' | '？' | ';' | '；')
}

/// Returns the characters of a text as they are compared, each with the bytes it stands for.
fn read(text: &str) -> Vec<(char, Range<usize>)> {
    let mut chars: Vec<(char, Range<usize>)> = Vec::new();
    for (at, written) in text.char_indices() {
        let bytes = at..at + written.len_utf8();
        for c in written.nfkc().map(folded) {
            match chars.last_mut() {
                Some((' ', before)) if c == ' ' => before.end = bytes.end,
                Some(_) | None => chars.push((c, bytes.clone())),
            }
        }
    }
    chars
}

/// Folds what typography alone tells apart.
fn folded(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        '‘' | '’' | '`' | '´' => '\'',
        '“' | '”' | '„' | '«' | '»' | '「' | '」' => '"',
        '‐' | '‑' | '–' | '—' => '-',
        c => c,
    }
}

/// Tells whether a stretch neither begins nor ends inside a Latin word or a number.
fn is_whole_words(hay: &[(char, Range<usize>)], start: usize, end: usize) -> bool {
    let joins = |a: char, b: char| {
        let is_word = |c: char| c.is_alphanumeric() && !crate::language::is_east_asian(c);
        is_word(a) && is_word(b)
    };
    let before = start.checked_sub(1).is_some_and(|at| joins(hay[at].0, hay[start].0));
    let after = hay.get(end).is_some_and(|(next, _)| joins(hay[end - 1].0, *next));
    !before && !after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, sentence: &str, expected: Option<&str>) {
        assert_eq!(find(source, sentence).map(|range| &source[range]), expected);
    }

    #[test]
    fn white_space_width_and_quotes_do_not_matter() {
        check(
            "The “long”\nleave — ten days.",
            "The \"long\" leave - ten days",
            Some("The “long”\nleave — ten days."),
        );
        check("共１２３个，很好。", "共123个,很好", Some("共１２３个，很好。"));
    }

    #[test]
    fn a_part_is_found_but_never_a_part_of_a_word() {
        check(
            "Staff get ten days, paid in full.",
            "Staff get ten days.",
            Some("Staff get ten days"),
        );
        check("The uniform pays 100 euros.", "form pays 10", None);
        check("Yes. It does.", "Yes.", None);
    }
}
