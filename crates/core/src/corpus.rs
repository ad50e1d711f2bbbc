//! The seam between answering and storage: passages are found and texts re-read through it.

use async_trait::async_trait;

use crate::Result;
use crate::access::Scope;
use crate::document::Span;
use crate::id::VersionId;
use crate::layout::PageBoxes;
use crate::query::{Candidates, Passage, SearchRequest};

/// Everything that may be searched and cited.
///
/// Every backend promises: only live versions of collections in the scope are found, or those that
/// were live at the moment asked for and were not removed since; a passage's text is the stored
/// text at its span, byte for byte.
#[async_trait]
pub trait Corpus: Send + Sync {
    /// Returns the candidates of each list, best first.
    ///
    /// # Errors
    /// `Unavailable` when the index or the catalog cannot be read.
    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<Candidates>;

    /// Re-reads the stored text of a version at a span.
    ///
    /// # Errors
    /// `NotFound` when the version is gone or outside the scope, `Invalid` when the span does not
    /// lie on character boundaries of its text.
    async fn quote(&self, scope: &Scope, version: VersionId, span: Span) -> Result<String>;

    /// Returns where a span of a version stands on its pages; nothing where that is not known.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    async fn boxes(&self, scope: &Scope, version: VersionId, span: Span) -> Result<Vec<PageBoxes>>;

    /// Returns the chunks of the same version right before and after a passage, in order.
    ///
    /// # Errors
    /// As [`quote`](Self::quote).
    async fn neighbours(&self, scope: &Scope, passage: &Passage) -> Result<Vec<Passage>>;
}
