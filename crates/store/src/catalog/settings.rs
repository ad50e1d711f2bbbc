//! What only this installation has: its id, and the numbers that it has given to indexes.

use footnote_core::Result;
use footnote_core::id::InstallationId;

use super::Catalog;
use super::failure::cannot;

/// The row with the installation's id.
const INSTALLATION: &str = "installation";

/// The row with the last number that an index was given.
const LAST_GENERATION: &str = "last_generation";

impl Catalog {
    /// Returns the id of the installation, which is made the first time.
    pub(crate) async fn installation(&self) -> Result<InstallationId> {
        let failed = || cannot("read the id of the installation");
        sqlx::query(
            "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        )
        .bind(INSTALLATION)
        .bind(InstallationId::generate().to_string())
        .execute(&self.writer)
        .await
        .map_err(failed())?;
        let id: String = sqlx::query_scalar("SELECT value FROM setting WHERE name = $1")
            .bind(INSTALLATION)
            .fetch_one(&self.writer)
            .await
            .map_err(failed())?;
        id.parse()
    }

    /// Returns a number for an index that none has had before, of whatever space.
    pub(crate) async fn next_generation(&self) -> Result<i64> {
        sqlx::query_scalar(
            "INSERT INTO setting (name, value)
             SELECT $1, CAST(coalesce(max(generation), 0) + 1 AS TEXT) FROM space WHERE TRUE
             ON CONFLICT (name) DO UPDATE
               SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)
             RETURNING CAST(value AS BIGINT) AS generation",
        )
        .bind(LAST_GENERATION)
        .fetch_one(&self.writer)
        .await
        .map_err(cannot("number the index"))
    }
}
