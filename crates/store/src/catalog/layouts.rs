//! Where the text of versions stands on its pages.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::document::Span;
use footnote_core::id::VersionId;
use footnote_core::layout::{Layout, PageBoxes};
use sqlx::AnyConnection;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::key;

/// Writes the layout, in place of what an earlier attempt has written.
pub(super) async fn write_layout(
    connection: &mut AnyConnection,
    layout: &Layout,
    version: VersionId,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM version_layout WHERE version_id = $1")
        .bind(key(version.as_uuid()))
        .execute(&mut *connection)
        .await?;
    if layout.is_empty() {
        return Ok(());
    }
    sqlx::query("INSERT INTO version_layout (version_id, layout) VALUES ($1, $2)")
        .bind(key(version.as_uuid()))
        .bind(layout.as_bytes())
        .execute(connection)
        .await?;
    Ok(())
}

impl Catalog {
    /// Returns the rectangles of a span of a version in the scope, superseded ones included; none
    /// where they are not known.
    pub(crate) async fn boxes(
        &self,
        scope: &Scope,
        version: VersionId,
        span: Span,
    ) -> Result<Vec<PageBoxes>> {
        let layout = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT l.layout FROM version_layout l JOIN version v ON v.id = l.version_id
               JOIN document d ON d.id = v.document_id
             WHERE v.id = $2 AND v.state <> 'removed'
               AND {READABLE}"
        )))
        .bind(readable(scope))
        .bind(key(version.as_uuid()))
        .try_map(|row| layout(&row))
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("read where the text stands"))?;
        let Some(layout) = layout else { return Ok(Vec::new()) };
        let touched = layout.touched(span.bytes());
        let (base, text) = self.text_between(version, touched).await?;
        Ok(layout.boxes(base, &text, span.bytes()))
    }

    /// Returns the layout of a version; an empty one where nothing is known.
    pub(super) async fn layout_of(&self, version: VersionId) -> Result<Layout> {
        let found = sqlx::query("SELECT layout FROM version_layout WHERE version_id = $1")
            .bind(key(version.as_uuid()))
            .try_map(|row| layout(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("read where the text stands"))?;
        Ok(found.unwrap_or_default())
    }
}

fn layout(row: &AnyRow) -> std::result::Result<Layout, sqlx::Error> {
    Ok(Layout::from_bytes(row.try_get("layout")?))
}
