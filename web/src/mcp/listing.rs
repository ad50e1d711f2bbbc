//! The tool `list_collections`.

use footnote_core::id::CollectionId;
use serde::{Deserialize, Serialize};

use super::desk::{Desk, Visit};
use crate::error::ApiError;

/// Nothing is asked of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arguments {}

/// The collections that the visitor may read.
#[derive(Debug, Serialize)]
pub(super) struct Collections {
    collections: Vec<Collection>,
}

#[derive(Debug, Serialize)]
struct Collection {
    id: CollectionId,
    name: String,
    documents: u64,
    chunks: u64,
}

/// Lists collections by name.
pub(super) async fn run(
    desk: &Desk,
    visit: &Visit,
    _arguments: Arguments,
) -> Result<Collections, ApiError> {
    let scope = desk.scope(visit, None).await?;
    let collections = desk.app.store.collections(&scope).await?.into_iter();
    let collections = collections.map(|collection| Collection {
        id: collection.id,
        name: collection.name,
        documents: collection.n_documents,
        chunks: collection.n_chunks,
    });
    Ok(Collections { collections: collections.collect() })
}
