//! Collections on the wire.

use footnote_core::access::{Rights, Role};
use footnote_core::clock::Timestamp;
use footnote_core::id::CollectionId;
use footnote_store::CollectionSummary;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::openapi::domain;

/// A collection with its counts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Collection {
    /// Its id.
    #[schema(value_type = domain::CollectionId)]
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether everybody who signs in may read it.
    pub public: bool,
    /// How often its description and its readers were changed; also its `ETag`.
    pub revision: u64,
    /// What whoever asks may do in it; `null` where they may read some of its documents alone.
    #[schema(value_type = Option<domain::Role>)]
    pub role: Option<Role>,
    /// How many documents can be found in it.
    pub documents: u64,
    /// How many chunks they have.
    pub chunks: u64,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
}

impl Collection {
    /// Makes it as somebody with these rights sees it.
    #[must_use]
    pub fn new(collection: CollectionSummary, rights: &Rights) -> Self {
        Self {
            role: rights.role_on(collection.id),
            id: collection.id,
            name: collection.name,
            description: collection.description,
            public: collection.is_public,
            revision: collection.revision,
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
    #[schema(min_length = 1, max_length = 64, format = "collection-name")]
    pub name: String,
}

/// What is to become of a collection; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct CollectionChange {
    /// What it is for.
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Whether everybody who signs in may read it.
    pub public: Option<bool>,
}

impl From<CollectionChange> for footnote_store::CollectionChange {
    fn from(change: CollectionChange) -> Self {
        Self { description: change.description, is_public: change.public }
    }
}
