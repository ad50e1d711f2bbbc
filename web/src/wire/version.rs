//! Versions of documents on the wire.

use footnote_core::clock::Timestamp;
use footnote_store::{DocumentVersion, Life, Standing, VersionState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::openapi::domain;

/// How a version stands to the one that is live now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct VersionStanding {
    /// `live` or `superseded`.
    #[schema(value_type = domain::VersionState)]
    pub state: VersionState,
    /// The hash of the live version's original bytes.
    pub live_version: Option<String>,
    /// Since when the document says something else, in milliseconds since 1970; `null` while the
    /// version is live.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub changed_since_ms: Option<Timestamp>,
}

impl From<Standing> for VersionStanding {
    fn from(standing: Standing) -> Self {
        Self {
            state: standing.state,
            live_version: standing.live.map(|live| live.to_string()),
            changed_since_ms: standing.changed_since,
        }
    }
}

/// A version of a document that is kept.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The hash of its original bytes.
    pub version: String,
    /// `live` or `superseded`.
    #[schema(value_type = domain::VersionState)]
    pub state: VersionState,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The media type told from the content.
    pub media_type: String,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// How many pages it has, where the format knows pages.
    pub pages: Option<u32>,
    /// How many chunks it has.
    pub chunks: u32,
    /// When it served, the first time first.
    pub served: Vec<Served>,
}

/// A time in which a version served.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Served {
    /// When it began, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub from_ms: Timestamp,
    /// When it ended; `null` while it serves.
    #[schema(value_type = Option<domain::Timestamp>)]
    pub until_ms: Option<Timestamp>,
}

impl From<DocumentVersion> for Version {
    fn from(version: DocumentVersion) -> Self {
        let served = |life: Life| Served { from_ms: life.from, until_ms: life.until };
        Self {
            version: version.content.to_string(),
            state: version.state,
            title: version.title,
            media_type: version.media_type,
            size_bytes: version.size_bytes,
            pages: version.n_pages,
            chunks: version.n_chunks,
            served: version.lives.into_iter().map(served).collect(),
        }
    }
}
