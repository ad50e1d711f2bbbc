//! Texts that have no vector in a space yet: what a change of the model has to embed.

use footnote_core::Result;
use footnote_core::document::{Chunk, Span};
use footnote_core::id::{ContentHash, VersionId};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::rows::{digest, hash, hash_list, integer, number, span, uuid};

/// A text that is to be embedded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextToEmbed {
    /// The hash under which its vector is put.
    pub hash: ContentHash,
    /// The text: title and headings, then the chunk's own.
    pub text: String,
}

/// Where a text stands.
struct Standing {
    hash: ContentHash,
    version: VersionId,
    span: Span,
    context: String,
}

/// What of the chunks is to be embedded: those of versions in the states `$2` whose text has no
/// vector in the space `$1`.
const UNEMBEDDED: &str = "
    FROM chunk c JOIN version v ON v.id = c.version_id
    WHERE v.state IN (SELECT value FROM json_each($2))
      AND NOT EXISTS (SELECT 1 FROM embedding e
                      WHERE e.embedded = c.embedded AND e.space_id = $1)";

/// The states of versions whose texts a space must hold before it may serve.
pub(crate) const NEEDED: &str = r#"["live"]"#;

/// Those whose texts it is to hold then, because they are about to be found.
pub(crate) const EXPECTED: &str = r#"["live","embedded"]"#;

/// Those whose texts a space is to hold, so that what was superseded can be searched too.
pub(crate) const WANTED: &str = r#"["live","embedded","superseded"]"#;

impl Catalog {
    /// Counts the different texts that have no vector in the space.
    pub(crate) async fn n_texts_to_embed(&self, space: i64, states: &str) -> Result<u64> {
        let statement = format!("SELECT count(DISTINCT c.embedded) AS n {UNEMBEDDED}");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(space)
            .bind(states)
            .fetch_one(&self.writer)
            .await
            .and_then(|row| number(&row, "n"))
            .map_err(cannot("count the texts that are to be embedded"))
    }

    /// Returns a page of the texts that have no vector in the space, by hash.
    pub(crate) async fn texts_to_embed(
        &self,
        space: i64,
        states: &str,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<TextToEmbed>> {
        let statement = format!(
            "SELECT DISTINCT c.embedded {UNEMBEDDED} AND c.embedded > $3
             ORDER BY c.embedded LIMIT $4"
        );
        let hashes = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(space)
            .bind(states)
            .bind(after.as_ref().map(digest).unwrap_or_default())
            .bind(integer(limit))
            .try_map(|row| hash(&row, "embedded"))
            .fetch_all(&self.writer)
            .await
            .map_err(cannot("list the texts that are to be embedded"))?;
        let mut texts = Vec::with_capacity(hashes.len());
        for standing in self.standings(&hashes, states).await? {
            texts.extend(self.text_at(&standing).await?);
        }
        Ok(texts)
    }

    /// Returns the documents with the most texts that have no vector in the space, by uri.
    pub(crate) async fn documents_to_embed(&self, space: i64, limit: usize) -> Result<Vec<String>> {
        let statement = format!(
            "SELECT d.uri FROM document d WHERE d.id IN (SELECT v.document_id {UNEMBEDDED})
             ORDER BY d.uri LIMIT $3"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(space)
            .bind(NEEDED)
            .bind(integer(limit))
            .try_map(|row: AnyRow| row.try_get("uri"))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the documents that are to be embedded"))
    }

    /// Finds one place where each text stands.
    async fn standings(&self, hashes: &[ContentHash], states: &str) -> Result<Vec<Standing>> {
        sqlx::query(
            "SELECT embedded, version_id, byte_start, byte_end, char_start, char_end, context
             FROM (SELECT c.*, row_number() OVER (PARTITION BY c.embedded ORDER BY c.id) AS place
                   FROM chunk c JOIN version v ON v.id = c.version_id
                   WHERE v.state IN (SELECT value FROM json_each($2))
                     AND c.embedded IN (SELECT unhex(value) FROM json_each($1))) AS found
             WHERE place = 1 ORDER BY embedded",
        )
        .bind(hash_list(hashes))
        .bind(states)
        .try_map(|row| {
            Ok(Standing {
                hash: hash(&row, "embedded")?,
                version: VersionId::from_uuid(uuid(&row, "version_id")?),
                span: span(&row)?,
                context: row.try_get("context")?,
            })
        })
        .fetch_all(&self.writer)
        .await
        .map_err(cannot("read the texts that are to be embedded"))
    }

    /// Reads a text where it stands; `None` when its version was removed for good meanwhile.
    async fn text_at(&self, standing: &Standing) -> Result<Option<TextToEmbed>> {
        let (first, text) = self.text_between(standing.version, standing.span.bytes()).await?;
        let within =
            standing.span.start.checked_sub(first).zip(standing.span.end.checked_sub(first));
        let text = within.and_then(|(start, end)| text.get(start..end));
        Ok(text.map(|text| TextToEmbed {
            hash: standing.hash,
            text: Chunk::embedded_text(&standing.context, text),
        }))
    }
}
