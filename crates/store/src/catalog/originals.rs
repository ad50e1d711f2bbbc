//! Originals that nobody owns any more.

use footnote_core::clock::Timestamp;
use footnote_core::id::ContentHash;
use footnote_core::job::Place;
use footnote_core::{Error, Result};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use std::collections::HashSet;
use std::time::Duration;
use tokio::task::spawn_blocking;

use super::failure::cannot;
use super::purge::affected;
use super::rows::{hash, hash_list, integer, number};
use super::{Catalog, Database};
use crate::blob::Blobs;

/// For how long the bytes of an upload that failed are kept, so that it can be tried again.
const FAILED_KEPT: Duration = Duration::from_hours(7 * 24);

/// The originals that went, and how many bytes they had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OriginalTally {
    pub(crate) n_originals: u64,
    pub(crate) size_bytes: u64,
}

/// An original that a version owns.
pub(crate) struct OwnedOriginal {
    pub(crate) content: ContentHash,
    pub(crate) size_bytes: u64,
    /// The first of its documents by name.
    pub(crate) uri: String,
}

impl Catalog {
    /// Returns some originals that versions own, by hash.
    pub(crate) async fn owned_originals(
        &self,
        after: Option<ContentHash>,
        limit: usize,
    ) -> Result<Vec<OwnedOriginal>> {
        sqlx::query(
            "SELECT b.hash, b.size_bytes, min(d.uri) AS uri FROM blob b
             JOIN version v ON v.blob_hash = b.hash JOIN document d ON d.id = v.document_id
             WHERE v.state <> 'removed' AND (CAST($1 AS TEXT) IS NULL OR b.hash > unhex($1))
             GROUP BY b.hash, b.size_bytes ORDER BY b.hash LIMIT $2",
        )
        .bind(after.map(|hash| hash.hex()))
        .bind(integer(limit))
        .try_map(|row: AnyRow| {
            Ok(OwnedOriginal {
                content: hash(&row, "hash")?,
                size_bytes: number(&row, "size_bytes")?,
                uri: row.try_get("uri")?,
            })
        })
        .fetch_all(&self.readers)
        .await
        .map_err(cannot("list the originals"))
    }

    /// Returns the originals that no version owns and that were there before a moment already.
    pub(crate) async fn unowned_originals(&self, before: Timestamp) -> Result<Vec<ContentHash>> {
        sqlx::query(
            "SELECT b.hash FROM blob b WHERE b.created_ms < $1
               AND NOT EXISTS (SELECT 1 FROM version v WHERE v.blob_hash = b.hash)",
        )
        .bind(before.0)
        .try_map(|row| hash(&row, "hash"))
        .fetch_all(&self.writer)
        .await
        .map_err(cannot("look for originals that nobody owns"))
    }

    /// Removes those of the originals that no version owns and no item of a job needs.
    ///
    /// Their files go while nobody else can own them: whoever stores a version of the same bytes,
    /// or puts a job into the queue that names them, either does it before, or finds afterwards
    /// that they are gone.
    pub(crate) async fn purge_originals(
        &self,
        originals: &[ContentHash],
        blobs: &Blobs,
    ) -> Result<OriginalTally> {
        let failed = || cannot("remove originals for good");
        let mut transaction = self.begin().await.map_err(failed())?;
        let mut free = self.hold_originals(&mut transaction, originals).await.map_err(failed())?;
        let needed = self.needed_originals(&mut transaction, &free).await.map_err(failed())?;
        free.retain(|original| !needed.contains(original));
        let rows = delete_rows(&mut transaction, &hash_list(&free)).await.map_err(failed())?;
        let blobs = blobs.clone();
        let files = spawn_blocking(move || remove_files(&blobs, &free))
            .await
            .map_err(|error| Error::internal("cannot remove originals").because(error))??;
        transaction.commit().await.map_err(failed())?;
        Ok(OriginalTally {
            n_originals: rows.n_originals.max(files.n_originals),
            size_bytes: rows.size_bytes.max(files.size_bytes),
        })
    }

