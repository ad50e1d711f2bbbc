//! What a failing statement means to the user.

use footnote_core::Error;

const SQLITE_BUSY: i32 = 5;
const SQLITE_READONLY: i32 = 8;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// Why a statement failed, as far as the user can do something about it.
enum Cause {
    DiskFull,
    Busy,
    Damaged,
    Unusable,
    Unreachable,
    Refused,
    Misspelt,
    Fault,
}

/// Turns a failure of the database into an error that says what could not be done.
pub(super) fn cannot(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| {
        metrics::counter!("footnote_store_errors_total", "store" => "catalog").increment(1);
        let (why, hint) = match cause(&error) {
            Cause::DiskFull => (
                "the disk is full",
                "Free some space on the disk of the data directory and try again.",
            ),
            Cause::Busy => ("the catalog is busy", "Try again in a moment."),
            Cause::Damaged => (
                "the catalog is damaged",
                "Restore the data directory from a backup, or ingest into a new one.",
            ),
            Cause::Unusable => (
                "the catalog file cannot be used",
                "Check that the data directory exists and that you may write to it.",
            ),
            Cause::Unreachable => (
                "the database does not answer",
                "Check `store.catalog` and that the PostgreSQL server runs.",
            ),
            Cause::Refused => (
                "the database refused the user or the database name",
                "Check the user, the password and the database in `store.catalog`.",
            ),
            Cause::Misspelt => {
                return Error::invalid(format!("cannot {what}: `store.catalog` is no address"))
                    .hint("Write it as postgres://user:password@host:5432/database.")
                    .because(error);
            }
            Cause::Fault => return Error::internal(format!("cannot {what}")).because(error),
        };
        Error::unavailable(format!("cannot {what}: {why}")).hint(hint).because(error)
    }
}

/// Tells whether a statement failed because the disk is full.
pub(crate) fn is_disk_full(error: &sqlx::Error) -> bool {
    matches!(cause(error), Cause::DiskFull)
}

/// Tells why the tables could not be brought up to date.
pub(super) fn cannot_migrate(error: sqlx::migrate::MigrateError) -> Error {
    match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => Error::invalid(format!(
            "the catalog was written by a newer release (migration {version})"
        ))
        .hint("Use that release, or restore a backup made by this one."),
        sqlx::migrate::MigrateError::Execute(error) => cannot("update the catalog")(error),
        other => Error::internal("cannot update the catalog").because(other),
    }
}

/// Tells whether a statement failed because nobody has made the tables yet.
pub(super) fn is_missing_table(error: &sqlx::Error) -> bool {
    let Some(database) = error.as_database_error() else { return false };
    let is_undefined = database.code().is_some_and(|code| code == "42P01");
    is_undefined || database.message().starts_with("no such table")
}

/// Reads the cause from the code of the database.
fn cause(error: &sqlx::Error) -> Cause {
    let Some(database) = error.as_database_error() else {
        return match error {
            sqlx::Error::PoolTimedOut => Cause::Busy,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => {
                Cause::Unreachable
            }
            sqlx::Error::Configuration(_) => Cause::Misspelt,
            _ => Cause::Fault,
        };
    };
    let code = database.code().unwrap_or_default();
    match code.parse::<i32>() {
        // SQLite's extended codes are small numbers; PostgreSQL's have five characters.
        Ok(number) if code.len() < 5 => of_sqlite(number & 0xff),
        Ok(_) | Err(_) => of_postgres(&code),
    }
}

/// Reads SQLite's primary result code: the extended code's lowest byte.
fn of_sqlite(code: i32) -> Cause {
    match code {
        SQLITE_FULL => Cause::DiskFull,
        SQLITE_BUSY => Cause::Busy,
        SQLITE_CORRUPT | SQLITE_NOTADB => Cause::Damaged,
        SQLITE_READONLY | SQLITE_CANTOPEN | SQLITE_IOERR => Cause::Unusable,
        _ => Cause::Fault,
    }
}

/// Reads a SQLSTATE (PostgreSQL, appendix A).
fn of_postgres(state: &str) -> Cause {
    match state {
        "53100" => Cause::DiskFull,
        "53300" | "55P03" | "40001" | "40P01" => Cause::Busy,
        "XX001" | "XX002" => Cause::Damaged,
        "28000" | "28P01" | "3D000" => Cause::Refused,
        _ if state.starts_with("08") || state.starts_with("57P") => Cause::Unreachable,
        _ => Cause::Fault,
    }
}
