//! Makes citations true: every stretch is re-read from the store before it is shown.

use footnote_core::access::Scope;
use footnote_core::corpus::Corpus;
use footnote_core::document::Span;
use footnote_core::layout::PageBoxes;
use footnote_core::query::Passage;
use footnote_core::{ErrorKind, Result};
use std::ops::Range;

/// A stretch of a passage, re-read and found equal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quote {
    pub(crate) passage: Passage,
    pub(crate) span: Span,
    pub(crate) text: String,
    pub(crate) boxes: Vec<PageBoxes>,
}

/// Re-reads stretches within what the asker may read.
pub(crate) struct Citer<'a> {
    pub(crate) corpus: &'a dyn Corpus,
    pub(crate) scope: &'a Scope,
}

impl Citer<'_> {
    /// Re-reads a byte range of a passage's text.
    ///
    /// `None` when the store no longer holds it, no longer lets the asker read it, or holds other
    /// words there: then nothing may be shown.
    ///
    /// # Errors
    /// `Unavailable` when the store cannot be read.
    pub(crate) async fn quote(
        &self,
        passage: &Passage,
        range: Range<usize>,
    ) -> Result<Option<Quote>> {
        let Some(span) = passage.span.within(&passage.text, range.clone()) else {
            return Ok(None);
        };
        let stored = match self.corpus.quote(self.scope, passage.document.version, span).await {
            Ok(stored) => stored,
            Err(error) if is_gone(error.kind()) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_same = passage.text.get(range) == Some(stored.as_str());
        if !is_same {
            tracing::warn!(chunk.id = %passage.chunk, "the stored text differs from the passage");
        }
        if !is_same {
            return Ok(None);
        }
        let boxes = self.corpus.boxes(self.scope, passage.document.version, span).await?;
        Ok(Some(Quote { passage: passage.clone(), span, text: stored, boxes }))
    }
}

/// Tells whether an error means that there is nothing to quote, rather than that reading failed.
fn is_gone(kind: ErrorKind) -> bool {
    match kind {
        ErrorKind::NotFound | ErrorKind::Invalid => true,
        ErrorKind::Conflict
        | ErrorKind::Unavailable
        | ErrorKind::Cancelled
        | ErrorKind::Internal => false,
    }
}
