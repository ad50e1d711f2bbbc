//! The catalog: SQLite as the truth about documents, their text, chunks, vectors and jobs.
//!
//! One connection writes, a pool of others reads. Every statement is a sentence of the domain and
//! lives in the file of its subject; everything that belongs together is one transaction.

pub(crate) mod collections;
mod contents;
pub(crate) mod documents;
pub(crate) mod embeddings;
pub(crate) mod integrity;
pub(crate) mod jobs;
pub(crate) mod outbox;
pub(crate) mod passages;
mod rows;
pub(crate) mod spaces;
pub(crate) mod texts;
pub(crate) mod versions;

use footnote_core::clock::Clock;
use footnote_core::{Error, Result};
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a statement waits for another one before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The open catalog.
pub(crate) struct Catalog {
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
}

impl Catalog {
    /// Opens the catalog file, makes it when it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be opened, `Invalid` when a newer release wrote it.
    pub(crate) async fn open(path: &Path, readers: u32, clock: Arc<dyn Clock>) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(cannot("open the catalog"))?;
        MIGRATIONS.run(&writer).await.map_err(cannot_migrate)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .connect_with(options.read_only(true))
            .await
            .map_err(cannot("open the catalog for reading"))?;
        Ok(Self { writer, readers, clock })
    }

    /// Closes every connection; what was committed is in the file already.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Returns the present moment in milliseconds.
    fn now_ms(&self) -> i64 {
        self.clock.now().0
    }
}

/// Turns a failure of SQLite into an error that says what could not be done.
fn cannot(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| match primary_code(&error) {
        Some(SQLITE_FULL) => Error::unavailable(format!("cannot {what}: the disk is full"))
            .hint("Free some space on the disk of the data directory and try again.")
            .because(error),
        Some(SQLITE_BUSY) => Error::unavailable(format!("cannot {what}: the catalog is busy"))
            .hint("Try again in a moment.")
            .because(error),
        Some(SQLITE_CORRUPT | SQLITE_NOTADB) => {
            Error::unavailable(format!("cannot {what}: the catalog is damaged"))
                .hint("Restore the data directory from a backup, or ingest into a new one.")
                .because(error)
        }
        Some(SQLITE_READONLY | SQLITE_CANTOPEN | SQLITE_IOERR) => {
            Error::unavailable(format!("cannot {what}: the catalog file cannot be used"))
                .hint("Check that the data directory exists and that you may write to it.")
                .because(error)
        }
        _ => Error::internal(format!("cannot {what}")).because(error),
    }
}

const SQLITE_BUSY: i32 = 5;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// Returns SQLite's primary result code: the extended code's lowest byte.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

fn cannot_migrate(error: sqlx::migrate::MigrateError) -> Error {
    match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => Error::invalid(format!(
            "the catalog was written by a newer release (migration {version})"
        ))
        .hint("Use that release, or restore a backup made by this one."),
        sqlx::migrate::MigrateError::Execute(error) => cannot("update the catalog")(error),
        other => Error::internal("cannot update the catalog").because(other),
    }
}
