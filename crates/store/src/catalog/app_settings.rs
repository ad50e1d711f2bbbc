//! What an admin sets at run time: names with values, and how often that was changed.

use footnote_core::{Error, Result};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

use super::Catalog;
use super::failure::cannot;
use super::rows::{from_json, integer, json, number, plain};

/// The row of `setting` that counts the changes.
const REVISION: &str = "app_settings.revision";

impl Catalog {
    /// Returns what is set, and how often that was changed.
    pub(crate) async fn app_settings(&self) -> Result<(BTreeMap<String, Value>, u64)> {
        let failed = || cannot("read the settings");
        let rows = sqlx::query(
            "SELECT coalesce((SELECT CAST(value AS BIGINT) FROM setting WHERE name = $1), 0)
                      AS revision, a.name, a.value
             FROM (SELECT 1 AS one) o LEFT JOIN app_setting a ON o.one = 1",
        )
        .bind(REVISION)
        .try_map(|row: AnyRow| {
            let name: Option<String> = row.try_get("name")?;
            let set = match name {
                Some(name) => Some((name, from_json::<Value>(&row, "value")?)),
                None => None,
            };
            Ok((number::<u64>(&row, "revision")?, set))
        })
        .fetch_all(&self.readers)
        .await
        .map_err(failed())?;
        let revision = rows.first().map_or(0, |(revision, _)| *revision);
        Ok((rows.into_iter().filter_map(|(_, set)| set).collect(), revision))
    }

    /// Sets what has a value and unsets the rest; all of it or nothing. Returns the new revision.
    pub(crate) async fn put_app_settings(
        &self,
        expected_revision: Option<u64>,
        changes: &BTreeMap<String, Option<Value>>,
    ) -> Result<u64> {
        let failed = || cannot("change the settings");
        let mut transaction = self.begin().await.map_err(failed())?;
        // Whoever changes settings too waits here.
        let revision: u64 = sqlx::query(
            "INSERT INTO setting (name, value) VALUES ($1, '1')
             ON CONFLICT (name) DO UPDATE
               SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)
             RETURNING CAST(value AS BIGINT) AS revision",
        )
        .bind(REVISION)
        .try_map(|row| number(&row, "revision"))
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        if expected_revision.is_some_and(|expected| expected + 1 != revision) {
            return Err(Error::conflict("the settings were changed meanwhile")
                .hint("Read them again and repeat the change."));
        }
        for (name, value) in changes {
            let query = match value {
                Some(value) => sqlx::query(
                    "INSERT INTO app_setting (name, value, changed_ms) VALUES ($1, $2, $3)
                     ON CONFLICT (name) DO UPDATE
                       SET value = excluded.value, changed_ms = excluded.changed_ms",
                )
                .bind(plain(name))
                .bind(json(value).map_err(failed())?)
                .bind(integer(self.now_ms())),
                None => sqlx::query("DELETE FROM app_setting WHERE name = $1").bind(plain(name)),
            };
            query.execute(&mut *transaction).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(revision)
    }
}
