//! Passages: chunks of live versions with their text and all that is needed to cite them.

use footnote_core::access::Scope;
use footnote_core::document::Span;
use footnote_core::id::{ChunkId, CollectionId, DocumentId, VersionId};
use footnote_core::query::{DocumentRef, Passage};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::ops::RangeInclusive;

use super::Catalog;
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::{from_json, hash, id_list, integer, key, number, number_or_none, span, uuid};

/// The columns of a [`Passage`], one row for each stored piece of text that the chunk overlaps.
const PASSAGE: &str = "
    SELECT c.id, c.ordinal, c.byte_start, c.byte_end, c.char_start, c.char_end, c.page, c.headings,
           v.id AS version_id, v.content, v.media_type, coalesce(v.title, d.uri) AS title,
           d.id AS document_id, d.collection_id, d.uri,
           CASE WHEN c.byte_start < t.byte_start
                THEN substr(t.bytes, 1, CAST(c.byte_end - t.byte_start AS INTEGER))
                ELSE substr(t.bytes, CAST(c.byte_start - t.byte_start + 1 AS INTEGER),
                            CAST(c.byte_end - c.byte_start AS INTEGER)) END AS bytes
    FROM chunk c
    JOIN version v ON v.id = c.version_id
    JOIN document d ON d.id = v.document_id
    JOIN version_text t ON t.version_id = v.id AND t.byte_start < c.byte_end
      AND t.byte_start >= (SELECT max(p.byte_start) FROM version_text p
                           WHERE p.version_id = v.id AND p.byte_start <= c.byte_start)";

impl Catalog {
    /// Returns the passages of live versions in the scope among the chunks, in no order.
    pub(crate) async fn live_passages(
        &self,
        scope: &Scope,
        chunks: &[ChunkId],
    ) -> Result<Vec<Passage>> {
        let statement = format!(
            "{PASSAGE} WHERE {READABLE} AND v.state = 'live'
               AND c.id IN (SELECT unhex(value) FROM json_each($2)) ORDER BY c.id, t.byte_start"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(id_list(chunks.iter().map(ChunkId::as_uuid)))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the passages"))?;
        passages(&rows)
    }

    /// Returns the passages of live and superseded versions in the scope among the chunks, in no
    /// order.
    pub(crate) async fn kept_passages(
        &self,
        scope: &Scope,
        chunks: &[ChunkId],
    ) -> Result<Vec<Passage>> {
        let statement = format!(
            "{PASSAGE} WHERE {READABLE} AND v.state IN ('live', 'superseded')
               AND c.id IN (SELECT unhex(value) FROM json_each($2)) ORDER BY c.id, t.byte_start"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(id_list(chunks.iter().map(ChunkId::as_uuid)))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the passages"))?;
        passages(&rows)
    }

    /// Returns the passages of a version, superseded ones included, with ordinals in a range.
    pub(crate) async fn passages_of(
        &self,
        scope: &Scope,
        version: VersionId,
        ordinals: RangeInclusive<u32>,
    ) -> Result<Vec<Passage>> {
        let statement = format!(
            "{PASSAGE} WHERE {READABLE} AND v.state <> 'removed'
               AND v.id = $2 AND c.ordinal BETWEEN $3 AND $4 ORDER BY c.ordinal, t.byte_start"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(version.as_uuid()))
            .bind(integer(*ordinals.start()))
            .bind(integer(*ordinals.end()))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("read the passages"))?;
        passages(&rows)
    }
}

/// Joins the rows of each chunk, which follow each other, into its passage.
fn passages(rows: &[AnyRow]) -> Result<Vec<Passage>> {
    rows.chunk_by(|a, b| matches!((chunk_id(a), chunk_id(b)), (Ok(a), Ok(b)) if a == b))
        .map(passage)
        .collect()
}

fn passage(rows: &[AnyRow]) -> Result<Passage> {
    let failed = || cannot("read a passage");
    let Some(row) = rows.first() else {
        return Err(Error::internal("a passage without rows"));
    };
    let mut bytes = Vec::new();
    for row in rows {
        bytes.extend_from_slice(row.try_get::<&[u8], _>("bytes").map_err(failed())?);
    }
    let span = span(row).map_err(failed())?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Error::internal("the stored text is damaged").because(error))?;
    decode(row, span, text).map_err(failed())
}

fn decode(row: &AnyRow, span: Span, text: String) -> std::result::Result<Passage, sqlx::Error> {
    Ok(Passage {
        chunk: chunk_id(row)?,
        ordinal: number(row, "ordinal")?,
        document: DocumentRef {
            id: DocumentId::from_uuid(uuid(row, "document_id")?),
            version: VersionId::from_uuid(uuid(row, "version_id")?),
            content: hash(row, "content")?,
            collection: CollectionId::from_uuid(uuid(row, "collection_id")?),
            uri: row.try_get("uri")?,
            title: row.try_get("title")?,
            media_type: row.try_get("media_type")?,
        },
        span,
        page: number_or_none(row, "page")?,
        headings: from_json(row, "headings")?,
        text,
    })
}

fn chunk_id(row: &AnyRow) -> std::result::Result<ChunkId, sqlx::Error> {
    Ok(ChunkId::from_uuid(uuid(row, "id")?))
}