    /// Returns which of some originals nobody can begin to own until the transaction ends: on
    /// PostgreSQL those whose rows nobody else holds.
    async fn hold_originals(
        &self,
        connection: &mut AnyConnection,
        originals: &[ContentHash],
    ) -> std::result::Result<Vec<ContentHash>, sqlx::Error> {
        if self.database() == Database::Sqlite {
            return Ok(originals.to_vec());
        }
        sqlx::query(
            "SELECT hash FROM blob WHERE hash IN (SELECT unhex(value) FROM json_each($1))
             FOR UPDATE SKIP LOCKED",
        )
        .bind(hash_list(originals))
        .try_map(|row| hash(&row, "hash"))
        .fetch_all(connection)
        .await
    }

    /// Returns which of the originals a version owns, or an item that may still be worked on names.
    pub(super) async fn needed_originals(
        &self,
        connection: &mut AnyConnection,
        originals: &[ContentHash],
    ) -> std::result::Result<HashSet<ContentHash>, sqlx::Error> {
        let owned = sqlx::query(
            "SELECT DISTINCT blob_hash AS hash FROM version
             WHERE blob_hash IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(hash_list(originals))
        .try_map(|row| hash(&row, "hash"))
        .fetch_all(&mut *connection)
        .await?;
        let failed_after = self.now_ms() - integer(FAILED_KEPT.as_millis());
        let places = sqlx::query(
            "SELECT place FROM job_item WHERE place LIKE '%\"content\"%' AND (
               state IN ('queued', 'parsing', 'chunking', 'embedding', 'indexing')
               OR (state IN ('failed', 'cancelled') AND $1 < updated_ms))",
        )
        .bind(failed_after)
        .try_map(|row: AnyRow| row.try_get::<String, _>("place"))
        .fetch_all(&mut *connection)
        .await?;
        // What a job asks for that has no items yet.
        let requests = sqlx::query(
            "SELECT request FROM job WHERE listed_ms IS NULL AND state IN ('queued', 'running')",
        )
        .try_map(|row: AnyRow| row.try_get::<String, _>("request"))
        .fetch_all(connection)
        .await?;
        let is_asked_for = |original: &&ContentHash| {
            let written = original.to_string();
            requests.iter().any(|request| request.contains(&written))
        };
        let asked_for = originals.iter().filter(is_asked_for).copied();
        let named = places.iter().filter_map(|place| match serde_json::from_str(place) {
            Ok(Place::Blob { content } | Place::Inside { content, .. }) => Some(content),
            Ok(Place::File { .. } | Place::Remote { .. } | Place::Gone { .. }) | Err(_) => None,
        });
        Ok(owned.into_iter().chain(named).chain(asked_for).collect())
    }
}

/// Removes the files of originals, and counts them.
fn remove_files(blobs: &Blobs, originals: &[ContentHash]) -> Result<OriginalTally> {
    let mut tally = OriginalTally::default();
    for original in originals {
        let size_bytes = blobs.remove(original)?;
        tally.n_originals += u64::from(0 < size_bytes);
        tally.size_bytes += size_bytes;
    }
    Ok(tally)
}

/// Deletes the rows of originals, and counts them.
async fn delete_rows(
    connection: &mut AnyConnection,
    list: &str,
) -> std::result::Result<OriginalTally, sqlx::Error> {
    let size_bytes = sqlx::query(
        "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS size_bytes FROM blob
         WHERE hash IN (SELECT unhex(value) FROM json_each($1))",
    )
    .bind(list)
    .try_map(|row| number(&row, "size_bytes"))
    .fetch_one(&mut *connection)
    .await?;
    let pieces = "DELETE FROM blob_piece WHERE hash IN (SELECT unhex(value) FROM json_each($1))";
    affected(connection, pieces, list).await?;
    let rows = "DELETE FROM blob WHERE hash IN (SELECT unhex(value) FROM json_each($1))";
    let n_originals = affected(connection, rows, list).await?;
    Ok(OriginalTally { n_originals, size_bytes })
}
