//! The ends of sentences, as far as a line tells.

/// Returns a line without the quotation marks and parentheses that close behind its last sign.
pub(crate) fn without_closers(line: &str) -> &str {
    line.trim_end_matches(['"', '\'', ')', '”', '’', '」', '』', '）'])
}

#[cfg(test)]
mod tests {
    use super::without_closers;

    #[test]
    fn what_closes_behind_a_sentence_is_left_out() {
        assert_eq!(without_closers("(“Ten days.”)"), "(“Ten days.");
        assert_eq!(without_closers("（「十天。」）"), "（「十天。");
        assert_eq!(without_closers("ten days"), "ten days");
    }
}
