//! Documents as resources: listed page by page, read as the text that every range points into.

use footnote_core::id::DocumentId;
use footnote_store::{DocumentFilter, DocumentSummary};
use rmcp::model::{ListResourcesResult, ReadResourceResult, Resource, ResourceContents};

use super::desk::{Desk, Visit};
use crate::error::ApiError;

/// What stands before a document's id in the address of its resource.
const PREFIX: &str = "footnote://documents/";

/// The form of every resource's address.
pub(super) const TEMPLATE: &str = "footnote://documents/{id}";

/// How many documents a page has.
const PAGE: usize = 100;

/// Lists documents from where the page before ended.
pub(super) async fn list(
    desk: &Desk,
    visit: &Visit,
    cursor: Option<&str>,
) -> Result<ListResourcesResult, ApiError> {
    let scope = desk.scope(visit, None).await?;
    let after = cursor.map(str::parse).transpose();
    let after = after.map_err(|_unreadable| ApiError::invalid("`cursor` is not one of ours"))?;
    let filter = DocumentFilter { after, limit: PAGE, ..DocumentFilter::default() };
    let found = desk.app.store.documents(&scope, filter).await?;
    let mut page =
        ListResourcesResult::with_all_items(found.items.into_iter().map(resource).collect());
    page.next_cursor = found.next.map(|id| id.to_string());
    Ok(page)
}

/// Reads a document.
pub(super) async fn read(
    desk: &Desk,
    visit: &Visit,
    uri: &str,
) -> Result<ReadResourceResult, ApiError> {
    let id = uri.strip_prefix(PREFIX).and_then(|id| id.parse::<DocumentId>().ok());
    let id = id.ok_or_else(|| ApiError::not_found(format!("there is no `{uri}`")))?;
    let scope = desk.scope(visit, None).await?;
    let text = desk.app.store.document_text(&scope, id, None).await?;
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text.text, uri)]))
}

fn resource(document: DocumentSummary) -> Resource {
    let title = document.title.unwrap_or_else(|| document.uri.clone());
    Resource::new(format!("{PREFIX}{}", document.id), document.uri)
        .with_title(title)
        .with_mime_type("text/plain")
}
