//! What the catalog knows about its own health and size.

use footnote_core::Result;
use footnote_core::id::VersionId;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashMap;

use super::Catalog;
use super::failure::cannot;
use super::rows::{number, uuid};

impl Catalog {
    /// Lets SQLite check its file and the references between rows; returns what is wrong.
    pub(crate) async fn problems(&self) -> Result<Vec<String>> {
        let failed = || cannot("check the catalog");
        let mut problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(&self.readers)
            .await
            .map_err(failed())?;
        problems.retain(|line| line != "ok");
        let dangling = sqlx::query("PRAGMA foreign_key_check")
            .try_map(|row: AnyRow| row.try_get::<String, _>("table"))
            .fetch_all(&self.readers)
            .await
            .map_err(failed())?;
        problems.extend(dangling.iter().map(|table| format!("a row of `{table}` points nowhere")));
        Ok(problems)
    }

    /// Returns the number of the newest migration that was run.
    pub(crate) async fn schema_version(&self) -> Result<i64> {
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(&self.readers)
            .await
            .map_err(cannot("read the version of the catalog"))
    }

    /// Returns the live versions with how many chunks each has.
    pub(crate) async fn live_versions(&self) -> Result<HashMap<VersionId, usize>> {
        let versions = sqlx::query("SELECT id, n_chunks FROM version WHERE state = 'live'")
            .try_map(|row| Ok((VersionId::from_uuid(uuid(&row, "id")?), number(&row, "n_chunks")?)))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("list the live versions"))?;
        Ok(versions.into_iter().collect())
    }

    /// Counts the chunks of live versions: the points that the index must have.
    pub(crate) async fn n_live_chunks(&self) -> Result<usize> {
        let n: i64 = sqlx::query_scalar(
            "SELECT CAST(coalesce(sum(n_chunks), 0) AS BIGINT) FROM version WHERE state = 'live'",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(cannot("count the chunks"))?;
        Ok(usize::try_from(n).unwrap_or(usize::MAX))
    }
}
