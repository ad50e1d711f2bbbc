//! How many tokens are left for the text of a chunk once its prefix is written.

use footnote_core::Result;
use std::collections::HashMap;

use super::prefix::context_prefix;

/// The tokens of a chunk, shared between prefix and text.
pub(crate) struct Budget<'a> {
    title: Option<&'a str>,
    count: &'a dyn Fn(&str) -> Result<usize>,
    max_tokens: usize,
    /// How many tokens the prefix of a heading path has.
    known: HashMap<Vec<String>, usize>,
}

impl<'a> Budget<'a> {
    pub(crate) fn new(
        title: Option<&'a str>,
        count: &'a dyn Fn(&str) -> Result<usize>,
        max_tokens: usize,
    ) -> Self {
        Self { title, count, max_tokens, known: HashMap::new() }
    }

    /// Returns the innermost headings whose prefix takes at most half of the tokens.
    pub(crate) fn fitting<'h>(&mut self, headings: &'h [String]) -> Result<&'h [String]> {
        let mut fitting = headings;
        while let Some((_, inner)) = fitting.split_first()
            && self.for_prefix(fitting)? > self.max_tokens / 2
        {
            fitting = inner;
        }
        Ok(fitting)
    }

    /// Returns how many tokens a text under these headings may have; never less than half.
    pub(crate) fn for_text(&mut self, headings: &[String]) -> Result<usize> {
        let fitting = self.fitting(headings)?;
        let for_prefix = self.for_prefix(fitting)?;
        Ok(self.max_tokens.saturating_sub(for_prefix).max(self.max_tokens.div_ceil(2)))
    }

    fn for_prefix(&mut self, headings: &[String]) -> Result<usize> {
        if let Some(n_tokens) = self.known.get(headings) {
            return Ok(*n_tokens);
        }
        let prefix = context_prefix(self.title, headings);
        let n_tokens = if prefix.is_empty() { 0 } else { (self.count)(&format!("{prefix}\n"))? };
        self.known.insert(headings.to_vec(), n_tokens);
        Ok(n_tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_headings_give_way_when_the_prefix_takes_more_than_half() {
        let count = |text: &str| Ok(text.split_whitespace().filter(|word| *word != ">").count());
        let mut budget = Budget::new(Some("title"), &count, 6);
        let headings = ["one two".to_owned(), "three four".to_owned()];
        assert_eq!(budget.fitting(&headings).unwrap(), &headings[1..]);
        assert_eq!(budget.for_text(&headings).unwrap(), 3);
        assert_eq!(budget.for_text(&[]).unwrap(), 5);
    }
}
