//! What goes over the wire and into `--format json`: the shapes that others rely on.
//!
//! The types of the domain are not written out themselves, so that either side can change without
//! the other. Every offset that leaves the program counts Unicode scalar values, ends exclusive.

pub mod answer;
pub mod audit;
pub mod block;
pub mod collection;
pub mod conversation;
pub mod document;
pub mod duplicate;
pub mod eval;
pub mod event;
pub mod feedback;
pub mod grant;
pub mod happening;
pub mod job;
pub mod key;
pub mod listing;
pub mod model;
pub mod passage;
pub mod person;
pub mod preview;
pub mod purge;
pub mod ready;
pub mod search;
pub mod session;
pub mod setting;
pub mod version;

use footnote_core::Result;
use footnote_core::clock::{Clock as _, SystemClock, Timestamp};
use footnote_core::document::Span;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What is escaped: all but what is plain in every part of an address (RFC 3986) and in a header
/// (RFC 8187).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Writes a text as a part of a path, or as a value of a query or a header.
#[must_use]
pub fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// A stretch of a text, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TextRange {
    /// The first character.
    pub start: usize,
    /// One past the last.
    pub end: usize,
}

impl From<Span> for TextRange {
    fn from(span: Span) -> Self {
        Self { start: span.char_start, end: span.char_end }
    }
}

impl TextRange {
    /// Converts a range in bytes of `text`; a bound inside a character counts as before it.
    #[must_use]
    pub fn of_bytes(text: &str, bytes: &std::ops::Range<usize>) -> Self {
        let chars_before = |byte: usize| {
            let byte = text.floor_char_boundary(byte);
            text.get(..byte).map_or(0, |before| before.chars().count())
        };
        Self { start: chars_before(bytes.start), end: chars_before(bytes.end) }
    }
}

/// Reads the moment that a request asks about, where it names one.
///
/// # Errors
/// `Invalid` for what is no date, or lies in the future.
pub fn as_of(text: Option<&str>) -> Result<Option<Timestamp>> {
    text.map(|text| Timestamp::read_as_of(text, SystemClock.now())).transpose()
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct List<T> {
    /// What is on the page.
    pub data: Vec<T>,
    /// What to ask for as `cursor` to get the next page; `null` on the last.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Makes a list of one page.
    #[must_use]
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next_cursor: None }
    }

    /// Makes a page of what was found when one item more was looked for than it may have: that one
    /// tells whether another page follows. `cursor` names the last item of this one.
    #[must_use]
    pub fn page(mut found: Vec<T>, size: usize, cursor: impl FnOnce(&T) -> String) -> Self {
        let more = size < found.len();
        found.truncate(size);
        let next_cursor = found.last().filter(|_| more).map(cursor);
        Self { data: found, next_cursor }
    }

    /// Makes another thing of each item.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> List<U> {
        List { data: self.data.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }

    /// Makes another thing of each item, as long as that can be made.
    ///
    /// # Errors
    /// Why the first cannot be made.
    pub fn try_map<U, E>(
        self,
        change: impl FnMut(T) -> std::result::Result<U, E>,
    ) -> std::result::Result<List<U>, E> {
        let data = self.data.into_iter().map(change).collect::<std::result::Result<_, E>>()?;
        Ok(List { data, next_cursor: self.next_cursor })
    }
}

/// How many items a page has unless the request says otherwise.
const PAGE_DEFAULT: usize = 50;

/// How many items a page has at most.
const PAGE_MAX: usize = 500;

/// Reads how many items a page may have.
pub(crate) fn limit<'de, D: Deserializer<'de>>(
    reader: D,
) -> std::result::Result<Option<usize>, D::Error> {
    let limit = Option::<usize>::deserialize(reader)?;
    match limit {
        Some(limit) if !(1..=PAGE_MAX).contains(&limit) => {
            Err(D::Error::custom(format!("`limit` is {limit}; it is from 1 to {PAGE_MAX}")))
        }
        _ => Ok(limit),
    }
}

/// Returns how many items a page may have for which a limit was asked, or none.
#[must_use]
pub fn page_size(limit: Option<usize>) -> usize {
    limit.unwrap_or(PAGE_DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_characters() {
        assert_eq!(TextRange::of_bytes("年假28天。", &(6..14)), TextRange { start: 2, end: 6 });
        assert_eq!(TextRange::of_bytes("ab", &(0..9)), TextRange { start: 0, end: 2 });
    }
}
