//! Originals by their hash: kept before there is a version of them, and read again.

use footnote_core::clock::Timestamp;
use footnote_core::id::{ContentHash, ContentHasher};
use footnote_core::{Error, Result};
use std::time::Duration;
use tokio::task::spawn_blocking;

use super::Store;
use crate::blob::{BlobReader, for_each_piece, remove_files};
use crate::catalog::versions::Original;

/// How old a file that was never finished must be to be taken for a leftover of a crash.
const UNFINISHED_AGE: Duration = Duration::from_hours(1);

impl Store {
    /// Keeps an original that no document has yet, e.g. an upload that waits for its turn, and
    /// returns its hash. It survives a crash and a power cut when this returns; unless a document
    /// or a job names it within the hour, a vacuum takes it for a leftover. Where a document of
    /// the same bytes is purged, even before: see [`still_keeps`](Self::still_keeps).
    ///
    /// # Errors
    /// `Conflict` when a file changes meanwhile, `Unavailable` when it cannot be read or written.
    pub async fn keep_blob(&self, original: Original) -> Result<ContentHash> {
        self.check_room()?;
        let (original, hash, size_bytes) = hashed(original).await?;
        // The row says that it is wanted before its file is found to be there.
        self.catalog.note_original(&hash, size_bytes).await?;
        self.blobs.keep(&hash, &original).await?;
        Ok(hash)
    }

    /// Tells whether an original is still kept: to be asked once a job names it. What is kept now
    /// no purge takes any more; what is not was taken before, and is to be kept again.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written or the original cannot be read.
    pub async fn still_keeps(&self, hash: &ContentHash) -> Result<bool> {
        Ok(self.catalog.renew_original(hash).await? && self.blobs.open(hash).await?.is_some())
    }

    /// Opens an original by its hash, to be read in pieces.
    ///
    /// # Errors
    /// `NotFound` when it is not kept, `Unavailable` when it cannot be read.
    pub async fn open_blob(&self, hash: &ContentHash) -> Result<BlobReader> {
        let found = self.blobs.open(hash).await?;
        found.ok_or_else(|| Error::not_found("the original of the document was not kept"))
    }

    /// Reads an original whole by its hash, and makes sure that it is undamaged.
    ///
    /// # Errors
    /// `NotFound` when it is not kept, `Unavailable` when it cannot be read or is damaged.
    pub async fn read_blob(&self, hash: &ContentHash) -> Result<Vec<u8>> {
        self.open_blob(hash).await?.whole(hash).await
    }

    /// Removes files of originals that were never finished, because a process was killed. A failure
    /// is logged: they harm nobody.
    pub(super) async fn sweep_unfinished(&self) {
        let before = Timestamp(self.catalog.now_ms() - age_ms());
        let blobs = self.blobs.clone();
        let swept = spawn_blocking(move || remove_files(&blobs.unfinished(before))).await;
        if let Ok(Err(error)) = swept {
            tracing::warn!(error = error.chain(), "unfinished files of originals stay for now");
        }
    }
}

fn age_ms() -> i64 {
    i64::try_from(UNFINISHED_AGE.as_millis()).unwrap_or(i64::MAX)
}

/// Computes the hash and the size of an original.
async fn hashed(original: Original) -> Result<(Original, ContentHash, u64)> {
    let hash = move || {
        let (mut hasher, mut size_bytes) = (ContentHasher::default(), 0);
        for_each_piece(&original, |piece| {
            hasher.update(piece);
            size_bytes += piece.len() as u64;
            Ok(())
        })
        .map(|()| (original, hasher.finish(), size_bytes))
    };
    spawn_blocking(hash)
        .await
        .map_err(|error| Error::internal("cannot read the original").because(error))?
        .map_err(|error| Error::unavailable("cannot read what is to be kept").because(error))
}
