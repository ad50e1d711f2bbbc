//! Spaces of vectors that may be compared, and the generation of the index that belongs to each.

use footnote_core::Result;
use footnote_core::model::Fingerprint;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::rows::{integer, number, word};
use crate::space::{Space, SpaceSpec};

/// The columns of a [`Space`].
const SPACE: &str = "
    SELECT id, model, fingerprint, dimension, state, analyzer, generation FROM space";

impl Catalog {
    /// Returns every space: the one that serves first, then the newest first.
    pub(crate) async fn spaces(&self) -> Result<Vec<Space>> {
        let statement = format!(
            "{SPACE} ORDER BY CASE WHEN state = 'serving' THEN 0 ELSE 1 END, generation DESC"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .try_map(|row| space(&row))
            .fetch_all(&self.readers)
            .await
            .map_err(cannot("look up the spaces of vectors"))
    }

    /// Returns the space that serves, if there is one yet.
    pub(crate) async fn serving_space(&self) -> Result<Option<Space>> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{SPACE} WHERE state = 'serving'")))
            .try_map(|row| space(&row))
            .fetch_optional(&self.readers)
            .await
            .map_err(cannot("look up the space of vectors"))
    }

    /// Returns the space of a fingerprint.
    pub(crate) async fn space_of(&self, fingerprint: &Fingerprint) -> Result<Option<Space>> {
        sqlx::query(sqlx::AssertSqlSafe(format!("{SPACE} WHERE fingerprint = $1")))
            .bind(&fingerprint.0)
            .try_map(|row| space(&row))
            .fetch_optional(&self.writer)
            .await
            .map_err(cannot("look up the space of vectors"))
    }

    /// Makes the first space, which serves at once. Does nothing when another process was faster.
    pub(crate) async fn make_first_space(&self, spec: &SpaceSpec, analyzer: &str) -> Result<()> {
        let generation = self.next_generation().await?;
        sqlx::query(
            "INSERT INTO space (model, fingerprint, dimension, analyzer, generation, state,
               created_ms)
             SELECT $1, $2, $3, $4, $5, 'serving', $6
             WHERE NOT EXISTS (SELECT 1 FROM space WHERE state = 'serving')
             ON CONFLICT DO NOTHING",
        )
        .bind(&spec.model)
        .bind(&spec.fingerprint.0)
        .bind(integer(spec.dimension))
        .bind(analyzer)
        .bind(generation)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("make the space of vectors"))?;
        Ok(())
    }

    /// Makes a space that is filled beside the one that serves, or goes on with the one of the
    /// same fingerprint: what it holds already is kept.
    pub(crate) async fn make_building_space(&self, spec: &SpaceSpec) -> Result<()> {
        let generation = self.next_generation().await?;
        sqlx::query(
            "INSERT INTO space (model, fingerprint, dimension, analyzer, generation, state,
               created_ms)
             VALUES ($1, $2, $3, '', $4, 'building', $5)
             ON CONFLICT (fingerprint) DO UPDATE SET state = 'building', model = excluded.model
             WHERE space.state <> 'serving'",
        )
        .bind(&spec.model)
        .bind(&spec.fingerprint.0)
        .bind(integer(spec.dimension))
        .bind(generation)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("make the space of vectors"))?;
        Ok(())
    }

    /// Writes down the name of the model of a space that was made before names were.
    pub(crate) async fn name_model(&self, space: i64, model: &str) -> Result<()> {
        sqlx::query("UPDATE space SET model = $2 WHERE id = $1 AND model = ''")
            .bind(space)
            .bind(model)
            .execute(&self.writer)
            .await
            .map_err(cannot("name the space of vectors"))?;
        Ok(())
    }

    /// Makes a space the one that serves, and retires the one before, in one transaction.
    pub(crate) async fn serve_space(
        &self,
        space: i64,
        generation: i64,
        analyzer: &str,
    ) -> Result<()> {
        let failed = || cannot("switch the space of vectors");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query("UPDATE space SET state = 'retired' WHERE state = 'serving' AND id <> $1")
            .bind(space)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        sqlx::query(
            "UPDATE space SET state = 'serving', generation = $2, analyzer = $3 WHERE id = $1",
        )
        .bind(space)
        .bind(generation)
        .bind(analyzer)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Drops a space that does not serve, with its vectors. Returns whether there was one.
    pub(crate) async fn drop_space(&self, space: i64) -> Result<bool> {
        let failed = || cannot("drop the space of vectors");
        let mut transaction = self.begin().await.map_err(failed())?;
        sqlx::query(
            "DELETE FROM embedding WHERE space_id IN (
               SELECT id FROM space WHERE id = $1 AND state <> 'serving')",
        )
        .bind(space)
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        let dropped = sqlx::query("DELETE FROM space WHERE id = $1 AND state <> 'serving'")
            .bind(space)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(dropped.rows_affected() == 1)
    }
}

fn space(row: &AnyRow) -> std::result::Result<Space, sqlx::Error> {
    Ok(Space {
        id: row.try_get("id")?,
        spec: SpaceSpec {
            model: row.try_get("model")?,
            fingerprint: Fingerprint(row.try_get("fingerprint")?),
            dimension: number(row, "dimension")?,
        },
        state: word(row, "state")?,
        analyzer: row.try_get("analyzer")?,
        generation: row.try_get("generation")?,
    })
}
