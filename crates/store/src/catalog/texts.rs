//! The canonical text of versions, kept in pieces so that a range is read without all of it.

use footnote_core::access::Scope;
use footnote_core::clock::Timestamp;
use footnote_core::document::Span;
use footnote_core::id::{ContentHash, DocumentId, VersionId};
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::ops::Range;

use super::Catalog;
use super::documents::no_such_document;
use super::failure::cannot;
use super::history::VersionState;
use super::readable::{READABLE, readable};
use super::rows::{hash, hash_list, id_list, integer, key, number, time_or_none, uuid, word};

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
    /// The one that was live at a moment.
    AsOf(Timestamp),
}

/// The canonical text of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentText {
    /// The version.
    pub version: VersionId,
    /// The hash of its original bytes.
    pub content: ContentHash,
    /// How it stands to the version that is live now.
    pub standing: Standing,
    /// The text that every range points into.
    pub text: String,
}

/// How a version stands to the one that is live now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it serves.
    pub state: VersionState,
    /// The hash of the original bytes of the live version, if one is live.
    pub live: Option<ContentHash>,
    /// Since when the document says something else: when this version was superseded.
    pub changed_since: Option<Timestamp>,
}

/// A version that was found in the scope.
pub(crate) struct FoundVersion {
    pub(crate) id: VersionId,
    pub(crate) content: ContentHash,
    pub(crate) media_type: String,
    pub(crate) size_bytes: u64,
    pub(crate) uri: String,
    pub(crate) standing: Standing,
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

/// Finds a version of the document `$2`: by its id `$3`, its content `$4`, the moment `$5` at which
/// it was live, or the live one.
const VERSION_OF: &str = "
    SELECT v.id, v.content, v.media_type, v.size_bytes, v.state, d.uri,
           CASE WHEN v.state = 'live' THEN NULL ELSE v.superseded_ms END AS changed_ms,
           (SELECT x.content FROM version x WHERE x.document_id = d.id AND x.state = 'live') AS live
    FROM version v JOIN document d ON d.id = v.document_id
    WHERE d.id = $2 AND v.state IN ('live', 'superseded')
      AND CASE WHEN CAST($3 AS TEXT) IS NOT NULL
               THEN v.id IN (SELECT unhex(value) FROM json_each($3))
               WHEN CAST($4 AS TEXT) IS NOT NULL
               THEN v.content IN (SELECT unhex(value) FROM json_each($4))
               WHEN CAST($5 AS BIGINT) IS NOT NULL
               THEN EXISTS (SELECT 1 FROM version_life l WHERE l.version_id = v.id
                              AND l.from_ms <= $5 AND (l.until_ms IS NULL OR $5 < l.until_ms))
               ELSE v.state = 'live' END";

impl Catalog {
    /// Finds a version of a document in the scope: the live one, or the one that is asked for.
    pub(crate) async fn version_of(
        &self,
        scope: &Scope,
        document: DocumentId,
        version: Option<VersionRef>,
    ) -> Result<FoundVersion> {
        let (mut id, mut content, mut moment) = (None, None, None);
        match version {
            None => {}
            Some(VersionRef::Id(wanted)) => id = Some(id_list([wanted.as_uuid()])),
            Some(VersionRef::Content(wanted)) => content = Some(hash_list([&wanted])),
            Some(VersionRef::AsOf(wanted)) => moment = Some(wanted.0),
        }
        let statement = format!(
            "{VERSION_OF} AND {READABLE}
             ORDER BY CASE WHEN v.state = 'live' THEN 0 ELSE 1 END, v.created_ms DESC LIMIT 1"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(readable(scope))
            .bind(key(document.as_uuid()))
            .bind(id)
            .bind(content)
            .bind(moment)
            .try_map(|row| found(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the document"))?
            .ok_or_else(no_such_document)
    }

    /// Returns the whole text of a version that was found in the scope.
    pub(crate) async fn text(&self, version: VersionId) -> Result<String> {
        self.text_between(version, 0..usize::MAX).await.map(|(_, text)| text)
    }

    /// Re-reads the text of a version in the scope, superseded ones included, at a span.
    pub(crate) async fn quote(
        &self,
        scope: &Scope,
        version: VersionId,
        span: Span,
    ) -> Result<String> {
        let readable = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT 1 FROM version v JOIN document d ON d.id = v.document_id
             WHERE v.id = $2 AND v.state <> 'removed'
               AND {READABLE}"
        )))
        .bind(readable(scope))
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
    pub(super) async fn text_between(
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

fn found(row: &AnyRow) -> std::result::Result<FoundVersion, sqlx::Error> {
    let has_live = row.try_get::<Option<&[u8]>, _>("live")?.is_some();
    Ok(FoundVersion {
        id: VersionId::from_uuid(uuid(row, "id")?),
        content: hash(row, "content")?,
        media_type: row.try_get("media_type")?,
        size_bytes: number(row, "size_bytes")?,
        uri: row.try_get("uri")?,
        standing: Standing {
            state: word(row, "state")?,
            live: if has_live { Some(hash(row, "live")?) } else { None },
            changed_since: time_or_none(row, "changed_ms")?,
        },
    })
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
