//! The tool `fetch`, in exactly the form that `ChatGPT` asks of a connector: a whole document, or a
//! passage with what stands around it.

use footnote_core::id::{ChunkId, DocumentId};
use footnote_core::query::Passage;
use footnote_store::{DocumentSummary, DocumentText, VersionRef};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::desk::{Desk, Visit};
use super::search::title;
use crate::error::ApiError;
use crate::wire::TextRange;
use crate::wire::document::DocumentLink;

/// What is to be read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {
    id: String,
}

/// What was read.
#[derive(Debug, Serialize)]
pub(super) struct Fetched {
    id: String,
    title: String,
    text: String,
    url: String,
    metadata: BTreeMap<&'static str, String>,
}

/// A stretch of a document.
struct Stretch {
    title: String,
    page: Option<u32>,
    range: TextRange,
}

/// Reads what an id names, if the visitor may.
pub(super) async fn run(
    desk: &Desk,
    visit: &Visit,
    arguments: Arguments,
) -> Result<Fetched, ApiError> {
    let (document, chunk) = parse(&arguments.id)?;
    let (scope, store) = (desk.scope(visit, None).await?, &desk.app.store);
    let summary = store.document(&scope, document).await?;
    let text = store.document_text(&scope, document, None).await?;
    let link = link(&summary, &text);
    let stretch = match chunk {
        None => Stretch::whole(&link, &text),
        Some(chunk) => {
            let version = Some(VersionRef::Id(text.version));
            let (_standing, passages) = store.document_chunks(&scope, document, version).await?;
            around(&link, &passages, chunk).ok_or_else(|| nothing(&arguments.id))?
        }
    };
    let TextRange { start, end } = stretch.range;
    let mut metadata = BTreeMap::from([
        ("uri", link.uri.clone()),
        ("media_type", link.media_type.clone()),
        ("version", link.version.clone()),
    ]);
    metadata.extend(stretch.page.map(|page| ("page", page.to_string())));
    Ok(Fetched {
        id: arguments.id,
        title: stretch.title,
        text: text.text.chars().skip(start).take(end.saturating_sub(start)).collect(),
        url: visit.origin.link(&link.url(stretch.page, None, stretch.range)),
        metadata,
    })
}

impl Stretch {
    fn whole(link: &DocumentLink, text: &DocumentText) -> Self {
        let range = TextRange { start: 0, end: text.text.chars().count() };
        Self { title: link.title.clone(), page: None, range }
    }
}

/// Returns a chunk with the one before and the one after it.
fn around(link: &DocumentLink, passages: &[Passage], chunk: ChunkId) -> Option<Stretch> {
    let at = passages.iter().position(|passage| passage.chunk == chunk)?;
    let passage = passages.get(at)?;
    let first = passages.get(at.saturating_sub(1)).unwrap_or(passage);
    let last = passages.get(at + 1).unwrap_or(passage);
    Some(Stretch {
        title: title(&link.title, &passage.headings),
        page: passage.page,
        range: TextRange { start: first.span.char_start, end: last.span.char_end },
    })
}

/// Reads an id: that of a document, and perhaps that of a chunk after `#`.
fn parse(id: &str) -> Result<(DocumentId, Option<ChunkId>), ApiError> {
    let (document, chunk) = match id.split_once('#') {
        Some((document, chunk)) => (document, Some(chunk)),
        None => (id, None),
    };
    let document = document.parse().map_err(|_unreadable| nothing(id))?;
    let chunk = chunk.map(str::parse).transpose().map_err(|_unreadable| nothing(id))?;
    Ok((document, chunk))
}

fn link(summary: &DocumentSummary, text: &DocumentText) -> DocumentLink {
    DocumentLink {
        id: summary.id,
        uri: summary.uri.clone(),
        title: summary.title.clone().unwrap_or_else(|| summary.uri.clone()),
        media_type: summary.media_type.clone(),
        version: text.content.to_string(),
    }
}

fn nothing(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no `{id}`, or it changed: search again"))
}
