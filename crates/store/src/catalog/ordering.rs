//! The order in which transactions lock rows, so that none waits for another that waits for it:
//! collection, documents, original, versions, what hangs on those, jobs, items; of several of a
//! kind, by their ids. Whoever changes versions holds the lock of their document first.
//!
//! A purge keeps to no order. It waits for nobody while it holds something, but for jobs, whose
//! holders wait for nothing of it: what others hold, it leaves.
//!
//! SQLite has one writer at a time, so nothing is locked there.

use footnote_core::id::DocumentId;
use sqlx::AnyConnection;
use std::collections::HashSet;
use uuid::Uuid;

use super::rows::{id_list, uuid};
use super::{Catalog, Database};

/// Rows that a transaction is going to change, by a list of ids `$1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Documents and all that lie in them.
    WithInside,
    /// The documents of collections.
    DocumentsOfCollections,
    /// The documents of versions.
    DocumentsOfVersions,
    /// Jobs.
    Jobs,
}

impl Rows {
    /// Returns the statement that finds them in their order.
    fn statement(self) -> &'static str {
        match self {
            Self::WithInside => {
                "WITH RECURSIVE inside(id) AS (
                   SELECT id FROM document WHERE id IN (SELECT unhex(value) FROM json_each($1))
                   UNION SELECT d.id FROM document d JOIN inside i ON d.container = i.id)
                 SELECT id FROM document WHERE id IN (SELECT id FROM inside) ORDER BY id"
            }
            Self::DocumentsOfCollections => {
                "SELECT id FROM document
                 WHERE collection_id IN (SELECT unhex(value) FROM json_each($1))
                 ORDER BY id"
            }
            Self::DocumentsOfVersions => {
                "SELECT id FROM document WHERE id IN (
                   SELECT document_id FROM version
                   WHERE id IN (SELECT unhex(value) FROM json_each($1)))
                 ORDER BY id"
            }
            Self::Jobs => {
                "SELECT id FROM job WHERE id IN (SELECT unhex(value) FROM json_each($1))
                 ORDER BY id"
            }
        }
    }
}

impl Catalog {
    /// Locks rows in their order until the transaction ends, and returns their ids. Others may go on
    /// to refer to them.
    ///
    /// What was read before may be out of date by now; what is read afterwards is not. So a
    /// condition on other tables belongs into a statement that follows: one that locks as well
    /// judges it as things stood before it waited. And a row that somebody makes from now on is not
    /// locked: it must be left alone.
    pub(super) async fn lock_rows(
        &self,
        connection: &mut AnyConnection,
        rows: Rows,
        ids: &str,
    ) -> Result<HashSet<Uuid>, sqlx::Error> {
        let lock = match self.database() {
            Database::Sqlite => "",
            Database::Postgres => " FOR NO KEY UPDATE",
        };
        let statement = format!("{}{lock}", rows.statement());
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(ids)
            .try_map(|row| uuid(&row, "id"))
            .fetch_all(connection)
            .await
            .map(|ids| ids.into_iter().collect())
    }

    /// Locks those of some documents that there are, and all that lie in them, until the
    /// transaction ends; returns the ids of all that are locked. What came to lie in them while
    /// this waited is locked too; a document that was made meanwhile is not.
    pub(super) async fn lock_with_inside(
        &self,
        connection: &mut AnyConnection,
        documents: &[DocumentId],
    ) -> Result<HashSet<Uuid>, sqlx::Error> {
        let list = id_list(documents.iter().map(DocumentId::as_uuid));
        let mut locked = self.lock_rows(connection, Rows::WithInside, &list).await?;
        while self.database() == Database::Postgres {
            let list = id_list(locked.iter().copied());
            let now = self.lock_rows(connection, Rows::WithInside, &list).await?;
            if now.len() == locked.len() {
                break;
            }
            locked = now;
        }
        Ok(locked)
    }
}
