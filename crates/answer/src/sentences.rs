//! Splits text into sentences, as byte ranges: prose, list items, headings and table rows.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation as _;

/// A line at least this long, in characters, that ends without punctuation was wrapped.
const WRAPPED_LINE_CHARS: usize = 45;

/// The longest sentence, in bytes; what runs longer (code, endless tables) is cut at a space.
const MAX_SENTENCE_BYTES: usize = 900;

/// Abbreviations after which a full stop ends nothing, in lower case without the stop.
const ABBREVIATIONS: [&str; 42] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "rev", "gen", "col", "sgt", "capt", "lt",
    "gov", "sen", "rep", "hon", "vs", "no", "nos", "vol", "fig", "figs", "eq", "sec", "ch", "pp",
    "al", "cf", "ca", "approx", "e.g", "i.e", "u.s", "inc", "ltd", "co", "corp", "dept", "est",
    "art",
];

/// Characters that quote or list markers begin a line with; they are no part of a sentence.
const LINE_MARKERS: [char; 7] = ['#', '>', '*', '-', '•', '·', '+'];

/// Splits a text into sentences in order, without surrounding white space or list markers.
///
/// Pieces without a letter or digit are left out. The ranges lie on character boundaries.
pub(crate) fn split(text: &str) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        for part in at_semicolons(piece, start) {
            match sentences.last_mut() {
                Some(last) if goes_on(&text[last.clone()], &text[part.clone()]) => {
                    last.end = part.end;
                }
                Some(_) | None => sentences.push(part),
            }
        }
    }
    sentences
        .into_iter()
        .map(|range| trimmed(text, range))
        .filter(|range| text[range.clone()].contains(char::is_alphanumeric))
        .flat_map(|range| cut_long(text, range))
        .collect()
}

/// Cuts a piece after full-width semicolons, which end a thought in Chinese.
fn at_semicolons(piece: &str, start: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = start;
    piece.split_inclusive('；').map(move |part| {
        let range = at..at + part.len();
        at = range.end;
        range
    })
}

/// Tells whether a sentence so far goes on in the next piece, though a rule of Unicode cut there.
fn goes_on(before: &str, next: &str) -> bool {
    match before.strip_suffix('\n') {
        Some(line) => is_wrapped(line, next),
        None => ends_in_abbreviation(before),
    }
}

/// Tells whether a line break only wraps running text.
fn is_wrapped(before: &str, next: &str) -> bool {
    let last_line = before.rsplit('\n').next().unwrap_or(before);
    let line = last_line.trim_end();
    let next_line = next.trim_start_matches(' ');
    line.chars().count() >= WRAPPED_LINE_CHARS
        && !line.ends_with(['.', '!', '?', ':', ';', '。', '！', '？', '：', '；'])
        && !starts_block(line)
        && !starts_block(next_line)
        && next_line.starts_with(char::is_alphanumeric)
}

/// Tells whether a line begins a heading, a list item or a table row.
fn starts_block(line: &str) -> bool {
    let marked = line.strip_prefix(LINE_MARKERS).is_some_and(|rest| {
        rest.starts_with([' ', '#']) || rest.trim_start_matches('#').starts_with(' ')
    });
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < line.len() && digits.starts_with([')', '.', '、']);
    marked || numbered || line.starts_with('|') || line.contains(['\t', '\u{2502}'])
}

/// Tells whether a text ends in an abbreviation, an initial or a bare list number.
fn ends_in_abbreviation(before: &str) -> bool {
    let Some(stem) = before.trim_end_matches(' ').strip_suffix('.') else { return false };
    let word = stem.rsplit([' ', '\n', '(', '\u{a0}']).next().unwrap_or(stem);
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let is_list_number = word.len() <= 3
        && word.chars().all(|c| c.is_ascii_digit())
        && stem.trim_start() == word
        && !word.is_empty();
    is_initial || is_list_number || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// Narrows a range to what is no white space and no marker of a list, quote or heading.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = text[range.clone()].trim_end();
    let end = range.start + piece.len();
    let mut body = piece.trim_start();
    while let Some(rest) = body.strip_prefix(LINE_MARKERS) {
        if !rest.starts_with([' ', '\t', '#', '>']) {
            break;
        }
        body = rest.trim_start();
    }
    end - body.len()..end
}

/// Cuts a sentence that is too long to be quoted at the last space before the limit.
fn cut_long(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut rest = range;
    while rest.len() > MAX_SENTENCE_BYTES {
        let limit = text.floor_char_boundary(rest.start + MAX_SENTENCE_BYTES);
        let head = &text[rest.start..limit];
        let cut = head.rfind([' ', '\n', '，', '、']).filter(|at| *at > 0).map_or(limit, |at| {
            rest.start + at + head[at..].chars().next().map_or(1, char::len_utf8)
        });
        parts.push(trimmed(text, rest.start..cut));
        rest = cut..rest.end;
    }
    parts.push(trimmed(text, rest));
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = split(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn abbreviations_initials_and_decimals_end_nothing() {
        check(
            "Mr. Smith paid 3.50 to J. R. Doe, e.g. on Monday. He left.",
            &["Mr. Smith paid 3.50 to J. R. Doe, e.g. on Monday.", "He left."],
        );
    }

    #[test]
    fn chinese_ends_at_its_own_marks() {
        check(
            "年假为十天。可以结转吗？不可以；必须用完！",
            &["年假为十天。", "可以结转吗？", "不可以；", "必须用完！"],
        );
    }

    #[test]
    fn headings_list_items_and_table_rows_stand_alone() {
        check(
            "## Leave\n\n- Ten days\n- Two weeks\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            &["Leave", "Ten days", "Two weeks", "| a | b |", "| 1 | 2 |"],
        );
    }

    #[test]
    fn a_numbered_item_keeps_its_number_and_a_wrapped_line_goes_on() {
        check("1. Ask the manager.\n2. Wait.", &["1. Ask the manager.", "2. Wait."]);
        check(
            "Every full-time employee receives twenty-eight\ndays of paid leave a year. More is\nrare.",
            &[
                "Every full-time employee receives twenty-eight\ndays of paid leave a year.",
                "More is",
                "rare.",
            ],
        );
    }

    #[test]
    fn what_never_ends_is_cut_at_a_space() {
        let text = "word ".repeat(400);
        let sentences = split(&text);
        assert!(sentences.len() > 1);
        assert!(sentences.iter().all(|range| range.len() <= MAX_SENTENCE_BYTES));
    }
}
