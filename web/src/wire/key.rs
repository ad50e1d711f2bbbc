//! Keys of programs on the wire.

use footnote_core::access::KeyScope;
use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, KeyId};
use footnote_store::ApiKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

use crate::openapi::domain;

/// A key, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Key {
    /// Its id.
    #[schema(value_type = domain::KeyId)]
    pub id: KeyId,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    #[schema(value_type = Vec<domain::KeyScope>)]
    pub scopes: BTreeSet<KeyScope>,
    /// The collections that it reaches; `null` reaches as far as its person.
    #[schema(value_type = Option<Vec<domain::CollectionId>>)]
    pub collections: Option<BTreeSet<CollectionId>>,
    /// When it was made, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub used_ms: Option<Timestamp>,
    /// When it ends; `null` is never.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub expires_ms: Option<Timestamp>,
}

impl From<ApiKey> for Key {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            scopes: key.scopes,
            collections: key.collections,
            created_ms: key.created,
            used_ms: key.used,
            expires_ms: key.expires,
        }
    }
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewKey {
    /// What it is called, in 1 to 128 characters.
    #[schema(min_length = 1, max_length = 128, format = "name")]
    pub name: String,
    /// What it may be used for; `read` and `ask` where nothing is said.
    #[schema(value_type = Option<Vec<domain::KeyScope>>)]
    pub scopes: Option<BTreeSet<KeyScope>>,
    /// The names or ids of the collections that it reaches; all where nothing is said.
    pub collections: Option<Vec<String>>,
    /// After how many days it ends; never where nothing is said.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u32>,
}

/// A key that was just made: its secret is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeKey {
    /// Its id.
    #[schema(value_type = domain::KeyId)]
    pub id: KeyId,
    /// What programs send as `Authorization: Bearer`.
    pub key: String,
}
