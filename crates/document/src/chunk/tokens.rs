//! How many tokens a stretch of a text has, told from where the tokens of the whole begin.

use footnote_core::{Error, Result};
use std::ops::Range;
use text_splitter::ChunkSizer;

/// A text and where its tokens begin.
pub(crate) struct Tokens<'a> {
    text: &'a str,
    starts: &'a [usize],
}

impl<'a> Tokens<'a> {
    /// # Errors
    /// `Internal` when the offsets are not ascending or lie outside the text.
    pub(crate) fn new(text: &'a str, starts: &'a [usize]) -> Result<Self> {
        let is_inside = starts.last().is_none_or(|last| *last <= text.len());
        if !is_inside || !starts.is_sorted() {
            return Err(Error::internal("the token offsets do not belong to the text"));
        }
        Ok(Self { text, starts })
    }

    /// Returns a stretch of the text.
    pub(crate) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// Counts the tokens of a stretch as they are when it stands alone, rather one too many.
    pub(crate) fn count(&self, range: Range<usize>) -> usize {
        let first = self.starts.partition_point(|start| *start < range.start);
        let end = self.starts.partition_point(|start| *start < range.end);
        let begins_inside_a_token = first > 0
            && self.starts.get(first) != Some(&range.start)
            && self.slice(range).starts_with(|c: char| !c.is_whitespace());
        end.saturating_sub(first) + usize::from(begins_inside_a_token)
    }
}

/// The splitter hands over slices of the text; their address tells where they stand.
impl ChunkSizer for Tokens<'_> {
    fn size(&self, chunk: &str) -> usize {
        let offset = chunk.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        match offset.checked_add(chunk.len()) {
            Some(end) if end <= self.text.len() => self.count(offset..end),
            // Not a slice of the text after all: no token is shorter than a byte.
            Some(_) | None => chunk.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_counted_by_where_they_stand() {
        let text = "ten days of leave";
        let tokens = Tokens::new(text, &[0, 4, 9, 12]).unwrap();
        assert_eq!(tokens.size(text), 4);
        assert_eq!(tokens.size(&text[4..11]), 2);
        assert_eq!(tokens.size(&text[5..11]), 2, "a broken token counts");
        assert_eq!(tokens.size("elsewhere"), 9);
    }

    #[test]
    fn offsets_of_another_text_are_refused() {
        assert!(Tokens::new("ten", &[0, 9]).is_err());
        assert!(Tokens::new("ten", &[2, 1]).is_err());
    }
}
