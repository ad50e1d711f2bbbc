//! The two databases: how a connection to each is opened.

use footnote_core::{Error, Result};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

use super::Place;
use super::failure::cannot;

/// How long a connection is waited for before a statement gives up.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// What every SQLite connection is told. A statement waits ten seconds for another process's
/// write; what was deleted is overwritten.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000; PRAGMA secure_delete = ON";

/// What a SQLite connection that only reads is told.
const READING_PRAGMAS: &str = "PRAGMA query_only = ON; PRAGMA busy_timeout = 10000";

/// What every PostgreSQL connection is told: nothing waits for ever.
const SETTINGS: &str = "SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '120s'";

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Which database the catalog is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    /// A file in the data directory.
    Sqlite,
    /// A server that many processes share.
    Postgres,
}

impl Database {
    /// Returns the migrations that make its tables.
    pub(super) fn migrations(self) -> &'static Migrator {
        match self {
            Self::Sqlite => &SQLITE_MIGRATIONS,
            Self::Postgres => &POSTGRES_MIGRATIONS,
        }
    }

    /// Returns the number of the newest of them.
    pub(super) fn newest_migration(self) -> i64 {
        self.migrations().iter().map(|migration| migration.version).max().unwrap_or_default()
    }
}

/// Opens the connections that write: one to a file, several to a server.
pub(super) async fn open_writer(place: &Place<'_>, readers: u32) -> Result<(Database, AnyPool)> {
    install_default_drivers();
    match place {
        Place::File(path) => {
            let pool = pool(&url_of(path, "rwc")?, 1, PRAGMAS).await;
            Ok((Database::Sqlite, pool.map_err(cannot("open the catalog"))?))
        }
        Place::Server(url) => {
            try_once(url).await.map_err(cannot("reach the PostgreSQL server"))?;
            let pool = pool(url, readers.saturating_add(4), SETTINGS).await;
            Ok((Database::Postgres, pool.map_err(cannot("reach the PostgreSQL server"))?))
        }
    }
}

/// Opens the connections that read a file.
pub(super) async fn open_readers(path: &Path, readers: u32) -> Result<AnyPool> {
    pool(&url_of(path, "rw")?, readers.max(1), READING_PRAGMAS)
        .await
        .map_err(cannot("open the catalog for reading"))
}

/// Connects once. A pool tries again and again and in the end cannot say why it was in vain.
async fn try_once(url: &str) -> std::result::Result<(), sqlx::Error> {
    let connected = timeout(ACQUIRE_TIMEOUT, AnyConnection::connect(url)).await;
    let silent = || sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    connected.map_err(|_elapsed| silent())??.close().await
}

/// Opens connections that are told something before they are used.
async fn pool(
    url: &str,
    max_connections: u32,
    settings: &'static str,
) -> std::result::Result<AnyPool, sqlx::Error> {
    let options: AnyConnectOptions = url.parse()?;
    AnyPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // With either of them sqlx runs a task that counts idle connections; the count can be one
        // below zero for a moment, and then the task never ends and takes a whole core.
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(settings).await.map(|_done| ()) })
        })
        .connect_with(options)
        .await
}

/// Writes a path as a URL that SQLite opens.
fn url_of(path: &Path, mode: &str) -> Result<String> {
    let unusable = |why: &str| {
        Error::invalid(format!("the path {} cannot be used: {why}", path.display()))
            .hint("Choose another data directory with --data-dir.")
    };
    let path = std::path::absolute(path).map_err(|error| unusable(&error.to_string()))?;
    let text = path.to_str().ok_or_else(|| unusable("it is not written in UTF-8"))?;
    let mut url = "sqlite://".to_owned();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}")
                .map_err(|error| Error::internal("cannot write a path").because(error))?;
        }
    }
    Ok(format!("{url}?mode={mode}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_any_characters_becomes_a_url() {
        let url = url_of(Path::new("/a b/手?#.db"), "rwc").unwrap();
        assert_eq!(url, "sqlite:///a%20b/%E6%89%8B%3F%23.db?mode=rwc");
    }
}
