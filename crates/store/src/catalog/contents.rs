//! The contents of a version: its text in pieces, and its chunks with what they are found by.

use footnote_core::id::{ChunkId, VersionId};
use footnote_core::sketch::Sketch;
use footnote_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};

use super::failure::cannot;
use super::layouts::write_layout;
use super::rows::{digest, integer, json, key, plain};
use super::texts::pieces;
use super::versions::{NewChunk, NewVersion};

/// Writes everything that hangs on a version, in place of what an earlier attempt has written.
pub(super) async fn write_contents(
    connection: &mut AnyConnection,
    new: &NewVersion,
    version: VersionId,
) -> std::result::Result<(), sqlx::Error> {
    write_text(connection, new, version).await?;
    write_layout(connection, &new.parsed.layout, version).await?;
    write_chunks(connection, new, version).await?;
    write_sketch(connection, new.sketch.as_ref(), version).await
}

/// Writes the text, in place of what an earlier attempt has written.
async fn write_text(
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
async fn write_chunks(
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
        .bind(plain(context))
        .bind(integer(chunk.n_tokens))
        .bind(digest(embedded))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Writes what near duplicates are found by, in place of what an earlier attempt has written.
pub(super) async fn write_sketch(
    connection: &mut AnyConnection,
    sketch: Option<&Sketch>,
    version: VersionId,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("UPDATE version SET sketch = $2 WHERE id = $1")
        .bind(key(version.as_uuid()))
        .bind(sketch.map(Sketch::to_bytes))
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM sketch_band WHERE version_id = $1")
        .bind(key(version.as_uuid()))
        .execute(&mut *connection)
        .await?;
    for band in sketch.into_iter().flat_map(Sketch::bands) {
        sqlx::query(
            "INSERT INTO sketch_band (band, version_id) VALUES ($1, $2)
             ON CONFLICT (band, version_id) DO NOTHING",
        )
        .bind(band)
        .bind(key(version.as_uuid()))
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
    let (n_missing, n_spaces): (i64, i64) = sqlx::query(
        "SELECT count(*) AS n_missing, (SELECT count(*) FROM space) AS n_spaces FROM chunk c
         LEFT JOIN embedding e ON e.embedded = c.embedded AND e.space_id = $2
         WHERE c.version_id = $1 AND e.embedded IS NULL",
    )
    .bind(key(version.as_uuid()))
    .bind(space)
    .fetch_one(connection)
    .await
    .and_then(|row| Ok((row.try_get("n_missing")?, row.try_get("n_spaces")?)))
    .map_err(failed())?;
    if n_missing == 0 {
        return Ok(());
    }
    if 1 < n_spaces {
        return Err(Error::conflict("the embedding model changed while the document was embedded")
            .hint("Ingest it again."));
    }
    Err(Error::invalid(format!("{n_missing} chunks of the document have no embedding"))
        .hint("Put the embeddings before the version that needs them."))
}
