//! Documents that lie inside others: the attachments of a mail, the files of an archive.
//!
//! Which files a document holds is written down together with its version, before any of them is
//! read; the items that read them join the job as the item of the document ends. So a crash in
//! between leaves known what is not read yet, and the next reading of the document makes up for it.

use footnote_core::Result;
use footnote_core::id::{CollectionId, DocumentId, VersionId};
use footnote_core::job::{FailureCode, ItemLease, NewItem};
use sqlx::AnyConnection;
use std::collections::HashSet;

use super::Catalog;
use super::documents::remove_in;
use super::failure::cannot;
use super::jobs::ForItem;
use super::rows::{id_list, key, parameters, plain, uuid};
use super::versions::NewVersion;

/// How many rows one statement writes.
const ROWS: usize = 64;

/// How many values a row has.
const COLUMNS: usize = 6;

/// The documents of the list `$1` and all that lie in them.
const WITH_INSIDE: &str = "
    WITH RECURSIVE inside(id) AS (
      SELECT id FROM document WHERE id IN (SELECT unhex(value) FROM json_each($1))
      UNION SELECT d.id FROM document d JOIN inside i ON d.container = i.id)";

/// Whether the document `d` holds a file that is not there although it may come to be: it was not
/// read yet, or failed for a reason that lies outside its bytes.
pub(super) const IS_UNFINISHED: &str = "
    EXISTS (SELECT 1 FROM document c WHERE c.container = d.id AND c.removed_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM version w WHERE w.document_id = c.id AND w.state = 'live'))";

/// A document and the files that lie in it.
pub(crate) struct Contained<'a> {
    pub(crate) collection: CollectionId,
    pub(crate) container: DocumentId,
    pub(crate) inside: &'a [NewItem],
}

impl Contained<'_> {
    fn document(&self, item: &NewItem) -> DocumentId {
        DocumentId::derive(self.collection, &item.root, &item.uri)
    }
}

