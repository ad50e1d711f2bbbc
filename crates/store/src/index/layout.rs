//! How a Qdrant index is laid out, in this process or on a server: vectors, payload fields, filters
//! and settings. Said once, so that the two cannot drift apart.

use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, DocumentId, VersionId};
use footnote_core::index::IndexedVersion;
use footnote_core::query::Filter;
use uuid::Uuid;

use super::memory::inverse_frequency;

/// The vector of what a chunk means.
pub(super) const DENSE: &str = "dense";
/// The vector of its words.
pub(super) const LEXICAL: &str = "lexical";

/// The payload fields that filters use.
pub(super) const COLLECTION: &str = "collection";
pub(super) const DOCUMENT: &str = "document";
pub(super) const VERSION: &str = "version";
pub(super) const MEDIA_TYPE: &str = "media_type";

/// Every payload field. Their indexes must be made before points are written.
pub(super) const FIELDS: [(&str, FieldKind); 4] = [
    (COLLECTION, FieldKind::Tenant),
    (DOCUMENT, FieldKind::Id),
    (VERSION, FieldKind::Id),
    (MEDIA_TYPE, FieldKind::Word),
];

/// From which size on a segment gets its graph, in kilobytes of vectors: about 2,700 of 384 values.
/// Below, a scan is as fast. It must stay well below what is written between two optimizations,
/// or the segment that grows would go on growing, and its cost is quadratic in its size.
pub(super) const GRAPH_FROM_KB: usize = 4_000;

/// How many candidates the graph keeps while it walks: recall 0.99 at ten hits.
pub(super) const BEAM: usize = 128;

/// How many more candidates than wanted are taken by their 8-bit vectors, to be ordered by the
/// originals.
pub(super) const OVERSAMPLING: f64 = 3.0;

/// How many points are written to the index in this process at once.
pub(super) const EDGE_BATCH_POINTS: usize = 256;

/// How many points are sent to a server at once.
pub(super) const SERVER_BATCH_POINTS: usize = 1_000;

/// How many bytes of points are sent to a server at once.
pub(super) const SERVER_BATCH_BYTES: usize = 8 << 20;

/// What a payload field holds, which says how it is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// The id of what the points of one owner have in common; they are kept together.
    Tenant,
    /// An id.
    Id,
    /// A word of a small vocabulary.
    Word,
}

/// What must hold of a point: a field has one of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OneOf {
    pub(super) field: &'static str,
    pub(super) values: Vec<String>,
}

/// Returns what must hold of a point to be found, each time one of several things: the scope first,
/// then what the question asks.
pub(super) fn conditions(scope: &Scope, wanted: &Filter) -> Vec<Vec<OneOf>> {
    let Filter { documents, media_types } = wanted;
    let documents =
        (!documents.is_empty()).then(|| ids(DOCUMENT, documents.iter().map(DocumentId::as_uuid)));
    let media_types =
        (!media_types.is_empty()).then(|| OneOf { field: MEDIA_TYPE, values: media_types.clone() });
    let asked = [documents, media_types].into_iter().flatten().map(|one_of| vec![one_of]);
    readable(scope).into_iter().chain(asked).collect()
}

/// Returns what holds of a point that may be read: it is in a collection of the scope, or in one of
/// its single documents. `None` is everything; there is always something that must hold else.
fn readable(scope: &Scope) -> Option<Vec<OneOf>> {
    let collections = scope.collections()?;
    let mut readable = vec![ids(COLLECTION, collections.iter().map(CollectionId::as_uuid))];
    let documents = scope.documents();
    if !documents.is_empty() {
        readable.push(ids(DOCUMENT, documents.iter().map(DocumentId::as_uuid)));
        readable.retain(|one_of| !one_of.values.is_empty());
    }
    Some(readable)
}

/// Returns what holds of the points of a version.
pub(super) fn of_version(version: VersionId) -> OneOf {
    ids(VERSION, [version.as_uuid()])
}

/// Returns the payload of every point of a version.
pub(super) fn payload(version: &IndexedVersion) -> [(&'static str, String); 4] {
    [
        (COLLECTION, version.collection.as_uuid().to_string()),
        (DOCUMENT, version.document.as_uuid().to_string()),
        (VERSION, version.version.as_uuid().to_string()),
        (MEDIA_TYPE, version.media_type.clone()),
    ]
}

/// Returns the inverse document frequency that the engine gives to a term, from the score of one
/// point that has it and the terms that the point holds; without such a point, that of a term
/// which none of the points has.
pub(super) fn term_weight(term: u32, found: Option<(f32, &[u32], &[f32])>, n_points: usize) -> f32 {
    let measured = found.and_then(|(score, indices, values)| {
        let position = indices.iter().position(|index| *index == term)?;
        let stored = *values.get(position)?;
        (stored != 0.0).then(|| score / stored)
    });
    measured.unwrap_or_else(|| inverse_frequency(n_points, 0))
}

fn ids(field: &'static str, ids: impl IntoIterator<Item = Uuid>) -> OneOf {
    OneOf { field, values: ids.into_iter().map(|id| id.to_string()).collect() }
}
