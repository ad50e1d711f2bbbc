//! The parts in which a long run is split, one by one: the splitter looks at all that is left for
//! every chunk, which takes time with the square of the length.

use std::ops::Range;

/// How many bytes of a part come to a token of a chunk: parts have about fifty chunks.
const BYTES_PER_TOKEN: usize = 256;

/// The shortest part that is cut further, in bytes.
const MIN_BYTES: usize = 16 << 10;

/// Cuts a text where its structure lets it, into parts as even as that allows.
pub(crate) fn windows(text: &str, max_tokens: usize) -> Vec<Range<usize>> {
    let max_bytes = max_tokens.saturating_mul(BYTES_PER_TOKEN).max(MIN_BYTES);
    let mut windows = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| rest.len() > max_bytes) {
        let n_windows = rest.len().div_ceil(max_bytes);
        let end = start + cut(rest, rest.len().div_ceil(n_windows));
        windows.push(start..end);
        start = end;
    }
    windows.push(start..text.len());
    windows
}

/// Finds the best place for a cut in the last half of so many bytes: after a paragraph, a line, a
/// sentence, a word, or else anywhere.
fn cut(text: &str, max_bytes: usize) -> usize {
    let (half, end) =
        (text.floor_char_boundary(max_bytes / 2), text.floor_char_boundary(max_bytes));
    let tail = text.get(half..end).unwrap_or_default();
    let after = |end: &str| tail.rfind(end).map(|at| half + at + end.len());
    let after_sentence =
        || ["。", "！", "？", ". ", "! ", "? "].into_iter().filter_map(after).max();
    after("\n\n")
        .or_else(|| after("\n"))
        .or_else(after_sentence)
        .or_else(|| after(" "))
        .unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        windows(text, 1).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_long_text_is_cut_where_its_structure_lets_it() {
        let line = "Ten days of leave. Ask early.\n";
        let lines = line.repeat(MIN_BYTES / 10);
        assert!(parts(&lines).iter().all(|part| part.ends_with('\n')));
        let sentences = lines.replace('\n', " ");
        assert!(parts(&sentences).iter().all(|part| part.ends_with(". ")));
        let chinese = "十天年假。".repeat(MIN_BYTES / 4);
        assert!(parts(&chinese).iter().all(|part| part.ends_with('。')));
        let unbroken = "十天".repeat(MIN_BYTES);
        for text in [lines, sentences, chinese, unbroken] {
            let parts = parts(&text);
            assert_eq!(parts.concat(), text);
            assert!(parts.iter().all(|part| (MIN_BYTES / 4..=MIN_BYTES).contains(&part.len())));
        }
    }

    #[test]
    fn a_short_text_is_one_part() {
        assert_eq!(parts(""), [""]);
        assert_eq!(parts("Ten days.\n\nAsk."), ["Ten days.\n\nAsk."]);
    }
}
