//! What the catalog knows about its own health and size.

use footnote_core::id::VersionId;
use footnote_core::{Error, Result};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::HashMap;

use super::failure::{cannot, is_missing_table};
use super::rows::{number, uuid};
use super::{Catalog, Database};

/// What must not be, each counted, and what it means.
const QUESTIONS: [(&str, &str); 6] = [
    (
        "SELECT count(*) FROM version v WHERE v.state <> 'removed' AND v.n_chunks <> (
           SELECT count(*) FROM chunk c WHERE c.version_id = v.id)",
        "versions do not have as many chunks as they should",
    ),
    (
        "SELECT count(*) FROM version v WHERE v.state <> 'removed' AND v.n_chunks > 0
           AND NOT EXISTS (SELECT 1 FROM version_text t WHERE t.version_id = v.id)",
        "versions have lost their text",
    ),
    (
        "SELECT count(DISTINCT v.id) FROM version v JOIN chunk c ON c.version_id = v.id
         WHERE v.state = 'live' AND NOT EXISTS (
           SELECT 1 FROM embedding e JOIN space s ON s.id = e.space_id
           WHERE e.embedded = c.embedded AND s.state = 'serving')",
        "live versions have chunks without an embedding",
    ),
    (
        "SELECT count(*) FROM document d WHERE d.removed_ms IS NOT NULL AND EXISTS (
           SELECT 1 FROM version v WHERE v.document_id = d.id AND v.state = 'live')",
        "removed documents have a live version",
    ),
    (
        "SELECT count(*) FROM job_item i WHERE i.lease_owner IS NOT NULL AND i.state IN (
           'queued', 'ready', 'unchanged', 'removed', 'failed', 'cancelled')",
        "items are leased that nobody works on",
    ),
    (
        "SELECT count(*) FROM job_item i JOIN job j ON j.id = i.job_id
         WHERE j.state IN ('completed', 'failed', 'cancelled') AND i.state NOT IN (
           'ready', 'unchanged', 'removed', 'failed', 'cancelled')",
        "items are open although their job has ended",
    ),
];

impl Catalog {
    /// Asks the catalog what is wrong with it; returns that in words.
    pub(crate) async fn problems(&self) -> Result<Vec<String>> {
        let mut problems = match self.database() {
            Database::Sqlite => self.problems_of_the_file().await?,
            // PostgreSQL keeps references whole itself, and checks its pages when it reads them.
            Database::Postgres => Vec::new(),
        };
        for (question, problem) in QUESTIONS {
            let n: i64 = sqlx::query_scalar(question)
                .fetch_one(&self.readers)
                .await
                .map_err(cannot("check the catalog"))?;
            if 0 < n {
                problems.push(format!("{n} {problem}"));
            }
        }
        Ok(problems)
    }

    /// Lets SQLite check its file and the references between rows.
    async fn problems_of_the_file(&self) -> Result<Vec<String>> {
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

    /// Returns how many bytes the database takes on its server; `None` for a file, which is
    /// measured on the disk.
    pub(crate) async fn size_on_server(&self) -> Result<Option<u64>> {
        if self.database() == Database::Sqlite {
            return Ok(None);
        }
        sqlx::query("SELECT pg_database_size(current_database()) AS n")
            .fetch_one(&self.readers)
            .await
            .and_then(|row| number(&row, "n"))
            .map(Some)
            .map_err(cannot("measure the catalog"))
    }

    /// Returns the number of the newest migration that was run.
    pub(crate) async fn schema_version(&self) -> Result<i64> {
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
            .fetch_one(&self.readers)
            .await
            .map_err(|error| {
                if is_missing_table(&error) {
                    return Error::not_found("there is no catalog yet")
                        .hint("Ingest documents first: `footnote ingest <folder>`.")
                        .because(error);
                }
                cannot("read the version of the catalog")(error)
            })
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
