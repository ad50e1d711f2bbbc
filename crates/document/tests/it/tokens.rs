//! A tokenizer for tests: pieces of at most four letters, every other character by itself.

/// Returns where the tokens of a text begin.
pub(crate) fn starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut n_letters = 0;
    for (offset, c) in text.char_indices() {
        let is_letter = c.is_ascii_alphanumeric();
        if !c.is_whitespace() && (!is_letter || n_letters % 4 == 0) {
            starts.push(offset);
        }
        n_letters = if is_letter { n_letters + 1 } else { 0 };
    }
    starts
}

/// Counts the tokens of a text.
pub(crate) fn count(text: &str) -> usize {
    starts(text).len()
}
