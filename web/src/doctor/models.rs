//! The models: whether they do what they are for.

use footnote_core::model::{Embedder, Purpose};
use footnote_core::{Error, Result};

use super::Check;

/// Checks that a model embeds.
pub async fn embeds(embedder: &dyn Embedder) -> Check {
    Check::of("embedding", embed(embedder).await)
}

async fn embed(embedder: &dyn Embedder) -> Result<String> {
    let vectors = embedder.embed(vec!["a text".to_owned()], Purpose::Query).await?;
    let n_values = vectors.first().map_or(0, |vector| vector.0.len());
    if n_values == embedder.dimension() {
        return Ok(format!("works, {n_values} dimensions"));
    }
    Err(Error::internal(format!("the model gives {n_values} values, not {}", embedder.dimension())))
}
