//! How much of a document is read before it is refused.

use footnote_core::job::{Failure, FailureCode};

/// The limits of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest canonical text, in bytes.
    pub max_text_bytes: usize,
    /// The most pages, where the format knows pages.
    pub max_pages: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_text_bytes: 64 << 20, max_pages: 50_000 }
    }
}

impl Limits {
    /// Refuses a text that is longer than the limit.
    pub(crate) fn check(&self, text_bytes: usize) -> Result<(), Failure> {
        if text_bytes <= self.max_text_bytes {
            return Ok(());
        }
        let detail = format!(
            "The text has at least {text_bytes} bytes, more than the limit of {}. Split the \
             document, or raise `max_text_bytes`.",
            self.max_text_bytes
        );
        Err(Failure::new(FailureCode::TooLarge, detail))
    }

    /// Refuses a document of more pages than the limit.
    pub(crate) fn check_pages(&self, n_pages: usize) -> Result<(), Failure> {
        if u32::try_from(n_pages).is_ok_and(|n_pages| n_pages <= self.max_pages) {
            return Ok(());
        }
        let detail = format!(
            "The document has {n_pages} pages, more than the limit of {}. Split it.",
            self.max_pages
        );
        Err(Failure::new(FailureCode::TooLarge, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_over_the_limit_is_refused_with_the_figure() {
        let failure = Limits { max_text_bytes: 10, ..Limits::default() }.check(11).unwrap_err();
        assert_eq!(failure.code, FailureCode::TooLarge);
        assert!(failure.detail.contains("11 bytes"), "{}", failure.detail);
        assert!(failure.detail.contains("limit of 10"), "{}", failure.detail);
    }
}