impl Catalog {
    /// Writes down which files lie in a document, where that is known.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub(super) async fn write_inside_of(
        &self,
        connection: &mut AnyConnection,
        new: &NewVersion,
    ) -> Result<()> {
        let Some(inside) = &new.inside else { return Ok(()) };
        let (collection, container) = (new.collection, new.ids().document);
        self.write_inside(connection, &Contained { collection, container, inside }).await
    }

    /// Ends the item of a version that was live already, e.g. after a crash; what lies inside the
    /// document joins its job.
    ///
    /// # Errors
    /// `Conflict` when the item was lost.
    pub(crate) async fn end_kept(
        &self,
        new: &NewVersion,
        version: VersionId,
        lease: &ItemLease,
    ) -> Result<()> {
        let failed = || cannot("end the item");
        let inside = new.inside.as_deref().unwrap_or_default();
        let mut transaction = self.begin().await.map_err(failed())?;
        self.write_inside_of(&mut transaction, new).await?;
        self.end_ready_in(&mut transaction, ForItem { lease, inside }, version).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Removes the document of a version when it lies in one that was removed meanwhile, and tells
    /// whether that is so. Whoever removes that one holds the lock of this one's row first.
    pub(super) async fn remove_with_container(
        &self,
        connection: &mut AnyConnection,
        version: VersionId,
    ) -> std::result::Result<bool, sqlx::Error> {
        let orphan = sqlx::query(
            "SELECT d.id FROM version v JOIN document d ON d.id = v.document_id
             JOIN document c ON c.id = d.container
             WHERE v.id = $1 AND c.removed_ms IS NOT NULL",
        )
        .bind(key(version.as_uuid()))
        .try_map(|row| Ok(DocumentId::from_uuid(uuid(&row, "id")?)))
        .fetch_optional(&mut *connection)
        .await?;
        let Some(orphan) = orphan else { return Ok(false) };
        remove_in(connection, orphan, self.now_ms()).await?;
        Ok(true)
    }

    /// Writes down which files lie in a document, and removes those that no longer do, with all
    /// that lies in them.
    ///
    /// # Errors
    /// `Unavailable` when the catalog cannot be written.
    pub(super) async fn write_inside(
        &self,
        connection: &mut AnyConnection,
        contained: &Contained<'_>,
    ) -> Result<()> {
        let failed = || cannot("write down what lies in the document");
        self.lock_with_inside(connection, &[contained.container]).await.map_err(failed())?;
        let wanted: HashSet<DocumentId> =
            contained.inside.iter().map(|item| contained.document(item)).collect();
        let known = children(connection, contained.container).await.map_err(failed())?;
        let gone: Vec<DocumentId> =
            known.into_iter().filter(|known| !wanted.contains(known)).collect();
        self.remove_with_inside(connection, &gone).await.map_err(failed())?;
        for some in contained.inside.chunks(ROWS) {
            self.insert_inside(connection, contained, some).await.map_err(failed())?;
        }
        Ok(())
    }

    async fn insert_inside(
        &self,
        connection: &mut AnyConnection,
        contained: &Contained<'_>,
        items: &[NewItem],
    ) -> std::result::Result<(), sqlx::Error> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(insertion(items.len())));
        for item in items {
            query = query
                .bind(key(contained.document(item).as_uuid()))
                .bind(key(contained.collection.as_uuid()))
                .bind(plain(&item.root))
                .bind(plain(&item.uri))
                .bind(self.now_ms())
                .bind(key(contained.container.as_uuid()));
        }
        query.execute(connection).await?;
        Ok(())
    }

    /// Makes documents dead with all that lies in them; returns which of them that changed. The
    /// caller holds the locks of their rows.
    pub(super) async fn remove_with_inside(
        &self,
        connection: &mut AnyConnection,
        ids: &[DocumentId],
    ) -> std::result::Result<HashSet<DocumentId>, sqlx::Error> {
        let mut changed = HashSet::new();
        let now_ms = self.now_ms();
        for id in with_inside(connection, ids).await? {
            if 0 < remove_in(connection, id, now_ms).await? {
                changed.insert(id);
            }
        }
        Ok(changed)
    }

    /// Returns documents and all that lie in them.
    pub(crate) async fn with_inside(&self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let failed = || cannot("look up what lies in the documents");
        let mut connection = self.readers.acquire().await.map_err(failed())?;
        with_inside(&mut connection, ids).await.map_err(failed())
    }

    /// Forgets a file inside another that has failed for a reason that lies in its bytes: it is not
    /// read again until they change.
    pub(super) async fn forget_unreadable(
        &self,
        connection: &mut AnyConnection,
        lease: &ItemLease,
    ) -> std::result::Result<(), sqlx::Error> {
        sqlx::query(
            "DELETE FROM document WHERE container IS NOT NULL
               AND id = (SELECT document_id FROM job_item
                         WHERE job_id = $1 AND root = $2 AND uri = $3)
               AND NOT EXISTS (SELECT 1 FROM version v WHERE v.document_id = document.id)",
        )
        .bind(key(lease.job.as_uuid()))
        .bind(&lease.root)
        .bind(&lease.uri)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Tells whether the same bytes fail again for the same reason, whatever is configured or installed.
pub(super) fn is_final(code: FailureCode) -> bool {
    match code {
        FailureCode::Empty
        | FailureCode::Unsupported
        | FailureCode::Encrypted
        | FailureCode::Unreadable => true,
        FailureCode::TooLarge
        | FailureCode::NoTextLayer
        | FailureCode::Timeout
        | FailureCode::OutOfMemory
        | FailureCode::Crashed
        | FailureCode::Gone
        | FailureCode::PermissionDenied
        | FailureCode::NotAllowed
        | FailureCode::Unreachable
        | FailureCode::DiskFull
        | FailureCode::Internal => false,
    }
}

/// Returns the documents that lie in one and were not removed.
async fn children(
    connection: &mut AnyConnection,
    container: DocumentId,
) -> std::result::Result<Vec<DocumentId>, sqlx::Error> {
    sqlx::query("SELECT id FROM document WHERE container = $1 AND removed_ms IS NULL ORDER BY id")
        .bind(key(container.as_uuid()))
        .try_map(|row| Ok(DocumentId::from_uuid(uuid(&row, "id")?)))
        .fetch_all(connection)
        .await
}

async fn with_inside(
    connection: &mut AnyConnection,
    ids: &[DocumentId],
) -> std::result::Result<Vec<DocumentId>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = format!("{WITH_INSIDE} SELECT id FROM inside ORDER BY id");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .bind(id_list(ids.iter().map(DocumentId::as_uuid)))
        .try_map(|row| Ok(DocumentId::from_uuid(uuid(&row, "id")?)))
        .fetch_all(connection)
        .await
}

/// Returns the statement that writes so many documents. One that was removed may come back.
fn insertion(n_rows: usize) -> String {
    format!(
        "INSERT INTO document (id, collection_id, root, uri, created_ms, container) VALUES {}
         ON CONFLICT (id) DO UPDATE SET container = excluded.container, removed_ms = NULL",
        parameters(n_rows, COLUMNS)
    )
}
