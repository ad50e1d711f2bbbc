//! Filling an empty catalog with the rows of another one.

use footnote_core::clock::Clock;
use footnote_core::id::ContentHash;
use footnote_core::{Error, Result};
use sqlx::AnyPool;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::connections::{Connections, Writing};
use super::failure::{cannot, cannot_migrate};
use super::locks::{Keeping, Right};
use super::pieces::write_piece;
use super::snapshot::bind;
use super::{Catalog, Database, Place, database};
use crate::faults::Faults;
use crate::transfer::rows::{Kind, Row, Shape};
use crate::transfer::tables::TABLES;

/// How many rows one statement inserts at most: databases bound the number of parameters.
const ROWS_A_STATEMENT: usize = 50;

/// The tables of which a target must have no rows, each with the migration since which it is there.
const OCCUPIED_BY: [(&str, i64); 8] = [
    ("collection", 1),
    ("blob", 1),
    ("job", 1),
    ("person", 6),
    ("conversation", 7),
    ("turn", 7),
    ("app_setting", 7),
    ("eval_dataset", 8),
];

/// A catalog that is being filled. Its tables are those of the release that wrote the rows; they
/// are brought up to date afterwards.
pub(crate) struct Loading {
    catalog: Catalog,
    pool: AnyPool,
    transaction: Option<Writing>,
    /// Nobody else works with the catalog meanwhile.
    right: Option<Right>,
}

impl Loading {
    /// Opens a catalog and makes its tables as they were after a migration.
    ///
    /// # Errors
    /// `Invalid` for a migration that this release does not know, `Conflict` when there are tables
    /// of another release or rows in them, `Unavailable` when it cannot be opened.
    pub(crate) async fn open(place: Place<'_>, schema: i64, clock: Arc<dyn Clock>) -> Result<Self> {
        let (database, pool) = database::open_writer(&place, 1).await?;
        if database.newest_migration() < schema || schema < 1 {
            return Err(Error::invalid(format!(
                "it was written by a newer release (migration {schema}; this one knows {})",
                database.newest_migration()
            ))
            .hint("Use that release, or a newer one."));
        }
        database.migrations().run_to(schema, &pool).await.map_err(cannot_migrate)?;
        let connections = || Connections::new(pool.clone(), &Faults::none());
        let catalog = Catalog { database, writer: connections(), readers: connections(), clock };
        let right = catalog.right_to_index(Keeping::Alone).await?.ok_or_else(|| {
            Error::conflict("the target is in use: other processes work with its database")
                .hint("Stop them, or name an empty database.")
        })?;
        let loading = Self { catalog, pool, transaction: None, right: Some(right) };
        loading.check_empty(schema).await?;
        Ok(loading)
    }

    /// Returns the catalog; nothing is read through it while rows are being written.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Refuses a catalog that something was put into. One that a program has opened and left empty
    /// has a space of vectors, perhaps, which goes.
    async fn check_empty(&self, schema: i64) -> Result<()> {
        let occupied = |what: &str| {
            Error::conflict(format!("the target is not empty: {what}"))
                .hint("Name an empty data directory or database.")
        };
        if self.catalog.schema_version().await? != schema {
            return Err(occupied("its tables are those of another release"));
        }
        let failed = || cannot("look whether the target is empty");
        for (table, _since) in OCCUPIED_BY.into_iter().filter(|(_, since)| *since <= schema) {
            let n: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
                    .fetch_one(&self.pool)
                    .await
                    .map_err(failed())?;
            if 0 < n {
                return Err(occupied(&format!("it has rows in the table `{table}`")));
            }
        }
        Ok(())
    }

    /// Makes sure that a table has the columns that rows come for.
    ///
    /// # Errors
    /// `Invalid` when it has not.
    pub(crate) async fn check_shape(&self, shape: &Shape) -> Result<()> {
        let is_known = TABLES.iter().any(|table| table.name == shape.name);
        let columns: BTreeSet<&str> = shape.columns.iter().map(|(name, _)| &**name).collect();
        let found = if is_known { self.columns_of(&shape.name).await? } else { Vec::new() };
        let is_right = columns.len() == shape.columns.len()
            && shape.columns.iter().all(|column| found.contains(column));
        if is_right {
            return Ok(());
        }
        Err(Error::invalid(format!("it has rows for a table `{}` that there is not", shape.name)))
    }

    /// Makes room for the rows of some tables: what a program has made in an empty catalog goes.
    pub(crate) async fn empty(&self, shapes: &[Shape]) -> Result<()> {
        for (table, statement) in [
            ("embedding", "DELETE FROM embedding"),
            ("space", "DELETE FROM space"),
            ("setting", "DELETE FROM setting WHERE name <> 'installation'"),
        ] {
            if shapes.iter().any(|shape| shape.name == table) {
                let emptied = sqlx::query(statement).execute(&self.pool).await;
                emptied.map_err(cannot("fill the catalog"))?;
            }
        }
        Ok(())
    }

    /// Begins to write rows.
    pub(crate) async fn begin(&mut self) -> Result<()> {
        let failed = || cannot("fill the catalog");
        let mut transaction = self.catalog.begin().await.map_err(failed())?;
        if self.catalog.database() == Database::Postgres {
            sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0")
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
        }
        self.transaction = Some(transaction);
        Ok(())
    }

