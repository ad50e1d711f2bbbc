//! What would be kept of a file, on the wire.

use footnote_core::document::Chunk;
use footnote_ingest::preview::{InsideFile, Previewed};
use footnote_store::NewChunk;
use serde::Serialize;

use super::TextRange;
use super::block::Parsed;
use super::job::Failed;

/// What became of a file that was looked at.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Shown {
    /// It can be read.
    Read(Box<ParsedFile>),
    /// It cannot.
    Failed(Failed),
}

/// What would be kept of a file.
#[derive(Debug, Clone, Serialize)]
pub struct ParsedFile {
    /// The file, as it was named.
    pub source: String,
    /// What was read from it.
    #[serde(flatten)]
    pub parsed: Parsed,
    /// The files that lie in it, each of which would be a document of its own.
    pub attachments: Vec<Attachment>,
    /// What it would be cut into, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<Vec<PlannedChunk>>,
}

impl ParsedFile {
    /// Describes a file by its name and, if it was cut, by what it was cut into.
    #[must_use]
    pub fn new(source: String, file: Previewed, chunks: Option<Vec<NewChunk>>) -> Self {
        let planned = |new: NewChunk| PlannedChunk::new(new, &file.parsed.text);
        let chunks = chunks.map(|chunks| chunks.into_iter().map(planned).collect());
        let attachments = file.inside.into_iter().map(Attachment::from).collect();
        Self { source, parsed: file.parsed.into(), attachments, chunks }
    }
}

/// A file that lies in another.
#[derive(Debug, Clone, Serialize)]
pub struct Attachment {
    /// Its name or path in the other file.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl From<InsideFile> for Attachment {
    fn from(file: InsideFile) -> Self {
        Self { name: file.name, bytes: file.size_bytes }
    }
}

/// A chunk that a document would be cut into.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedChunk {
    /// Its position in the document, counted from 0.
    pub ordinal: u32,
    /// Where it stands in the text.
    pub range: TextRange,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// The headings above it, outermost first.
    pub heading: Vec<String>,
    /// What is embedded before its text: the title and the headings.
    pub context: String,
    /// How many tokens of the embedder its text has.
    pub tokens: u32,
    /// Its text.
    pub text: String,
}

impl PlannedChunk {
    fn new(new: NewChunk, text: &str) -> Self {
        let NewChunk { chunk: Chunk { ordinal, span, page, headings, n_tokens }, context, .. } =
            new;
        let text = text.get(span.bytes()).unwrap_or_default().to_owned();
        Self {
            ordinal,
            range: span.into(),
            page,
            heading: headings,
            context,
            tokens: n_tokens,
            text,
        }
    }
}
