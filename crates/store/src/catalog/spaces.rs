//! Spaces of vectors that may be compared, and the generation of the index that serves one.

use footnote_core::Result;
use footnote_core::model::Fingerprint;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Catalog;
use super::failure::cannot;
use super::rows::{integer, number};
use crate::space::{ServingSpace, SpaceSpec};

impl Catalog {
    /// Returns the space that serves, if there is one yet.
    pub(crate) async fn serving_space(&self) -> Result<Option<ServingSpace>> {
        sqlx::query(
            "SELECT id, fingerprint, dimension, analyzer, generation FROM space
             WHERE state = 'serving'",
        )
        .try_map(|row: AnyRow| {
            Ok(ServingSpace {
                id: row.try_get("id")?,
                spec: SpaceSpec {
                    fingerprint: Fingerprint(row.try_get("fingerprint")?),
                    dimension: number(&row, "dimension")?,
                },
                analyzer: row.try_get("analyzer")?,
                generation: row.try_get("generation")?,
            })
        })
        .fetch_optional(&self.readers)
        .await
        .map_err(cannot("look up the space of vectors"))
    }

    /// Makes the first space, which serves at once.
    pub(crate) async fn make_space(&self, spec: &SpaceSpec, analyzer: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO space (fingerprint, dimension, analyzer, generation, state, created_ms)
             VALUES ($1, $2, $3, 1, 'serving', $4)",
        )
        .bind(&spec.fingerprint.0)
        .bind(integer(spec.dimension))
        .bind(analyzer)
        .bind(self.now_ms())
        .execute(&self.writer)
        .await
        .map_err(cannot("make the space of vectors"))?;
        Ok(())
    }

    /// Makes a new generation of the index the one that serves: one row update, after which the
    /// outbox needs nothing that the generation already holds.
    pub(crate) async fn switch_generation(
        &self,
        space: i64,
        generation: i64,
        analyzer: &str,
    ) -> Result<()> {
        sqlx::query("UPDATE space SET generation = $2, analyzer = $3 WHERE id = $1")
            .bind(space)
            .bind(generation)
            .bind(analyzer)
            .execute(&self.writer)
            .await
            .map_err(cannot("switch the index"))?;
        Ok(())
    }
}
