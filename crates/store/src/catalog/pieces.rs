//! Originals as rows, where they are kept in the catalog rather than in a folder.

use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use sqlx::{AnyConnection, Row as _};
use std::io;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::Catalog;
use super::failure::cannot;
use super::rows::{digest, integer, number, number_or_none};
use super::versions::Original;
use crate::blob::{PIECE_BYTES, changed};

impl Catalog {
    /// Writes down that an original is kept, as of now: while it is new, nobody takes it for a
    /// leftover.
    pub(crate) async fn note_original(&self, hash: &ContentHash, size_bytes: u64) -> Result<()> {
        sqlx::query(
            "INSERT INTO blob (hash, size_bytes, created_ms) VALUES ($1, $2, $3)
             ON CONFLICT (hash) DO UPDATE SET created_ms = excluded.created_ms",
        )
        .bind(digest(hash))
        .bind(integer(size_bytes))
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("keep the original"))?;
        Ok(())
    }

    /// Writes down that a kept original is wanted as of now, and waits for a purge that may be
    /// about to remove it. Returns whether it is kept, as far as its row tells.
    pub(crate) async fn renew_original(&self, hash: &ContentHash) -> Result<bool> {
        let renewed = sqlx::query("UPDATE blob SET created_ms = $2 WHERE hash = $1")
            .bind(digest(hash))
            .bind(self.now_ms())
            .execute(&self.writer)
            .await
            .map_err(cannot("look up the original"))?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Keeps an original under its hash in one transaction, unless it is kept.
    ///
    /// # Errors
    /// `Conflict` when the bytes are not those of the hash.
    pub(crate) async fn keep_pieces(&self, hash: &ContentHash, original: &Original) -> Result<()> {
        if self.size_in_pieces(hash).await?.is_some() {
            return Ok(());
        }
        let failed = || cannot("keep the original");
        let mut pieces = Pieces::of(original).await?;
        let mut hasher = ContentHasher::default();
        let mut transaction = self.begin().await.map_err(failed())?;
        for ordinal in 0_u64.. {
            let piece = pieces.next().await?;
            // An empty original has one empty piece.
            if piece.is_empty() && ordinal != 0 {
                break;
            }
            hasher.update(&piece);
            write_piece(&mut transaction, hash, ordinal, piece).await.map_err(failed())?;
        }
        if hasher.finish() != *hash {
            transaction.rollback().await.map_err(failed())?;
            return Err(changed());
        }
        transaction.commit().await.map_err(failed())
    }

    /// Tells whether anything needs an original. A row alone does not: a purge that was interrupted
    /// between a file and its row leaves one, until the next purge.
    pub(crate) async fn needs_original(&self, hash: &ContentHash) -> Result<bool> {
        let failed = || cannot("look up the original");
        let mut connection = self.writer.acquire().await.map_err(failed())?;
        let needed = self.needed_originals(&mut connection, &[*hash]).await.map_err(failed())?;
        Ok(needed.contains(hash))
    }

    /// Returns how many bytes the pieces of an original have; `None` when it is not kept.
    pub(crate) async fn size_in_pieces(&self, hash: &ContentHash) -> Result<Option<u64>> {
        sqlx::query(
            "SELECT CAST(sum(length(bytes)) AS BIGINT) AS size_bytes FROM blob_piece
             WHERE hash = $1",
        )
        .bind(digest(hash))
        .try_map(|row| number_or_none(&row, "size_bytes"))
        .fetch_one(&self.writer)
        .await
        .map_err(cannot("look up the original"))
    }

    /// Returns in which piece of an original a place stands, and how many bytes of the piece come
    /// before it; beyond the end that is the piece after the last.
    pub(crate) async fn piece_at(&self, hash: &ContentHash, at: u64) -> Result<(u64, u64)> {
        let sizes: Vec<(u64, u64)> = sqlx::query(
            "SELECT ordinal, CAST(length(bytes) AS BIGINT) AS size_bytes FROM blob_piece
             WHERE hash = $1 ORDER BY ordinal",
        )
        .bind(digest(hash))
        .try_map(|row| Ok((number(&row, "ordinal")?, number(&row, "size_bytes")?)))
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("read the original"))?;
        let (mut left, mut next) = (at, 0);
        for (ordinal, size_bytes) in sizes {
            if left < size_bytes {
                return Ok((ordinal, left));
            }
            left -= size_bytes;
            next = ordinal + 1;
        }
        Ok((next, 0))
    }

    /// Returns a piece of an original; `None` beyond the last.
    pub(crate) async fn piece(&self, hash: &ContentHash, ordinal: u64) -> Result<Option<Vec<u8>>> {
        sqlx::query("SELECT bytes FROM blob_piece WHERE hash = $1 AND ordinal = $2")
            .bind(digest(hash))
            .bind(integer(ordinal))
            .try_map(|row: sqlx::any::AnyRow| row.try_get("bytes"))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("read the original"))
    }
}

/// What is left to write of an original.
enum Pieces<'a> {
    Bytes(std::slice::Chunks<'a, u8>),
    File(File),
}

impl<'a> Pieces<'a> {
    async fn of(original: &'a Original) -> Result<Self> {
        match original {
            Original::Bytes(bytes) => Ok(Self::Bytes(bytes.chunks(PIECE_BYTES))),
            Original::File(path) => {
                let opened = File::open(path).await;
                opened.map(Self::File).map_err(|error| cannot_read(path, error))
            }
        }
    }

    /// Returns the next piece, which is full unless it is the last; an empty one at the end.
    async fn next(&mut self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(pieces) => Ok(pieces.next().unwrap_or_default().to_vec()),
            Self::File(file) => {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                file.take(PIECE_BYTES as u64).read_to_end(&mut piece).await.map_err(|error| {
                    Error::unavailable("cannot read the original").because(error)
                })?;
                Ok(piece)
            }
        }
    }
}

fn cannot_read(path: &Path, error: io::Error) -> Error {
    Error::unavailable(format!("cannot read {}", path.display())).because(error)
}

/// Writes a piece of an original.
pub(super) async fn write_piece(
    connection: &mut AnyConnection,
    hash: &ContentHash,
    ordinal: u64,
    piece: Vec<u8>,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO blob_piece (hash, ordinal, bytes) VALUES ($1, $2, $3)
         ON CONFLICT (hash, ordinal) DO NOTHING",
    )
    .bind(digest(hash))
    .bind(integer(ordinal))
    .bind(piece)
    .execute(connection)
    .await?;
    Ok(())
}
