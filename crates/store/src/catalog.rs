//! The catalog: SQL as the truth about documents, their text, chunks, vectors and jobs.
//!
//! SQLite in the data directory, or PostgreSQL. Every statement is a sentence of the domain, lives
//! in the file of its subject and is written once, in what both databases understand; everything
//! that belongs together is one transaction.

pub(crate) mod collections;
mod contents;
mod database;
pub(crate) mod documents;
pub(crate) mod embeddings;
mod failure;
pub(crate) mod integrity;
pub(crate) mod jobs;
pub(crate) mod outbox;
pub(crate) mod passages;
mod rows;
pub(crate) mod spaces;
pub(crate) mod texts;
pub(crate) mod versions;

use footnote_core::Result;
use footnote_core::clock::Clock;
use sqlx::{Any, AnyPool, Transaction};
use std::path::Path;
use std::sync::Arc;

use database::Database;
use failure::cannot_migrate;

/// The open catalog.
pub(crate) struct Catalog {
    database: Database,
    writer: AnyPool,
    readers: AnyPool,
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
    ) -> Result<Self> {
        let (database, writer) = database::open_writer(&place, readers).await?;
        database.migrations().run(&writer).await.map_err(cannot_migrate)?;
        let readers = match &place {
            Place::File(path) => database::open_readers(path, readers).await?,
            Place::Server(_) => writer.clone(),
        };
        Ok(Self { database, writer, readers, clock })
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
    ///
    /// SQLite takes its one write lock at once: a transaction that first reads and then finds
    /// that another process has written meanwhile would have to start again.
    pub(crate) async fn begin(
        &self,
    ) -> std::result::Result<Transaction<'static, Any>, sqlx::Error> {
        match self.database {
            Database::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await,
            Database::Postgres => self.writer.begin().await,
        }
    }

    /// What follows a `SELECT` whose rows must not be changed by others until the transaction
    /// ends. SQLite has one writer at a time anyway.
    pub(crate) fn locking(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "",
            Database::Postgres => " FOR UPDATE",
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
