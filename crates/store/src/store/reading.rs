//! Reading documents. Every read takes a scope, and what is hidden looks like what is missing.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::document::ParsedDocument;
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use footnote_core::query::Passage;

use super::Store;
use crate::catalog::documents::DocumentSummary;
use crate::catalog::listing::{DocumentFilter, Page};
use crate::catalog::texts::{DocumentText, FoundVersion, Standing, VersionRef};

/// The original of a version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalFile {
    /// The hash of its bytes: read them with [`Store::open_blob`] or [`Store::read_blob`].
    pub content: ContentHash,
    /// The path below its source root.
    pub uri: String,
    /// The media type told from the content.
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// How its version stands to the live one.
    pub standing: Standing,
}

/// What was read from the bytes of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedVersion {
    /// The version.
    pub version: VersionId,
    /// The hash of its original bytes.
    pub content: ContentHash,
    /// How it stands to the version that is live now.
    pub standing: Standing,
    /// Its text and its blocks, and where they stand.
    pub parsed: ParsedDocument,
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
        let found = self.catalog.version_of(scope, id, version).await?;
        let text = self.catalog.text(found.id).await?;
        let FoundVersion { id: version, content, standing, .. } = found;
        Ok(DocumentText { version, content, standing, text })
    }

    /// Returns what was read from the bytes of a document, blocks and layout included: of its live
    /// version, or of the one given.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document_parsed(
        &self,
        scope: &Scope,
        id: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<ParsedVersion> {
        let found = self.catalog.version_of(scope, id, version).await?;
        let parsed = self.catalog.parsed(found.id).await?;
        let FoundVersion { id: version, content, standing, .. } = found;
        Ok(ParsedVersion { version, content, standing, parsed })
    }

    /// Returns the chunks of a document in order, and how their version stands to the live one: of
    /// its live version, or of the one given.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope.
    pub async fn document_chunks(
        &self,
        scope: &Scope,
        id: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<(Standing, Vec<Passage>)> {
        let found = self.catalog.version_of(scope, id, version).await?;
        let chunks = self.catalog.passages_of(scope, found.id, 0..=u32::MAX).await?;
        Ok((found.standing, chunks))
    }

    /// Returns the original of a document: of its live version, or of the one given.
    ///
    /// # Errors
    /// `NotFound` when there is none in the scope, or its original was not kept.
    pub async fn original(
        &self,
        scope: &Scope,
        id: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<OriginalFile> {
        let found = self.catalog.version_of(scope, id, version).await?;
        self.open_blob(&found.content).await?;
        let FoundVersion { content, uri, media_type, size_bytes, standing, .. } = found;
        Ok(OriginalFile { content, uri, media_type, size_bytes, standing })
    }
}
