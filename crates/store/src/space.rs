//! The spaces of vectors: what makes embeddings comparable, and which one questions are answered
//! from.

use footnote_core::model::{Embedder, Fingerprint};
use footnote_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// The space that an embedder writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceSpec {
    /// The name of the model, by which a program finds and loads it.
    pub model: String,
    /// What makes its embeddings comparable.
    pub fingerprint: Fingerprint,
    /// How many values one has.
    pub dimension: usize,
}

impl SpaceSpec {
    /// Describes the space that a model of a name writes to.
    #[must_use]
    pub fn of(model: &str, embedder: &dyn Embedder) -> Self {
        let (model, fingerprint) = (model.to_owned(), embedder.fingerprint().clone());
        Self { model, fingerprint, dimension: embedder.dimension() }
    }

    /// Names the space to the user.
    pub(crate) fn name(&self) -> &str {
        if self.model.is_empty() { &self.fingerprint.0 } else { &self.model }
    }
}

/// What a space is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpaceState {
    /// It is being filled beside the one that serves.
    Building,
    /// Questions are answered from it.
    Serving,
    /// It served before, and may serve again.
    Retired,
}

/// A space as the catalog knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// The row of the catalog.
    pub(crate) id: i64,
    /// What makes its embeddings comparable.
    pub spec: SpaceSpec,
    /// What it is there for.
    pub state: SpaceState,
    /// The version of the analyzer that its index was made with.
    pub(crate) analyzer: String,
    /// The number of its index, which no other index ever had.
    pub(crate) generation: i64,
}

impl Space {
    /// Refuses an embedder whose vectors cannot be compared with those stored.
    ///
    /// # Errors
    /// `Invalid` when the fingerprint or the dimension differs.
    pub(crate) fn check(&self, wanted: &SpaceSpec) -> Result<()> {
        let SpaceSpec { fingerprint, dimension, .. } = &self.spec;
        if (fingerprint, dimension) == (&wanted.fingerprint, &wanted.dimension) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the documents are embedded with `{}` ({dimension} dimensions), but `{}` ({} dimensions) \
             is configured",
            self.spec.name(),
            wanted.name(),
            wanted.dimension
        ))
        .hint(
            "Choose that model as `models.embedder` in the configuration, or embed everything \
             again with `footnote reindex --embedder`.",
        ))
    }
}
