//! Collections on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::CollectionId;
use footnote_store::CollectionSummary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::openapi::domain;

/// A collection with its counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Collection {
    /// Its id.
    #[schema(value_type = domain::CollectionId)]
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// How many documents can be found in it.
    pub documents: u64,
    /// How many chunks they have.
    pub chunks: u64,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
}

impl From<CollectionSummary> for Collection {
    fn from(collection: CollectionSummary) -> Self {
        Self {
            id: collection.id,
            name: collection.name,
            documents: collection.n_documents,
            chunks: collection.n_chunks,
            created_ms: collection.created,
        }
    }
}

/// A collection to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewCollection {
    /// Its name.
    #[schema(min_length = 1)]
    pub name: String,
}
