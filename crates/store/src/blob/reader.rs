//! Reading an original in pieces.

use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use std::io::SeekFrom;
use std::sync::Arc;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::PIECE_BYTES;
use crate::catalog::Catalog;

/// The bytes of an original, in pieces of up to a mebibyte.
pub struct BlobReader {
    pieces: Pieces,
    size_bytes: u64,
}

enum Pieces {
    File(File),
    /// `skip` is how many bytes of the next piece are left out.
    Rows {
        catalog: Arc<Catalog>,
        hash: ContentHash,
        next: u64,
        skip: usize,
    },
}

impl BlobReader {
    /// Reads a file.
    pub(super) async fn of_file(file: File) -> Result<Self> {
        let size_bytes = file.metadata().await.map_err(cannot_read)?.len();
        Ok(Self { pieces: Pieces::File(file), size_bytes })
    }

    /// Reads rows of the catalog; `None` when there are none.
    pub(super) async fn of_rows(catalog: &Arc<Catalog>, hash: ContentHash) -> Result<Option<Self>> {
        let size_bytes = catalog.size_in_pieces(&hash).await?;
        let pieces = Pieces::Rows { catalog: Arc::clone(catalog), hash, next: 0, skip: 0 };
        Ok(size_bytes.map(|size_bytes| Self { pieces, size_bytes }))
    }

    /// Returns how many bytes there are.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Goes to a place, in bytes from the beginning; beyond the end there is nothing to read.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub async fn seek(&mut self, at: u64) -> Result<()> {
        match &mut self.pieces {
            Pieces::File(file) => {
                file.seek(SeekFrom::Start(at)).await.map(drop).map_err(cannot_read)
            }
            Pieces::Rows { catalog, hash, next, skip } => {
                let (piece, rest) = catalog.piece_at(hash, at).await?;
                (*next, *skip) = (piece, usize::try_from(rest).unwrap_or(usize::MAX));
                Ok(())
            }
        }
    }

    /// Returns the next piece, or `None` at the end.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        match &mut self.pieces {
            Pieces::File(file) => {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                let n_bytes = file.read_buf(&mut piece).await.map_err(cannot_read)?;
                Ok((0 < n_bytes).then_some(piece))
            }
            Pieces::Rows { catalog, hash, next, skip } => {
                let piece = catalog.piece(hash, *next).await?;
                *next += 1;
                let skipped = std::mem::take(skip);
                let rest = piece.map(|mut piece| piece.split_off(skipped.min(piece.len())));
                Ok(rest.filter(|rest| !rest.is_empty()))
            }
        }
    }

    /// Reads all of it and returns its hash.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read.
    pub(crate) async fn hash(mut self) -> Result<ContentHash> {
        let mut hasher = ContentHasher::default();
        while let Some(piece) = self.next().await? {
            hasher.update(&piece);
        }
        Ok(hasher.finish())
    }

    /// Reads all of it and makes sure that it is what its hash says.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read or is damaged.
    pub(crate) async fn whole(mut self, hash: &ContentHash) -> Result<Vec<u8>> {
        let mut whole = Vec::with_capacity(usize::try_from(self.size_bytes).unwrap_or_default());
        let mut hasher = ContentHasher::default();
        while let Some(piece) = self.next().await? {
            hasher.update(&piece);
            whole.extend_from_slice(&piece);
        }
        if hasher.finish() == *hash { Ok(whole) } else { Err(damaged(hash)) }
    }
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

/// Says that a kept original is not what its hash says.
pub(crate) fn damaged(hash: &ContentHash) -> Error {
    Error::unavailable(format!("the kept original {hash} is damaged"))
        .hint("Restore it from a backup, or remove the document and ingest it again.")
}

fn cannot_read(error: std::io::Error) -> Error {
    Error::unavailable("cannot read the original").because(error)
}
