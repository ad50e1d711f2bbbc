//! Documents on the wire.

use footnote_core::Error;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CitationId, CollectionId, DocumentId};
use footnote_core::query::{DocumentRef, Passage};
use footnote_store::{DocumentState, DocumentSummary, DocumentText, ParsedVersion, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::block::{Contents, Parsed};
use super::version::VersionStanding;
use super::{List, TextRange};
use crate::openapi::domain;

/// A version of a document, as passages and citations name it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DocumentLink {
    /// The document.
    #[schema(value_type = domain::DocumentId)]
    pub id: DocumentId,
    /// The path below its source root.
    pub uri: String,
    /// Its title, or the uri where it has none.
    pub title: String,
    /// The media type told from the content.
    pub media_type: String,
    /// The hash of the version's original bytes.
    pub version: String,
}

impl From<&DocumentRef> for DocumentLink {
    fn from(document: &DocumentRef) -> Self {
        Self {
            id: document.id,
            uri: document.uri.clone(),
            title: document.title.clone(),
            media_type: document.media_type.clone(),
            version: document.content.to_string(),
        }
    }
}

impl DocumentLink {
    /// Returns where the page shows a stretch of the version, relative to the page's address.
    #[must_use]
    pub fn url(&self, page: Option<u32>, cite: Option<CitationId>, range: TextRange) -> String {
        let page = page.map(|page| format!("page={page}&")).unwrap_or_default();
        let cite = cite.map(|cite| format!("cite={cite}&")).unwrap_or_default();
        let (id, version, TextRange { start, end }) = (self.id, &self.version, range);
        format!("documents/{id}?{page}{cite}version={version}&start={start}&end={end}")
    }
}

/// A document as lists show it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// Its id.
    #[schema(value_type = domain::DocumentId)]
    pub id: DocumentId,
    /// The collection it is in.
    #[schema(value_type = domain::CollectionId)]
    pub collection_id: CollectionId,
    /// The source root it came from.
    pub source: String,
    /// The path below the root.
    pub uri: String,
    /// The document that it lies in: the mail to which it is attached, the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<domain::DocumentId>)]
    pub container_id: Option<DocumentId>,
    /// Its title, or the uri where it has none.
    pub title: String,
    /// The media type told from the content.
    pub media_type: String,
    /// The hash of the version's original bytes.
    pub version: String,
    /// `indexing` until it can be found, then `ready`.
    pub state: Findable,
    /// How many chunks it has.
    pub chunks: u32,
    /// How many pages it has, where the format knows pages.
    pub pages: Option<u32>,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// When this version was stored, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// What could not be read although the rest could.
    pub notes: Vec<String>,
}

/// Whether a document can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Findable {
    /// Not yet.
    Indexing,
    /// It can.
    Ready,
}

impl Findable {
    /// Returns the word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Indexing => "indexing",
            Self::Ready => "ready",
        }
    }
}

impl From<DocumentSummary> for Document {
    fn from(document: DocumentSummary) -> Self {
        Self {
            id: document.id,
            collection_id: document.collection,
            source: document.root,
            title: document.title.unwrap_or_else(|| document.uri.clone()),
            uri: document.uri,
            container_id: document.container,
            media_type: document.media_type,
            version: document.content.to_string(),
            state: match document.state {
                DocumentState::Embedded => Findable::Indexing,
                DocumentState::Live => Findable::Ready,
            },
            chunks: document.n_chunks,
            pages: document.n_pages,
            size_bytes: document.size_bytes,
            created_ms: document.created,
            notes: document.notes,
        }
    }
}

/// A document with its contents.
#[derive(Debug, Clone, Serialize)]
pub struct WholeDocument {
    /// What is known of it.
    #[serde(flatten)]
    pub document: Document,
    /// Its text and its blocks; they come with `ready`.
    #[serde(flatten)]
    pub contents: Option<Contents>,
}

/// Which version of a document is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct VersionParams {
    /// The hash of the version's original bytes, as citations name it; the live one if absent.
    #[param(pattern = "^sha256:[0-9a-f]{64}$")]
    pub version: Option<String>,
}

/// The text that every range of a version points into.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentText)]
pub struct Text {
    /// The text.
    pub text: String,
    /// The hash of the version's original bytes.
    pub version: String,
    /// How the version stands to the live one.
    #[serde(flatten)]
    pub standing: VersionStanding,
}

