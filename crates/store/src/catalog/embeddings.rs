//! Embeddings by the hash of the text they stand for: equal texts are embedded once.

use footnote_core::document::Chunk;
use footnote_core::id::{ChunkId, ContentHash, VersionId};
use footnote_core::model::Embedding;
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashSet;

use super::Catalog;
use super::failure::cannot;
use super::rows::{digest, hash, hash_list, key, span, uuid};

/// A chunk with what its point in the index is made of.
pub(crate) struct EmbeddedChunk {
    /// The chunk.
    pub(crate) id: ChunkId,
    /// The text that was embedded: context, then the chunk's own text.
    pub(crate) text: String,
    /// What it means; `None` when it is not embedded in the space.
    pub(crate) vector: Option<Embedding>,
}

impl Catalog {
    /// Returns which of the texts have an embedding in the space.
    pub(crate) async fn cached_embeddings(
        &self,
        space: i64,
        texts: &[ContentHash],
    ) -> Result<HashSet<ContentHash>> {
        let found = sqlx::query(
            "SELECT e.embedded FROM embedding e
             WHERE e.space_id = $1 AND e.embedded IN (SELECT unhex(value) FROM json_each($2))",
        )
        .bind(space)
        .bind(hash_list(texts))
        .try_map(|row| hash(&row, "embedded"))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look up embeddings"))?;
        Ok(found.into_iter().collect())
    }

    /// Stores embeddings in one transaction.
    pub(crate) async fn put_embeddings(
        &self,
        space: i64,
        embeddings: &[(ContentHash, Embedding)],
    ) -> Result<()> {
        let failed = || cannot("store embeddings");
        let mut sorted: Vec<&(ContentHash, Embedding)> = embeddings.iter().collect();
        // In one order everywhere: two workers that store the same texts then wait for each other
        // and never both at once.
        sorted.sort_unstable_by_key(|(text, _)| *text);
        let mut transaction = self.begin().await.map_err(failed())?;
        for (text, embedding) in sorted {
            sqlx::query(
                "INSERT INTO embedding (embedded, space_id, vector) VALUES ($1, $2, $3)
                 ON CONFLICT (embedded, space_id) DO NOTHING",
            )
            .bind(digest(text))
            .bind(space)
            .bind(to_bytes(embedding))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Returns the chunks of a version with their vectors, by ordinal.
    ///
    /// # Errors
    /// `Internal` when a chunk has no text.
    pub(crate) async fn embedded_chunks(
        &self,
        space: i64,
        version: VersionId,
    ) -> Result<Vec<EmbeddedChunk>> {
        let text = self.text(version).await?;
        let rows = sqlx::query(
            "SELECT c.id, c.byte_start, c.byte_end, c.char_start, c.char_end, c.context, e.vector
             FROM chunk c LEFT JOIN embedding e ON e.embedded = c.embedded AND e.space_id = $2
             WHERE c.version_id = $1 ORDER BY c.ordinal",
        )
        .bind(key(version.as_uuid()))
        .bind(space)
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("read the chunks"))?;
        rows.iter().map(|row| embedded_chunk(row, &text)).collect()
    }
}

fn embedded_chunk(row: &AnyRow, text: &str) -> Result<EmbeddedChunk> {
    let failed = || cannot("read a chunk");
    let span = span(row).map_err(failed())?;
    let context: &str = row.try_get("context").map_err(failed())?;
    let vector: Option<&[u8]> = row.try_get("vector").map_err(failed())?;
    let Some(text) = text.get(span.bytes()) else {
        return Err(Error::internal("a stored chunk has lost its text"));
    };
    Ok(EmbeddedChunk {
        id: ChunkId::from_uuid(uuid(row, "id").map_err(failed())?),
        text: Chunk::embedded_text(context, text),
        vector: vector.map(from_bytes),
    })
}

/// Writes a vector as little-endian 32-bit floats.
fn to_bytes(embedding: &Embedding) -> Vec<u8> {
    embedding.0.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Reads a stored vector.
pub(super) fn from_bytes(bytes: &[u8]) -> Embedding {
    let (values, _) = bytes.as_chunks::<4>();
    Embedding(values.iter().map(|value| f32::from_le_bytes(*value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_read_back_as_it_was_written() {
        let vector = Embedding(vec![0.5, -0.25, f32::MIN_POSITIVE]);
        assert_eq!(from_bytes(&to_bytes(&vector)), vector);
    }
}
