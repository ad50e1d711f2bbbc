//! Reading documents. Every read takes a scope, and what is hidden looks like what is missing.

use footnote_core::access::Scope;
use footnote_core::document::Block;
use footnote_core::id::DocumentId;
use footnote_core::query::Passage;
use footnote_core::{Error, Result};
use std::path::PathBuf;

use super::Store;
use crate::catalog::documents::{DocumentFilter, DocumentSummary, Page};
use crate::catalog::texts::{DocumentText, VersionRef};

/// The original of a document's live version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalFile {
    /// Where its bytes are.
    pub path: PathBuf,
    /// The path below its source root.
    pub uri: String,
    /// The media type told from the content.
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: u64,
}

impl Store {
    /// Returns a page of the documents in the scope, by uri.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be read.
    pub async fn documents(
        &self,
        scope: &Scope,
        filter: DocumentFilter,
    ) -> Result<Page<DocumentSummary>> {
        self.catalog.documents(scope, &filter).await
    }

    /// Returns one document in the scope.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document(&self, scope: &Scope, id: DocumentId) -> Result<DocumentSummary> {
        self.catalog.document(scope, id).await
    }

    /// Returns the canonical text of a document: of its live version, or of the one given.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document_text(
        &self,
        scope: &Scope,
        id: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<DocumentText> {
        let (version, content) = self.catalog.version_of(scope, id, version).await?;
        let text = self.catalog.text(version).await?;
        Ok(DocumentText { version, content, text })
    }

    /// Returns the blocks of a document: of its live version, or of the one given.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document_blocks(
        &self,
        scope: &Scope,
        id: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<Vec<Block>> {
        let (version, _) = self.catalog.version_of(scope, id, version).await?;
        self.catalog.blocks(version).await
    }

    /// Returns the chunks of a document's live version, in order.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document_chunks(&self, scope: &Scope, id: DocumentId) -> Result<Vec<Passage>> {
        let (version, _) = self.catalog.version_of(scope, id, None).await?;
        self.catalog.passages_of(scope, version, 0..=u32::MAX).await
    }

    /// Returns the original of a document's live version.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope, or its original was not kept.
    pub async fn original(&self, scope: &Scope, id: DocumentId) -> Result<OriginalFile> {
        let document = self.catalog.document(scope, id).await?;
        let path = self.blobs.path(&document.content);
        if !tokio::fs::try_exists(&path).await.unwrap_or(false) {
            return Err(Error::not_found("the original of the document was not kept"));
        }
        let DocumentSummary { uri, media_type, size_bytes, .. } = document;
        Ok(OriginalFile { path, uri, media_type, size_bytes })
    }
}
