//! The catalog: SQL as the truth about documents, their text, chunks, vectors and jobs.
//!
//! SQLite in the data directory, or PostgreSQL. Every statement is a sentence of the domain, lives
//! in the file of its subject and is written once, in what both databases understand; everything
//! that belongs together is one transaction.

mod ancestors;
mod app_settings;
pub(crate) mod asked;
pub(crate) mod collections;
mod connections;
mod contents;
pub(crate) mod conversations;
mod database;
pub(crate) mod documents;
pub(crate) mod duplicates;
pub(crate) mod embeddings;
pub(crate) mod evals;
mod failure;
pub(crate) mod history;
mod inside;
pub(crate) mod integrity;
pub(crate) mod jobs;
mod layouts;
pub(crate) mod listing;
pub(crate) mod loading;
pub(crate) mod locks;
mod ordering;
pub(crate) mod originals;
pub(crate) mod outbox;
mod parsed;
pub(crate) mod passages;
pub(crate) mod past;
pub(crate) mod people;
mod pieces;
pub(crate) mod purge;
mod readable;
pub(crate) mod readings;
pub(crate) mod requests;
mod rows;
pub(crate) mod seen;
mod settings;
pub(crate) mod snapshot;
pub(crate) mod sources;
pub(crate) mod spaces;
pub(crate) mod texts;
pub(crate) mod traces;
pub(crate) mod unembedded;
pub(crate) mod versions;

use footnote_core::clock::Clock;
use footnote_core::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::Arc;

use connections::{Connections, Writing};
pub(crate) use database::Database;
use failure::cannot_migrate;

pub(crate) use failure::is_disk_full;

use crate::faults::Faults;

/// The open catalog.
pub(crate) struct Catalog {
    database: Database,
    writer: Connections,
    readers: Connections,
    clock: Arc<dyn Clock>,
}

/// Where the catalog is.
#[derive(Clone)]
pub(crate) enum Place<'a> {
    /// In a file, which is made when it is missing.
    File(&'a Path),
    /// On a PostgreSQL server.
    Server(&'a str),
}

impl Catalog {
    /// Opens the catalog, makes it when it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be opened, `Invalid` when a newer release wrote it.
    pub(crate) async fn open(
        place: Place<'_>,
        readers: u32,
        clock: Arc<dyn Clock>,
        faults: &Faults,
    ) -> Result<Self> {
        let (database, writer) = database::open_writer(&place, readers).await?;
        database.migrations().run(&writer).await.map_err(cannot_migrate)?;
        let readers = match &place {
            Place::File(path) => database::open_readers(path, readers).await?,
            Place::Server(_) => writer.clone(),
        };
        let [writer, readers] = [writer, readers].map(|pool| Connections::new(pool, faults));
        Ok(Self { database, writer, readers, clock })
    }

    /// Opens the catalog beside the process that brings its tables up to date.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Conflict` when its tables are those of another release.
    pub(crate) async fn open_shared(
        place: Place<'_>,
        readers: u32,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        if let Place::File(path) = place
            && !path.exists()
        {
            return Err(Error::not_found(format!("there is no catalog at {}", path.display()))
                .hint("Ingest documents first: `footnote ingest <folder>`."));
        }
        let (database, writer) = database::open_writer(&place, readers).await?;
        let readers = match &place {
            Place::File(path) => database::open_readers(path, readers).await?,
            Place::Server(_) => writer.clone(),
        };
        let [writer, readers] =
            [writer, readers].map(|pool| Connections::new(pool, &Faults::none()));
        let catalog = Self { database, writer, readers, clock };
        check_release(catalog.schema_version().await?, database.newest_migration())?;
        Ok(catalog)
    }

    /// Opens the catalog for a look; `None` when there is none yet, or none that this release can
    /// read without bringing it up to date first.
    pub(crate) async fn peek(place: Place<'_>, clock: Arc<dyn Clock>) -> Result<Option<Self>> {
        match Self::open_shared(place, 1, clock).await {
            Ok(catalog) => Ok(Some(catalog)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Closes every connection; what was committed is kept already.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Returns which database it is.
    pub(crate) fn database(&self) -> Database {
        self.database
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> std::result::Result<Writing, sqlx::Error> {
        self.writer.begin(self.database).await
    }

    /// What follows a `SELECT` whose rows must not be changed by others until the transaction
    /// ends. SQLite has one writer at a time anyway.
    pub(crate) fn locking(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "",
            Database::Postgres => " FOR UPDATE",
        }
    }

    /// What follows a `SELECT` whose rows may be read by others, but not changed, until the
    /// transaction ends.
    pub(crate) fn sharing(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "",
            Database::Postgres => " FOR SHARE",
        }
    }

    /// As [`locking`](Self::locking), passing over rows that others hold.
    pub(crate) fn skipping(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "",
            Database::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Returns the present moment in milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().0
    }
}

/// Refuses tables that another release made: only the process that holds the index changes them.
fn check_release(found: i64, known: i64) -> Result<()> {
    if found == known {
        return Ok(());
    }
    let error = Error::conflict(format!(
        "the catalog is of another release (migration {found}; this one works with {known})"
    ));
    if found < known {
        return Err(error.hint(
            "Stop the process that holds the data directory, and start it with this release.",
        ));
    }
    Err(error.hint("Use the release of the process that holds the data directory."))
}
