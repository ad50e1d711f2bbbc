//! The analyzer seam: how text becomes the terms that lexical search and verification share.

use std::ops::Range;

/// A term of a text: what is compared, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The folded form: lower case, normal width, simplified, stemmed.
    pub form: String,
    /// Where it stands in the analyzed text, in bytes.
    pub range: Range<usize>,
}

/// What a text is analyzed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analysis {
    /// A passage that is to be found: every form of every word.
    Passage,
    /// A question: as a passage, less the stop words of longer questions.
    Query,
}

/// Turns text into terms.
///
/// Index, query, verification and highlighting use the same one, so that what matches in one
/// matches in all. A change of behaviour changes [`version`](Self::version).
pub trait Analyzer: Send + Sync {
    /// Returns the version, part of the index's fingerprint.
    fn version(&self) -> &'static str;

    /// Returns the terms in order of their place; one place may carry several forms.
    fn terms(&self, text: &str, analysis: Analysis) -> Vec<Term>;

    /// Tells whether a folded form carries no content (`the`, `的`).
    fn is_stop_word(&self, form: &str) -> bool;
}
