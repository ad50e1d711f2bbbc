//! What was read from some bytes before, so that equal bytes are read once.

use footnote_core::Result;
use footnote_core::document::{Chunk, ParsedDocument};
use footnote_core::id::{ContentHash, VersionId};
use footnote_core::sketch::Sketch;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::parsed::described;
use super::rows::{digest, from_json, hash, integer, key, number, number_or_none, span, uuid};
use super::versions::NewChunk;

/// How many documents with equal bytes are looked through for one of the same extension.
const CANDIDATES: usize = 256;

/// What was read from some bytes: the text with its blocks, and what it was cut into.
#[derive(Debug, Clone)]
pub struct StoredReading {
    /// The text and its blocks.
    pub parsed: ParsedDocument,
    /// The chunks, by ordinal.
    pub chunks: Vec<NewChunk>,
    /// What near duplicates are found by; `None` when it was stored without.
    pub sketch: Option<Sketch>,
}

impl Catalog {
    /// Returns what was read from the same bytes by the same reader under the same extension.
    /// One whose rows are being removed is passed over.
    pub(crate) async fn stored_reading(
        &self,
        content: &ContentHash,
        reading: &str,
        extension: &str,
    ) -> Result<Option<StoredReading>> {
        let candidates = sqlx::query(
            "SELECT v.id, d.uri FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.content = $1 AND v.reading = $2 AND v.n_chunks > 0
             ORDER BY v.created_ms DESC LIMIT $3",
        )
        .bind(digest(content))
        .bind(reading)
        .bind(integer(CANDIDATES))
        .try_map(|row: AnyRow| {
            let uri: String = row.try_get("uri")?;
            Ok((VersionId::from_uuid(uuid(&row, "id")?), uri))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("look up what was read before"))?;
        let alike = candidates.into_iter().find(|(_, uri)| is_of(uri, extension));
        match alike {
            Some((version, _)) => self.reading_of(version).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn reading_of(&self, version: VersionId) -> Result<Option<StoredReading>> {
        let failed = || cannot("read what was read before");
        let described = sqlx::query(
            "SELECT media_type, title, n_pages, n_chunks, notes, blocks, sketch FROM version
             WHERE id = $1",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row: AnyRow| {
            let sketch: Option<&[u8]> = row.try_get("sketch")?;
            let sketch = sketch.and_then(Sketch::from_bytes);
            Ok((described(&row)?, number::<usize>(&row, "n_chunks")?, sketch))
        })
        .fetch_optional(&self.readers)
        .await
        .map_err(failed())?;
        let Some((mut parsed, n_chunks, sketch)) = described else { return Ok(None) };
        parsed.text = self.text(version).await?;
        parsed.layout = self.layout_of(version).await?;
        let chunks = sqlx::query(
            "SELECT ordinal, byte_start, byte_end, char_start, char_end, page, headings, context,
               n_tokens, embedded FROM chunk WHERE version_id = $1 ORDER BY ordinal",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row| chunk(&row))
        .fetch_all(&self.readers)
        .await
        .map_err(failed())?;
        let is_whole = chunks.len() == n_chunks
            && chunks.iter().all(|new| parsed.text.get(new.chunk.span.bytes()).is_some());
        Ok(is_whole.then_some(StoredReading { parsed, chunks, sketch }))
    }
}

/// Tells whether the last part of a uri has an extension, written large or small.
fn is_of(uri: &str, extension: &str) -> bool {
    let name = uri.rsplit('/').next().unwrap_or_default();
    let own = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    own.eq_ignore_ascii_case(extension)
}

fn chunk(row: &AnyRow) -> std::result::Result<NewChunk, sqlx::Error> {
    let chunk = Chunk {
        ordinal: number(row, "ordinal")?,
        span: span(row)?,
        page: number_or_none(row, "page")?,
        headings: from_json(row, "headings")?,
        n_tokens: number(row, "n_tokens")?,
    };
    Ok(NewChunk { chunk, context: row.try_get("context")?, embedded: hash(row, "embedded")? })
}

#[cfg(test)]
mod tests {
    use super::is_of;

    #[test]
    fn only_the_extension_of_the_last_part_counts() {
        assert!(is_of("hr/Leave.PDF", "pdf"));
        assert!(is_of("v1.2/readme", ""));
        assert!(!is_of("v1.2/readme", "2/readme"));
        assert!(!is_of("a.txt", "md"));
    }
}
