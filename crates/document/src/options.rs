//! What a caller may give besides the bytes of a document.

use std::collections::BTreeMap;

use crate::limits::Limits;
use crate::ocr::Recognizer;

/// How a document is read.
#[derive(Clone, Copy)]
pub struct ParseOptions<'a> {
    /// How much is read before the document is refused.
    pub limits: &'a Limits,
    /// Who recognizes the letters of pages that are pictures; without one they have no text.
    pub recognizer: Option<&'a dyn Recognizer>,
    /// Pages, counted from 1, that are not read, each with the reason that is noted: those with
    /// which an earlier try did not come to its end.
    pub lost_pages: Option<&'a BTreeMap<u32, String>>,
    /// Who is told how far the reading has come, where the format has pages: before each page and
    /// after the last.
    pub progress: Option<&'a dyn Fn(Progress)>,
}

/// How far the reading of a document has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many pages have been read.
    pub n_read: u32,
    /// How many pages there are.
    pub n_pages: u32,
}

impl<'a> ParseOptions<'a> {
    /// Reads within limits, and nothing else.
    #[must_use]
    pub fn new(limits: &'a Limits) -> Self {
        Self { limits, recognizer: None, lost_pages: None, progress: None }
    }

    /// Returns why a page is not to be read, if it is not.
    pub(crate) fn lost(&self, page: u32) -> Option<&'a String> {
        self.lost_pages?.get(&page)
    }

    /// Tells how far the reading has come.
    pub(crate) fn report(&self, n_read: u32, n_pages: u32) {
        if let Some(progress) = self.progress {
            progress(Progress { n_read, n_pages });
        }
    }
}

impl std::fmt::Debug for ParseOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParseOptions")
            .field("limits", self.limits)
            .field("has_recognizer", &self.recognizer.is_some())
            .finish_non_exhaustive()
    }
}
