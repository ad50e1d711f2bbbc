//! A passage of a version, read again, on the wire.

use footnote_core::document::Span;
use footnote_core::layout::PageBoxes;
use footnote_store::DocumentText;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::TextRange;
use super::answer::Location;
use super::version::VersionStanding;
use crate::error::ApiError;

/// How many characters a passage has at most.
const LONGEST: usize = 20_000;

/// Which passage of which version is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PassageParams {
    /// The hash of the version's original bytes, as citations name it; the live one if absent.
    #[param(pattern = "^sha256:[0-9a-f]{64}$")]
    pub version: Option<String>,
    /// The first character.
    #[param(required)]
    pub start: usize,
    /// One past the last; at most 20,000 after the first.
    #[param(required, minimum = 1)]
    pub end: usize,
}

impl PassageParams {
    /// Returns where the passage stands in the text of its version.
    ///
    /// # Errors
    /// `invalid` for an empty passage, a longer one than may be asked for, and one that ends behind
    /// the text.
    pub(crate) fn span(&self, text: &str) -> Result<Span, ApiError> {
        let (char_start, char_end) = (self.start, self.end);
        if char_end <= char_start || LONGEST < char_end - char_start {
            let detail = format!("`end` is from 1 to {LONGEST} characters after `start`");
            return Err(ApiError::invalid(detail).at("end"));
        }
        let mut bounds = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
        let start = bounds.nth(char_start);
        let end = bounds.nth(char_end - char_start - 1);
        let (Some(start), Some(end)) = (start, end) else {
            return Err(ApiError::invalid("the text ends before `end`").at("end"));
        };
        Ok(Span { start, end, char_start, char_end })
    }
}

/// A passage as it stands in the stored text, and where that is on its pages.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DocumentPassage)]
pub struct Passage {
    /// Its words, exactly.
    pub text: String,
    /// Where it stands in the version's text.
    pub range: TextRange,
    /// Where it stands on the pages; none where that is not known.
    pub locations: Vec<Location>,
    /// The hash of the version's original bytes.
    pub version: String,
    /// How the version stands to the live one.
    #[serde(flatten)]
    pub standing: VersionStanding,
}

impl Passage {
    /// Makes a passage of the text in which it stands.
    #[must_use]
    pub fn new(text: &DocumentText, span: Span, boxes: &[PageBoxes]) -> Self {
        Self {
            text: text.text.get(span.bytes()).unwrap_or_default().to_owned(),
            range: span.into(),
            locations: boxes.iter().map(Location::from).collect(),
            version: text.content.to_string(),
            standing: text.standing.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize) -> Result<Span, ApiError> {
        PassageParams { version: None, start, end }.span("年假28天。")
    }

    #[test]
    fn a_passage_counts_characters_and_lies_within_its_text() {
        let found = span(2, 5).unwrap();
        assert_eq!((found.bytes(), found.char_start, found.char_end), (6..11, 2, 5));
        assert_eq!(span(0, 6).unwrap().bytes(), 0..14);
        for (start, end) in [(0, 7), (6, 7), (3, 3), (4, 2), (0, LONGEST + 1), (usize::MAX, 0)] {
            assert!(span(start, end).is_err(), "{start}..{end}");
        }
    }
}
