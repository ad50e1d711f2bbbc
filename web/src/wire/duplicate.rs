//! Documents that say the same, on the wire.

use footnote_core::clock::Timestamp;
use footnote_core::id::{CollectionId, DocumentId};
use footnote_store::{DuplicateDocument, DuplicateGroup, DuplicateReport};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::List;
use crate::openapi::domain;

/// Of what duplicates are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DuplicateParams {
    /// The name or id of a collection; all of them if absent.
    pub collection: Option<String>,
}

/// The documents that say the same as others.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Duplicates {
    /// The groups, by the uri of their first document.
    #[serde(flatten)]
    pub list: List<Group>,
    /// How many documents were compared by their bytes alone, because they were stored by a
    /// release that did not compare words.
    pub compared_by_bytes_alone: u64,
}

/// Documents that say the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DuplicateGroup)]
pub struct Group {
    /// `exact` when all have the same bytes, otherwise `near`.
    pub kind: &'static str,
    /// Which share of its text the least similar has in common with the first, estimated.
    pub resemblance: f32,
    /// The documents, the oldest first.
    pub documents: Vec<Duplicate>,
}

/// A document that others resemble.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DuplicateDocument)]
pub struct Duplicate {
    /// Its id.
    #[schema(value_type = domain::DocumentId)]
    pub id: DocumentId,
    /// The collection it is in.
    #[schema(value_type = domain::CollectionId)]
    pub collection_id: CollectionId,
    /// The path below its source root.
    pub uri: String,
    /// Its title, or the uri where it has none.
    pub title: String,
    /// The hash of its original bytes.
    pub version: String,
    /// How many bytes the original has.
    pub size_bytes: u64,
    /// When it was stored, in milliseconds since 1970.
    #[schema(value_type = domain::Timestamp)]
    pub created_ms: Timestamp,
}

impl From<DuplicateReport> for Duplicates {
    fn from(report: DuplicateReport) -> Self {
        Self {
            list: List::whole(report.groups.into_iter().map(Group::from).collect()),
            compared_by_bytes_alone: report.n_without_sketch,
        }
    }
}

impl From<DuplicateGroup> for Group {
    fn from(group: DuplicateGroup) -> Self {
        Self {
            kind: if group.is_exact { "exact" } else { "near" },
            resemblance: group.resemblance,
            documents: group.documents.into_iter().map(Duplicate::from).collect(),
        }
    }
}

impl From<DuplicateDocument> for Duplicate {
    fn from(document: DuplicateDocument) -> Self {
        Self {
            id: document.id,
            collection_id: document.collection,
            title: document.title.unwrap_or_else(|| document.uri.clone()),
            uri: document.uri,
            version: document.content.to_string(),
            size_bytes: document.size_bytes,
            created_ms: document.created,
        }
    }
}
