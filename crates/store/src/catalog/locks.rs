//! Rights that one process of an installation has at a time.
//!
//! A SQLite catalog has one process that holds the index, so its own locks are enough. On
//! PostgreSQL they are advisory locks of a transaction that does nothing else: whatever happens to
//! the process, the server ends the transaction and the right is free.

use footnote_core::Result;
use footnote_core::id::VersionId;
use uuid::Uuid;

use super::connections::Writing;
use super::failure::cannot;
use super::rows::{key, uuid};
use super::{Catalog, Database};

/// The number of the lock that whoever settles a document shares, and whoever switches has alone.
const SWITCHING: i64 = 0x0f00_7107_e000;

/// The number of the lock of whoever builds an index.
const BUILDING: i64 = 0x0f00_7107_e001;

/// The number of the lock that the one process has that keeps the index to itself, or that all
/// share whose index is on a server.
const KEEPING: i64 = 0x0f00_7107_e002;

/// A right, until it is dropped.
#[must_use = "the right ends when it is dropped"]
pub(crate) struct Right(Option<Writing>);

/// Who works on the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// One process, which has it on its own disk.
    Alone,
    /// Every process that reaches its server.
    Together,
}

impl Right {
    /// Makes sure that the right is still held: it ends with the connection to the server.
    pub(crate) async fn check(&mut self) -> Result<()> {
        let Some(transaction) = &mut self.0 else { return Ok(()) };
        sqlx::query("SELECT 1")
            .execute(&mut **transaction)
            .await
            .map(drop)
            .map_err(cannot("keep the right to the index"))
    }

    /// Ends the right now.
    pub(crate) async fn end(self) -> Result<()> {
        match self.0 {
            Some(transaction) => transaction.rollback().await.map_err(cannot("end a lock")),
            None => Ok(()),
        }
    }
}

impl Catalog {
    /// Waits for the right to settle the versions of a version's document: nobody else settles
    /// them, and no index takes the place of the one that serves.
    pub(crate) async fn right_to_settle(&self, version: VersionId) -> Result<Right> {
        if self.database() == Database::Sqlite {
            return Ok(Right(None));
        }
        let failed = || cannot("lock the document");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query("SELECT pg_advisory_xact_lock_shared($1)")
            .bind(SWITCHING)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        let document = sqlx::query("SELECT document_id FROM version WHERE id = $1")
            .bind(key(version.as_uuid()))
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if let Some(row) = document {
            sqlx::query("SELECT pg_advisory_xact_lock($1)")
                .bind(number_of(uuid(&row, "document_id").map_err(failed())?))
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        Ok(Right(Some(transaction)))
    }

    /// Waits for the right to put another index in the place of the one that serves: nobody
    /// settles anything meanwhile. Whoever has it must be quick.
    pub(crate) async fn right_to_switch(&self) -> Result<Right> {
        if self.database() == Database::Sqlite {
            return Ok(Right(None));
        }
        let failed = || cannot("lock the index");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(SWITCHING)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        Ok(Right(Some(transaction)))
    }

    /// Takes the right to build an index; `None` when another process is building one.
    pub(crate) async fn right_to_build(&self) -> Result<Option<Right>> {
        self.lasting_right("SELECT pg_try_advisory_xact_lock($1)", BUILDING).await
    }

    /// Takes the right to work on the index for as long as the process runs; `None` when another
    /// process has it on its own disk, or this one wants to and others have not.
    pub(crate) async fn right_to_index(&self, keeping: Keeping) -> Result<Option<Right>> {
        let statement = match keeping {
            Keeping::Alone => "SELECT pg_try_advisory_xact_lock($1)",
            Keeping::Together => "SELECT pg_try_advisory_xact_lock_shared($1)",
        };
        self.lasting_right(statement, KEEPING).await
    }

    /// Takes a right that lasts longer than an idle transaction may otherwise.
    async fn lasting_right(&self, statement: &'static str, lock: i64) -> Result<Option<Right>> {
        if self.database() == Database::Sqlite {
            return Ok(Some(Right(None)));
        }
        let failed = || cannot("lock the index");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        let is_free: bool = sqlx::query_scalar(statement)
            .bind(lock)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed())?;
        Ok(is_free.then_some(Right(Some(transaction))))
    }
}

/// Makes the number of a document's lock. Two documents of one number wait for each other, which
/// costs time and nothing else.
fn number_of(document: Uuid) -> i64 {
    let (number, _) = document.as_u64_pair();
    number.cast_signed()
}
