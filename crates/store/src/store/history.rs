//! The history of documents: the versions that are kept.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{ContentHash, DocumentId};

use super::Store;
use crate::catalog::history::DocumentVersion;

impl Store {
    /// Returns the kept versions of a document: the live one, then those that it replaced, the
    /// latest first.
    ///
    /// # Errors
    /// `NotFound` when there is no such document in the scope.
    pub async fn versions(&self, scope: &Scope, id: DocumentId) -> Result<Vec<DocumentVersion>> {
        self.catalog.versions(scope, id).await
    }

    /// Tells whether all of some versions, each named by its document and the hash of its original
    /// bytes, are kept in the scope, so that text which was copied from them may still be shown.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn are_kept(
        &self,
        scope: &Scope,
        versions: &[(DocumentId, ContentHash)],
    ) -> Result<bool> {
        self.catalog.are_kept(scope, versions).await
    }
}
