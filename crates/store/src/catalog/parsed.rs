//! What was read from the bytes of a version, as a whole: its text, its blocks, and where they stand.

use footnote_core::document::ParsedDocument;
use footnote_core::id::VersionId;
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::rows::{from_json, key, number_or_none};

impl Catalog {
    /// Returns what was read from the bytes of a version that was found in the scope.
    pub(crate) async fn parsed(&self, version: VersionId) -> Result<ParsedDocument> {
        let text = self.text(version).await?;
        let layout = self.layout_of(version).await?;
        // Whoever purges a version removes all of it at once: what is described last was there.
        let described = sqlx::query(
            "SELECT media_type, title, n_pages, notes, blocks FROM version WHERE id = $1",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row| described(&row))
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("read the structure of the document"))?;
        let described = described.ok_or_else(|| Error::not_found("the version is gone"))?;
        Ok(ParsedDocument { text, layout, ..described })
    }
}

/// Reads what a version says of itself; text and layout stand in tables of their own.
pub(super) fn described(row: &AnyRow) -> std::result::Result<ParsedDocument, sqlx::Error> {
    Ok(ParsedDocument {
        media_type: row.try_get("media_type")?,
        title: row.try_get("title")?,
        blocks: from_json(row, "blocks")?,
        n_pages: number_or_none(row, "n_pages")?,
        notes: from_json(row, "notes")?,
        ..ParsedDocument::default()
    })
}
