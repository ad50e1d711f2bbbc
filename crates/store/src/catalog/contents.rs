//! The contents of a version: its text in pieces, and its chunks with what they are found by.

use footnote_core::id::{ChunkId, VersionId};
use footnote_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};

use super::failure::cannot;
use super::rows::{digest, integer, json, key};
use super::texts::pieces;
use super::versions::{NewChunk, NewVersion};

/// Writes the text, in place of what an earlier attempt has written.
pub(super) async fn write_text(
    connection: &mut AnyConnection,
    new: &NewVersion,
    version: VersionId,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM version_text WHERE version_id = $1")
        .bind(key(version.as_uuid()))
        .execute(&mut *connection)
        .await?;
    for piece in pieces(&new.parsed.text) {
        sqlx::query(
            "INSERT INTO version_text (version_id, byte_start, char_start, bytes)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(key(version.as_uuid()))
        .bind(integer(piece.byte_start))
        .bind(integer(piece.char_start))
        .bind(piece.text.as_bytes())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Writes the chunks, in place of what an earlier attempt has written.
pub(super) async fn write_chunks(
    connection: &mut AnyConnection,
    new: &NewVersion,
    version: VersionId,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM chunk WHERE version_id = $1")
        .bind(key(version.as_uuid()))
        .execute(&mut *connection)
        .await?;
    for NewChunk { chunk, context, embedded } in &new.chunks {
        sqlx::query(
            "INSERT INTO chunk (id, version_id, ordinal, byte_start, byte_end, char_start,
               char_end, page, headings, context, n_tokens, embedded)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(key(ChunkId::nth(version, chunk.ordinal).as_uuid()))
        .bind(key(version.as_uuid()))
        .bind(integer(chunk.ordinal))
        .bind(integer(chunk.span.start))
        .bind(integer(chunk.span.end))
        .bind(integer(chunk.span.char_start))
        .bind(integer(chunk.span.char_end))
        .bind(chunk.page.map(integer))
        .bind(json(&chunk.headings)?)
        .bind(context)
        .bind(integer(chunk.n_tokens))
        .bind(digest(embedded))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Makes sure that every chunk has its vector before the version is promised to anybody.
pub(super) async fn check_embeddings(
    connection: &mut AnyConnection,
    version: VersionId,
    space: i64,
) -> Result<()> {
    let failed = || cannot("look up the embeddings");
    let n_missing: i64 = sqlx::query(
        "SELECT count(*) AS n_missing FROM chunk c
         LEFT JOIN embedding e ON e.embedded = c.embedded AND e.space_id = $2
         WHERE c.version_id = $1 AND e.embedded IS NULL",
    )
    .bind(key(version.as_uuid()))
    .bind(space)
    .fetch_one(connection)
    .await
    .and_then(|row| row.try_get("n_missing"))
    .map_err(failed())?;
    if n_missing == 0 {
        return Ok(());
    }
    Err(Error::invalid(format!("{n_missing} chunks of the document have no embedding"))
        .hint("Put the embeddings before the version that needs them."))
}