    /// Writes a piece of an original.
    pub(crate) async fn insert_piece(
        &mut self,
        hash: &ContentHash,
        ordinal: u64,
        piece: Vec<u8>,
    ) -> Result<()> {
        write_piece(self.transaction()?, hash, ordinal, piece)
            .await
            .map_err(cannot("keep the original"))
    }

    /// Returns the transaction in which rows are written.
    fn transaction(&mut self) -> Result<&mut Writing> {
        self.transaction.as_mut().ok_or_else(|| Error::internal("rows came before their tables"))
    }

    /// Writes rows of a table that [`check_shape`](Self::check_shape) has seen.
    pub(crate) async fn insert(&mut self, shape: &Shape, rows: Vec<Row>) -> Result<()> {
        let transaction = self.transaction()?;
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<Row> = rows.by_ref().take(ROWS_A_STATEMENT).collect();
            let statement = insert_statement(shape, some.len());
            let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
            for value in some.into_iter().flatten() {
                query = bind(query, value);
            }
            query.execute(&mut **transaction).await.map_err(cannot("fill the catalog"))?;
        }
        Ok(())
    }

    /// Makes what was written durable.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        let failed = || cannot("fill the catalog");
        let Some(mut transaction) = self.transaction.take() else { return Ok(()) };
        if self.catalog.database() == Database::Postgres {
            for table in ["space", "outbox"] {
                // The numbers that the server gives next follow those that came.
                let statement = format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', 'id'),
                       (SELECT coalesce(max(id), 0) + 1 FROM {table}), FALSE)"
                );
                sqlx::query(sqlx::AssertSqlSafe(statement))
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed())?;
            }
        }
        transaction.commit().await.map_err(failed())
    }

    /// Brings the tables up to date, makes what was being worked on wait again, and closes the
    /// catalog.
    pub(crate) async fn finish(mut self) -> Result<()> {
        let database = self.catalog.database();
        database.migrations().run(&self.pool).await.map_err(cannot_migrate)?;
        self.catalog.take_back_all().await?;
        self.catalog.empty_log().await?;
        if let Some(right) = self.right.take() {
            right.end().await?;
        }
        self.catalog.close().await;
        Ok(())
    }

    /// Returns the columns of a table.
    async fn columns_of(&self, table: &str) -> Result<Vec<(String, Kind)>> {
        let statement = match self.catalog.database() {
            Database::Sqlite => "SELECT name, type FROM pragma_table_info($1)",
            Database::Postgres => {
                "SELECT CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS type
                 FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = $1"
            }
        };
        sqlx::query(statement)
            .bind(table)
            .try_map(|row: AnyRow| {
                let kind = kind_of(sqlx::Row::try_get(&row, "type")?);
                Ok(kind.map(|kind| (sqlx::Row::try_get(&row, "name"), kind)))
            })
            .fetch_all(&self.pool)
            .await
            .and_then(|columns| {
                let columns = columns.into_iter().flatten();
                columns.map(|(name, kind)| Ok((name?, kind))).collect()
            })
            .map_err(cannot("look at the tables"))
    }
}

impl Catalog {
    /// Returns what tells the time.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }
}

/// Returns the kind of values that a type of either database holds.
fn kind_of(type_name: &str) -> Option<Kind> {
    match type_name.to_ascii_uppercase().as_str() {
        "BLOB" | "BYTEA" => Some(Kind::Bytes),
        "INTEGER" | "BIGINT" => Some(Kind::Integer),
        "TEXT" => Some(Kind::Text),
        _ => None,
    }
}

fn insert_statement(shape: &Shape, n_rows: usize) -> String {
    let columns: Vec<&str> = shape.columns.iter().map(|(name, _)| &**name).collect();
    let mut places = (1..).map(|n| format!("${n}"));
    let rows: Vec<String> = (0..n_rows)
        .map(|_| {
            let row: Vec<String> = places.by_ref().take(columns.len()).collect();
            format!("({})", row.join(", "))
        })
        .collect();
    format!("INSERT INTO {} ({}) VALUES {}", shape.name, columns.join(", "), rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use footnote_core::clock::SystemClock;

    /// Pieces of originals, which move as originals, and the notes of what was migrated.
    const NOT_MOVED: [&str; 2] = ["blob_piece", "_sqlx_migrations"];

    async fn tables(loading: &Loading) -> BTreeSet<String> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )
        .fetch_all(&loading.pool)
        .await
        .unwrap();
        names.into_iter().filter(|name| !NOT_MOVED.contains(&&**name)).collect()
    }

    #[tokio::test]
    async fn every_table_and_column_of_the_catalog_moves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalog.db");
        let newest = Database::Sqlite.newest_migration();
        let loading =
            Loading::open(Place::File(&path), newest, Arc::new(SystemClock)).await.unwrap();
        let listed: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
        assert_eq!(listed, tables(&loading).await, "see transfer/tables.rs");
        for table in &TABLES {
            let mut real = loading.columns_of(table.name).await.unwrap();
            let mut listed = table.shape().columns;
            real.sort_by(|a, b| a.0.cmp(&b.0));
            listed.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(listed, real, "of the table `{}`, see transfer/tables.rs", table.name);
        }
    }
}