impl From<DocumentText> for Text {
    fn from(text: DocumentText) -> Self {
        Self { version: text.content.to_string(), standing: text.standing.into(), text: text.text }
    }
}

/// Which version of a document is asked for, and which page of it.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct BlockParams {
    /// The hash of the version's original bytes, as citations name it; the live one if absent.
    #[param(pattern = "^sha256:[0-9a-f]{64}$")]
    pub version: Option<String>,
    /// The page, counted from 1; all of them if absent.
    pub page: Option<u32>,
}

/// What was read from a version of a document.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DocumentBlocks)]
pub struct Blocks {
    /// The hash of the version's original bytes.
    pub version: String,
    /// How the version stands to the live one.
    #[serde(flatten)]
    pub standing: VersionStanding,
    /// Which stretch of the version's text `text` is.
    pub text_range: TextRange,
    /// What was read.
    #[serde(flatten)]
    pub parsed: Parsed,
}

impl From<ParsedVersion> for Blocks {
    fn from(version: ParsedVersion) -> Self {
        let parsed = Parsed::from(version.parsed);
        Self {
            version: version.content.to_string(),
            standing: version.standing.into(),
            text_range: TextRange { start: 0, end: parsed.contents.characters },
            parsed,
        }
    }
}

impl Blocks {
    /// Leaves what stands on a page, in blocks and in text; ranges still point into the whole text.
    ///
    /// # Errors
    /// `NotFound` when the document has no such page.
    pub fn on_page(mut self, page: u32) -> footnote_core::Result<Self> {
        if !(1..=self.parsed.pages.unwrap_or_default()).contains(&page) {
            return Err(match self.parsed.pages {
                None => Error::not_found("the document has no pages"),
                Some(n_pages) => Error::not_found(format!(
                    "the document has no page {page}, it has {n_pages} pages"
                )),
            });
        }
        let Contents { text, blocks, .. } = &mut self.parsed.contents;
        blocks.retain(|block| block.page == Some(page));
        let ranges = blocks.iter().map(|block| block.range);
        let around = |all: TextRange, one: TextRange| TextRange {
            start: all.start.min(one.start),
            end: all.end.max(one.end),
        };
        self.text_range = ranges.reduce(around).unwrap_or(TextRange { start: 0, end: 0 });
        let TextRange { start, end } = self.text_range;
        *text = text.chars().skip(start).take(end.saturating_sub(start)).collect();
        Ok(self)
    }
}

/// The chunks of a version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = DocumentChunks)]
pub struct Chunks {
    /// The chunks, in order.
    #[serde(flatten)]
    pub list: List<Chunk>,
    /// How the version stands to the live one.
    #[serde(flatten)]
    pub standing: VersionStanding,
}

impl From<(Standing, Vec<Passage>)> for Chunks {
    fn from((standing, chunks): (Standing, Vec<Passage>)) -> Self {
        let list = List::whole(chunks.into_iter().map(Chunk::from).collect());
        Self { list, standing: standing.into() }
    }
}

/// A chunk of a document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Chunk {
    /// Its id.
    #[schema(value_type = domain::ChunkId)]
    pub id: footnote_core::id::ChunkId,
    /// Its position in the version, counted from 0.
    pub ordinal: u32,
    /// Where it stands in the version's text.
    pub range: TextRange,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// Its text.
    pub text: String,
}

impl From<Passage> for Chunk {
    fn from(passage: Passage) -> Self {
        Self {
            id: passage.chunk,
            ordinal: passage.ordinal,
            range: passage.span.into(),
            page: passage.page,
            heading: passage.headings,
            text: passage.text,
        }
    }
}

/// What an upload is called.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// The file's name, for a body that is the file itself.
    pub name: Option<String>,
}

/// What became of an upload.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Uploaded {
    /// The document; it can be found once its job is completed.
    pub document: UploadedDocument,
    /// The job that reads it; `null` when the same bytes are there already.
    pub job: Option<super::job::JobLink>,
}

/// The document of an upload.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UploadedDocument {
    /// Its id.
    #[schema(value_type = domain::DocumentId)]
    pub id: DocumentId,
    /// Its name.
    pub uri: String,
    /// The hash of its bytes.
    pub version: String,
}
