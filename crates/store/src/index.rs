//! The indexes: Qdrant in this process, Qdrant on a server, and a plain one in memory.

pub mod edge;
mod layout;
pub mod memory;
pub mod qdrant;

use footnote_core::model::Embedding;
use footnote_core::{Error, Result};

/// Refuses a vector that does not fit an index.
fn check_dimension(dimension: usize, embedding: &Embedding) -> Result<()> {
    let n_values = embedding.0.len();
    if n_values == dimension {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "a vector of {n_values} dimensions does not fit an index of {dimension}"
    )))
}
