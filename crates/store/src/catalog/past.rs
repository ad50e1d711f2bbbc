//! What held at an earlier moment: which live versions were live already, and which versions have
//! been superseded since. What was removed since is in neither.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::document::Chunk;
use footnote_core::id::{ChunkId, DocumentId, VersionId};
use footnote_core::model::Embedding;
use footnote_core::query::Filter;
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashMap;

use super::Catalog;
use super::embeddings::from_bytes;
use super::failure::cannot;
use super::readable::{READABLE, readable};
use super::rows::{id_list, json, key, span, uuid};

/// A chunk with what it is compared with a question by.
pub(crate) struct PastChunk {
    /// The chunk.
    pub(crate) id: ChunkId,
    /// The text that was embedded: context, then the chunk's own text.
    pub(crate) text: String,
    /// What it means; `None` when it was not embedded in this space.
    pub(crate) vector: Option<Embedding>,
}

impl Catalog {
    /// Returns which of the chunks belong to live versions in the scope, and for each whether its
    /// version was live at a moment already.
    pub(crate) async fn live_at(
        &self,
        scope: &Scope,
        chunks: &[ChunkId],
        moment: Timestamp,
    ) -> Result<HashMap<ChunkId, bool>> {
        let found = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT c.id, CASE WHEN EXISTS (
                 SELECT 1 FROM version_life l WHERE l.version_id = v.id AND l.from_ms <= $3
                   AND (l.until_ms IS NULL OR $3 < l.until_ms)) THEN 1 ELSE 0 END AS was_live
             FROM chunk c JOIN version v ON v.id = c.version_id
             JOIN document d ON d.id = v.document_id
             WHERE v.state = 'live' AND c.id IN (SELECT unhex(value) FROM json_each($2))
               AND {READABLE}"
        )))
        .bind(readable(scope))
        .bind(id_list(chunks.iter().map(ChunkId::as_uuid)))
        .bind(moment.0)
        .try_map(|row: AnyRow| {
            let was_live: i64 = row.try_get("was_live")?;
            Ok((ChunkId::from_uuid(uuid(&row, "id")?), was_live == 1))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look up what was live"))?;
        Ok(found.into_iter().collect())
    }

    /// Returns the versions in the scope that were live at a moment, pass the filter, and are
    /// superseded now. Reads the lives that ended since, and no others.
    pub(crate) async fn superseded_since(
        &self,
        scope: &Scope,
        filter: &Filter,
        moment: Timestamp,
    ) -> Result<Vec<VersionId>> {
        let failed = || cannot("look up what was live");
        let Filter { documents, media_types } = filter;
        let documents =
            (!documents.is_empty()).then(|| id_list(documents.iter().map(DocumentId::as_uuid)));
        let media_types =
            if media_types.is_empty() { None } else { Some(json(media_types).map_err(failed())?) };
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT DISTINCT v.id FROM version_life l
             JOIN version v ON v.id = l.version_id AND v.state = 'superseded'
             JOIN document d ON d.id = v.document_id
             WHERE $2 < l.until_ms AND l.from_ms <= $2
               AND {READABLE}
               AND (CAST($3 AS TEXT) IS NULL
                    OR d.id IN (SELECT unhex(value) FROM json_each($3)))
               AND (CAST($4 AS TEXT) IS NULL
                    OR v.media_type IN (SELECT value FROM json_each($4)))"
        )))
        .bind(readable(scope))
        .bind(moment.0)
        .bind(documents)
        .bind(media_types)
        .try_map(|row| Ok(VersionId::from_uuid(uuid(&row, "id")?)))
        .fetch_all(&self.readers)
        .await
        .map_err(failed())
    }

    /// Returns the chunks of a version that was found in the scope.
    pub(crate) async fn past_chunks(
        &self,
        space: i64,
        version: VersionId,
    ) -> Result<Vec<PastChunk>> {
        let text = self.text(version).await?;
        let rows = sqlx::query(
            "SELECT c.id, c.byte_start, c.byte_end, c.char_start, c.char_end, c.context, e.vector
             FROM chunk c LEFT JOIN embedding e ON e.embedded = c.embedded AND e.space_id = $2
             WHERE c.version_id = $1",
        )
        .bind(key(version.as_uuid()))
        .bind(space)
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("read the chunks"))?;
        rows.iter().map(|row| past_chunk(row, &text)).collect()
    }
}

fn past_chunk(row: &AnyRow, text: &str) -> Result<PastChunk> {
    let failed = || cannot("read a chunk");
    let span = span(row).map_err(failed())?;
    let context: &str = row.try_get("context").map_err(failed())?;
    let vector: Option<&[u8]> = row.try_get("vector").map_err(failed())?;
    let text = text
        .get(span.bytes())
        .ok_or_else(|| Error::internal("a stored chunk has lost its text"))?;
    Ok(PastChunk {
        id: ChunkId::from_uuid(uuid(row, "id").map_err(failed())?),
        text: Chunk::embedded_text(context, text),
        vector: vector.map(from_bytes),
    })
}
