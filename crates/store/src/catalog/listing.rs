//! Lists of documents: which, in which order, page by page.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, DocumentId};

use super::Catalog;
use super::documents::{DocumentSummary, SUMMARY, summary};
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::{containing, integer, key};

/// Which documents to list, and how.
#[derive(Debug, Clone)]
pub struct DocumentFilter {
    /// Only those of this collection.
    pub collection: Option<CollectionId>,
    /// Only those with this in their uri or title, whether small letters or capitals.
    pub words: Option<String>,
    /// Only those of this media type.
    pub media_type: Option<String>,
    /// By what they are ordered.
    pub order: DocumentOrder,
    /// Whether the last come first.
    pub is_reversed: bool,
    /// Only those after this one: [`Page::next`] of the page before.
    pub after: Option<DocumentId>,
    /// How many at most.
    pub limit: usize,
}

impl Default for DocumentFilter {
    fn default() -> Self {
        Self {
            collection: None,
            words: None,
            media_type: None,
            order: DocumentOrder::Uri,
            is_reversed: false,
            after: None,
            limit: 100,
        }
    }
}

/// By what documents are ordered; those that are alike, by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentOrder {
    /// The path below their source root.
    #[default]
    Uri,
    /// Their title, or the uri where they have none.
    Title,
    /// What they are.
    MediaType,
    /// How many pages they have.
    Pages,
    /// How many chunks they have.
    Chunks,
    /// How many bytes the original has.
    Size,
    /// When their version was stored.
    Created,
}

impl DocumentOrder {
    /// Returns what is compared, of a document `d` and its version `v`.
    fn key(self) -> &'static str {
        match self {
            Self::Uri => "d.uri",
            Self::Title => "lower(COALESCE(v.title, d.uri))",
            Self::MediaType => "v.media_type",
            Self::Pages => "COALESCE(v.n_pages, 0)",
            Self::Chunks => "v.n_chunks",
            Self::Size => "v.size_bytes",
            Self::Created => "v.created_ms",
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it, in order.
    pub items: Vec<T>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<DocumentId>,
}

impl Catalog {
    /// Returns a page of the documents in the scope. It goes on behind a document that was removed
    /// meanwhile, too.
    pub(crate) async fn documents(
        &self,
        scope: &Scope,
        filter: &DocumentFilter,
    ) -> Result<Page<DocumentSummary>> {
        let limit = filter.limit.max(1);
        let mut items = sqlx::query(sqlx::AssertSqlSafe(statement(filter)))
            .bind(readable(scope))
            .bind(filter.collection.map(|id| key(id.as_uuid())))
            .bind(filter.after.map(|id| key(id.as_uuid())))
            .bind(integer(limit.saturating_add(1)))
            .bind(filter.words.as_deref().map(containing))
            .bind(filter.media_type.as_deref())
            .try_map(|row| summary(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the documents"))?;
        let more = limit < items.len();
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| last.id);
        Ok(Page { items, next })
    }
}

/// Writes the statement of a list.
fn statement(filter: &DocumentFilter) -> String {
    let key = filter.order.key();
    let (after, direction) = if filter.is_reversed { ("<", "DESC") } else { (">", "ASC") };
    format!(
        "{SUMMARY} AND {READABLE} AND ($2 IS NULL OR d.collection_id = $2)
           AND ($3 IS NULL OR ({key}, d.id) {after} (
             SELECT {key}, d.id FROM document d JOIN version v ON v.document_id = d.id
             WHERE d.id = $3 AND {READABLE} ORDER BY v.state = 'live' DESC, v.created_ms DESC LIMIT 1))
           AND (CAST($5 AS TEXT) IS NULL OR lower(d.uri) LIKE lower($5) ESCAPE '!'
                OR lower(v.title) LIKE lower($5) ESCAPE '!')
           AND (CAST($6 AS TEXT) IS NULL OR v.media_type = $6)
         ORDER BY {key} {direction}, d.id {direction} LIMIT $4"
    )
}
