//! One state of the whole catalog, read page by page while others go on writing.

use footnote_core::Result;
use footnote_core::id::{CollectionId, ContentHash};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, Row as _};

use super::connections::Writing;
use super::failure::cannot;
use super::rows::{digest, id_list, integer, plain};
use super::{Catalog, Database};
use crate::space::Space;
use crate::transfer::rows::{Kind, Row, Value};
use crate::transfer::tables::{Exported, Table};

/// Which rows are read.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    /// All that move.
    Everything,
    /// Those of some collections.
    Collections {
        /// The collections.
        ids: Vec<CollectionId>,
        /// Whether versions that were replaced come too.
        with_superseded: bool,
    },
}

/// One state of the catalog.
pub(crate) struct Snapshot {
    transaction: Writing,
    selection: Selection,
}

impl Catalog {
    /// Takes a snapshot. What it shows does not change until it is dropped.
    pub(crate) async fn snapshot(&self, selection: Selection) -> Result<Snapshot> {
        let failed = || cannot("read the catalog");
        let begun = self.readers.begin_snapshot(self.database()).await;
        let mut transaction = begun.map_err(failed())?;
        let first = match self.database() {
            // SQLite takes the snapshot at the first read.
            Database::Sqlite => "SELECT count(*) FROM setting",
            Database::Postgres => "SET LOCAL idle_in_transaction_session_timeout = 0",
        };
        sqlx::query(first).execute(&mut *transaction).await.map_err(failed())?;
        Ok(Snapshot { transaction, selection })
    }

    /// Returns the space that serves, and those that served or are being built.
    pub(crate) async fn spaces_to_move(&self, selection: &Selection) -> Result<Vec<Space>> {
        let mut spaces = self.spaces().await?;
        if matches!(selection, Selection::Collections { .. }) {
            spaces.truncate(1);
        }
        Ok(spaces)
    }
}

impl Snapshot {
    /// Tells whether rows of a table are read at all.
    pub(crate) fn reads(&self, table: &Table) -> bool {
        match self.selection {
            Selection::Everything => true,
            Selection::Collections { .. } => table.exported.is_some(),
        }
    }

    /// Counts the rows of a table.
    pub(crate) async fn count(&mut self, table: &Table) -> Result<u64> {
        let statement = format!(
            "SELECT count(*) AS n FROM {} t WHERE {}",
            table.name,
            condition(table, &self.selection)
        );
        let collections = self.collections();
        let n: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .bind(collections)
            .fetch_one(&mut *self.transaction)
            .await
            .map_err(cannot("count what is to be moved"))?;
        Ok(n.unsigned_abs())
    }

    /// Returns the rows of a table that follow one, or the first ones, by key.
    pub(crate) async fn page(&mut self, table: &Table, after: Option<&Row>) -> Result<Vec<Row>> {
        let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let key = table.key.join(", ");
        let beyond = after.map_or_else(String::new, |_| {
            let places: Vec<String> =
                (2..).take(table.key.len()).map(|n| format!("${n}")).collect();
            format!(" AND ({key}) > ({})", places.join(", "))
        });
        let statement = format!(
            "SELECT {} FROM {} t WHERE {}{beyond} ORDER BY {key} LIMIT {}",
            columns.join(", "),
            table.name,
            condition(table, &self.selection),
            table.page
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(self.collections());
        for value in after.map(|row| key_of(table, row)).into_iter().flatten() {
            query = bind(query, value.clone());
        }
        query
            .try_map(|row: AnyRow| row_of(table, &row))
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(cannot("read what is to be moved"))
    }

    /// Returns a piece of an original that is kept in rows; `None` beyond the last.
    pub(crate) async fn piece(
        &mut self,
        hash: &ContentHash,
        ordinal: u64,
    ) -> Result<Option<Vec<u8>>> {
        sqlx::query("SELECT bytes FROM blob_piece WHERE hash = $1 AND ordinal = $2")
            .bind(digest(hash))
            .bind(integer(ordinal))
            .try_map(|row: AnyRow| row.try_get("bytes"))
            .fetch_optional(&mut *self.transaction)
            .await
            .map_err(cannot("read the original"))
    }

    fn collections(&self) -> Option<String> {
        match &self.selection {
            Selection::Everything => None,
            Selection::Collections { ids, .. } => {
                Some(id_list(ids.iter().map(CollectionId::as_uuid)))
            }
        }
    }
}

/// Binds a value.
pub(super) fn bind(
    query: Query<'_, Any, AnyArguments>,
    value: Value,
) -> Query<'_, Any, AnyArguments> {
    match value {
        Value::Bytes(bytes) => query.bind(bytes),
        Value::Integer(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
    }
}

/// Returns the values of a row that identify it.
fn key_of<'a>(table: &'a Table, row: &'a Row) -> impl Iterator<Item = &'a Value> {
    table.key.iter().filter_map(move |key| {
        let place = table.columns.iter().position(|(name, _)| name == key)?;
        row.get(place)
    })
}

/// Reads a row. Text loses what not every database takes.
fn row_of(table: &Table, row: &AnyRow) -> std::result::Result<Row, sqlx::Error> {
    let value = |(name, kind): &(&str, Kind)| {
        Ok(match kind {
            Kind::Bytes => Value::Bytes(row.try_get(*name)?),
            Kind::Integer => Value::Integer(row.try_get(*name)?),
            Kind::Text => {
                let text: Option<&str> = row.try_get(*name)?;
                Value::Text(text.map(plain))
            }
        })
    };
    table.columns.iter().map(value).collect()
}

/// Writes which of the rows `t` of a table are read; `$1` are the collections.
fn condition(table: &Table, selection: &Selection) -> String {
    let Selection::Collections { with_superseded, .. } = selection else {
        let moved = if table.moved.is_empty() { "TRUE" } else { table.moved };
        return format!("{moved} AND CAST($1 AS TEXT) IS NULL");
    };
    let states = if *with_superseded { "'live', 'superseded'" } else { "'live'" };
    // Of a document that was removed nothing is live, and nothing of it goes elsewhere.
    let documents = "d.removed_ms IS NULL
        AND d.collection_id IN (SELECT unhex(value) FROM json_each($1))";
    match table.exported {
        None => "FALSE".to_owned(),
        Some(Exported::Where(condition)) => format!("{condition} AND CAST($1 AS TEXT) IS NOT NULL"),
        Some(Exported::WithVersion(joined)) => format!(
            "EXISTS (SELECT 1 FROM version v JOIN document d ON d.id = v.document_id
                     WHERE {joined} AND v.state IN ({states}) AND {documents})"
        ),
        Some(Exported::WithChunk(joined)) => format!(
            "EXISTS (SELECT 1 FROM chunk c JOIN version v ON v.id = c.version_id
                     JOIN document d ON d.id = v.document_id
                     WHERE {joined} AND v.state IN ({states}) AND {documents})"
        ),
    }
}
