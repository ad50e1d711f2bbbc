//! The space of vectors: what makes embeddings comparable, and which one a data directory is for.

use footnote_core::model::Fingerprint;
use footnote_core::{Error, Result};

/// The space that an embedder writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceSpec {
    /// What makes its embeddings comparable.
    pub fingerprint: Fingerprint,
    /// How many values one has.
    pub dimension: usize,
}

/// The space that a data directory serves from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServingSpace {
    /// The row of the catalog.
    pub(crate) id: i64,
    /// What makes its embeddings comparable.
    pub(crate) spec: SpaceSpec,
    /// The version of the analyzer that its index was made with.
    pub(crate) analyzer: String,
    /// The number of its index on disk.
    pub(crate) generation: i64,
}

impl ServingSpace {
    /// Refuses an embedder whose vectors cannot be compared with those stored.
    ///
    /// # Errors
    /// `Invalid` when the fingerprint or the dimension differs.
    pub(crate) fn check(&self, wanted: &SpaceSpec) -> Result<()> {
        if self.spec == *wanted {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the data directory was made with the embedding model `{}` ({} dimensions), but `{}` \
             ({} dimensions) is configured",
            self.spec.fingerprint, self.spec.dimension, wanted.fingerprint, wanted.dimension
        ))
        .hint(
            "Choose that model as `models.embedder` in the configuration, or ingest into a new \
             data directory with the other one.",
        ))
    }
}
