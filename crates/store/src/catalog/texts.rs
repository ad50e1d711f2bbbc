//! The canonical text of versions, kept in pieces so that a range is read without all of it.

use footnote_core::access::Scope;
use footnote_core::document::{Block, Span};
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use std::ops::Range;

use super::Catalog;
use super::documents::no_such_document;
use super::failure::cannot;
use super::rows::{from_json, hash, integer, key, number, scope_list, uuid};

/// How many bytes of text one row holds at most. Reading a passage reads one such row; smaller
/// ones would double the rows of long documents for nothing.
const PIECE_BYTES: usize = 16 << 10;

/// Which version of a document is meant; none given means the live one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionRef {
    /// By its id.
    Id(VersionId),
    /// By the hash of its original bytes.
    Content(ContentHash),
}

/// The canonical text of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentText {
    /// The version.
    pub version: VersionId,
    /// The hash of its original bytes.
    pub content: ContentHash,
    /// The text that every range points into.
    pub text: String,
}

/// A stretch of text as one row holds it.
pub(super) struct Piece<'a> {
    pub(super) byte_start: usize,
    pub(super) char_start: usize,
    pub(super) text: &'a str,
}

/// Cuts a text on character boundaries into pieces that one row holds.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let (mut byte_start, mut char_start) = (0, 0);
    std::iter::from_fn(move || {
        let rest = text.get(byte_start..).filter(|rest| !rest.is_empty())?;
        let piece = &rest[..rest.floor_char_boundary(PIECE_BYTES)];
        let found = Piece { byte_start, char_start, text: piece };
        byte_start += piece.len();
        char_start += piece.chars().count();
        Some(found)
    })
}

impl Catalog {
    /// Finds a version of a document in the scope: live, or superseded when it is asked for.
    pub(crate) async fn version_of(
        &self,
        scope: &Scope,
        document: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<(VersionId, ContentHash)> {
        let (id, content) = match version {
            None => (None, None),
            Some(VersionRef::Id(id)) => (Some(key(id.as_uuid())), None),
            Some(VersionRef::Content(content)) => (None, Some(content.as_bytes().to_vec())),
        };
        sqlx::query(
            "SELECT v.id, v.content FROM version v JOIN document d ON d.id = v.document_id
             WHERE d.id = $2 AND v.state IN ('live', 'superseded')
               AND ($1 IS NULL OR d.collection_id IN (SELECT unhex(value) FROM json_each($1)))
               AND CASE WHEN $3 IS NOT NULL THEN v.id = $3
                        WHEN $4 IS NOT NULL THEN v.content = $4
                        ELSE v.state = 'live' END
             ORDER BY v.state = 'live' DESC, v.created_ms DESC LIMIT 1",
        )
        .bind(scope_list(scope))
        .bind(key(document.as_uuid()))
        .bind(id)
        .bind(content)
        .try_map(|row| Ok((VersionId::from_uuid(uuid(&row, "id")?), hash(&row, "content")?)))
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look up the document"))?
        .ok_or_else(no_such_document)
    }

    /// Returns the whole text of a version that was found in the scope.
    pub(crate) async fn text(&self, version: VersionId) -> Result<String> {
        self.text_between(version, 0..usize::MAX).await.map(|(_, text)| text)
    }

    /// Returns the blocks of a version that was found in the scope.
    pub(crate) async fn blocks(&self, version: VersionId) -> Result<Vec<Block>> {
        sqlx::query("SELECT blocks FROM version WHERE id = $1")
            .bind(key(version.as_uuid()))
            .try_map(|row| from_json(&row, "blocks"))
            .fetch_one(&self.readers)
            .await
            .map_err(cannot("read the structure of the document"))
    }

    /// Re-reads the text of a version in the scope, superseded ones included, at a span.
    pub(crate) async fn quote(
        &self,
        scope: &Scope,
        version: VersionId,
        span: Span,
    ) -> Result<String> {
        let readable = sqlx::query(
            "SELECT 1 FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.id = $2 AND v.state <> 'removed'
               AND ($1 IS NULL OR d.collection_id IN (SELECT unhex(value) FROM json_each($1)))",
        )
        .bind(scope_list(scope))
        .bind(key(version.as_uuid()))
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("read the quoted text"))?;
        if readable.is_none() {
            return Err(Error::not_found("the quoted version of the document is gone"));
        }
        let (first_byte, text) = self.text_between(version, span.bytes()).await?;
        let within = span.start.checked_sub(first_byte).zip(span.end.checked_sub(first_byte));
        within.and_then(|(start, end)| text.get(start..end)).map(str::to_owned).ok_or_else(|| {
            Error::invalid(format!(
                "bytes {} to {} do not lie on characters of the text",
                span.start, span.end
            ))
        })
    }

    /// Reads the pieces that overlap a range, joined, and where the first begins.
    async fn text_between(
        &self,
        version: VersionId,
        range: Range<usize>,
    ) -> Result<(usize, String)> {
        let failed = || cannot("read the text of the document");
        let rows = sqlx::query(
            "SELECT byte_start, bytes FROM version_text
             WHERE version_id = $1 AND byte_start < $3 AND byte_start >= (
               SELECT max(byte_start) FROM version_text WHERE version_id = $1 AND byte_start <= $2)
             ORDER BY byte_start",
        )
        .bind(key(version.as_uuid()))
        .bind(integer(range.start))
        .bind(integer(range.end))
        .fetch_all(&self.readers)
        .await
        .map_err(failed())?;
        let mut bytes = Vec::new();
        for row in &rows {
            bytes.extend_from_slice(row.try_get::<&[u8], _>("bytes").map_err(failed())?);
        }
        let first = rows.first().map_or(Ok(range.start), |row| number(row, "byte_start"));
        let text = String::from_utf8(bytes)
            .map_err(|error| Error::internal("the stored text is damaged").because(error))?;
        Ok((first.map_err(failed())?, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_join_to_the_text_and_know_where_they_stand() {
        let text = "汉字 and Latin. ".repeat(4000);
        let mut joined = String::new();
        for piece in pieces(&text) {
            assert!(piece.text.len() <= PIECE_BYTES);
            assert_eq!(
                (piece.byte_start, piece.char_start),
                (joined.len(), joined.chars().count())
            );
            joined.push_str(piece.text);
        }
        assert_eq!(joined, text);
        assert_eq!(pieces("").count(), 0);
    }
}
