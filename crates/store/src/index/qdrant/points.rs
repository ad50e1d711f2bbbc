//! How points are said in the server's words, and what it found is read.

use footnote_core::id::{ChunkId, VersionId};
use footnote_core::index::{Hit, IndexedVersion, Point};
use footnote_core::{Error, Result};
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    DenseVector, FacetHit, NamedVectors, PointId, PointStruct, ScoredPoint, SparseVector, Value,
    Vector, facet_value, vector, vector_output,
};
use std::collections::HashMap;
use std::iter;
use uuid::Uuid;

use super::super::layout::{self, DENSE, LEXICAL, SERVER_BATCH_BYTES, SERVER_BATCH_POINTS};

/// About how many bytes a point takes beside its vectors: its payload and every name.
const BARE_POINT_BYTES: usize = 512;

/// Returns the points of a version as the server stores them, in batches that it takes at once.
pub(super) fn batches(
    version: &IndexedVersion,
    points: Vec<Point>,
) -> impl Iterator<Item = Vec<PointStruct>> + use<> {
    let payload: HashMap<String, Value> = layout::payload(version)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut points = points.into_iter().peekable();
    iter::from_fn(move || {
        let (mut batch, mut n_bytes) = (Vec::new(), 0);
        while let Some(point) = points.next_if(|point| {
            n_bytes += size_bytes(point);
            batch.is_empty() || (batch.len() < SERVER_BATCH_POINTS && n_bytes <= SERVER_BATCH_BYTES)
        }) {
            batch.push(stored(point, &payload));
        }
        (!batch.is_empty()).then_some(batch)
    })
}

/// Returns the id of a chunk's point.
pub(super) fn id(chunk: ChunkId) -> PointId {
    PointId::from(chunk.as_uuid().to_string())
}

/// Reads a list, best first.
pub(super) fn hits(found: &[ScoredPoint]) -> Result<Vec<Hit>> {
    found.iter().map(|point| Ok(Hit { chunk: chunk(point)?, score: point.score })).collect()
}

/// Reads the inverse document frequency of a term from a point that has it, if one was found.
pub(super) fn weight(term: u32, found: &[ScoredPoint], n_points: usize) -> f32 {
    let found = found.first().and_then(|point| {
        let lexical = point.vectors.as_ref()?.get_vector_by_name(LEXICAL)?;
        let vector_output::Vector::Sparse(sparse) = lexical else { return None };
        Some((point.score, sparse))
    });
    let found = found
        .as_ref()
        .map(|(score, sparse)| (*score, sparse.indices.as_slice(), sparse.values.as_slice()));
    layout::term_weight(term, found, n_points)
}

/// Reads how many points a version has.
pub(super) fn counted(hit: FacetHit) -> Result<(VersionId, usize)> {
    let version = match hit.value.and_then(|value| value.variant) {
        Some(facet_value::Variant::StringValue(version)) => Uuid::parse_str(&version).ok(),
        Some(facet_value::Variant::IntegerValue(_) | facet_value::Variant::BoolValue(_)) | None => {
            None
        }
    };
    let version = version.ok_or_else(|| foreign("a point that is not of a version"))?;
    Ok((VersionId::from_uuid(version), number(hit.count)))
}

/// Returns a count of the server's.
pub(super) fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn chunk(point: &ScoredPoint) -> Result<ChunkId> {
    let id = match point.id.as_ref().and_then(|id| id.point_id_options.as_ref()) {
        Some(PointIdOptions::Uuid(id)) => Uuid::parse_str(id).ok(),
        Some(PointIdOptions::Num(_)) | None => None,
    };
    id.map(ChunkId::from_uuid).ok_or_else(|| foreign("a point that is not a chunk"))
}

fn stored(point: Point, payload: &HashMap<String, Value>) -> PointStruct {
    let id = id(point.chunk);
    let dense = vector::Vector::Dense(DenseVector { data: point.dense.0 });
    let mut vectors = HashMap::from([(DENSE.to_owned(), named(dense))]);
    if !point.sparse.indices.is_empty() {
        let footnote_core::index::SparseVector { indices, values } = point.sparse;
        let lexical = vector::Vector::Sparse(SparseVector { values, indices });
        vectors.insert(LEXICAL.to_owned(), named(lexical));
    }
    PointStruct {
        id: Some(id),
        payload: payload.clone(),
        vectors: Some(NamedVectors { vectors }.into()),
    }
}

fn named(vector: vector::Vector) -> Vector {
    Vector { vector: Some(vector), ..Vector::default() }
}

/// Returns about how many bytes a point takes on the wire; terms take up to five and four.
fn size_bytes(point: &Point) -> usize {
    BARE_POINT_BYTES + 4 * point.dense.0.len() + 9 * point.sparse.indices.len()
}

fn foreign(what: &str) -> Error {
    Error::internal(format!("the index on the Qdrant server holds {what}"))
}

#[cfg(test)]
mod tests {
    use footnote_core::id::{CollectionId, ContentHash, DocumentId};
    use footnote_core::index::SparseVector;
    use footnote_core::model::Embedding;

    use super::*;

    fn sizes(n_points: u32, dimension: usize) -> Vec<usize> {
        let collection = CollectionId::named("c");
        let document = DocumentId::derive(collection, "root", "a");
        let version = VersionId::derive(document, &ContentHash::of(b"a"), "test");
        let point = |ordinal| Point {
            chunk: ChunkId::nth(version, ordinal),
            dense: Embedding(vec![1.0; dimension]),
            sparse: SparseVector::default(),
        };
        let media_type = "text/plain".to_owned();
        let version = IndexedVersion { collection, document, version, media_type };
        batches(&version, (0..n_points).map(point).collect()).map(|batch| batch.len()).collect()
    }

    #[test]
    fn a_batch_is_bounded_by_points_and_by_bytes() {
        assert_eq!(sizes(0, 4), [0; 0]);
        assert_eq!(sizes(2_100, 4), [1_000, 1_000, 100]);
        let bytes = sizes(2_100, 4_096);
        assert_eq!(bytes.iter().sum::<usize>(), 2_100);
        assert!(
            bytes.iter().all(|n_points| n_points * 4 * 4_096 < SERVER_BATCH_BYTES),
            "{bytes:?}"
        );
        assert_eq!(sizes(2, 3 << 20), [1, 1], "what is too large goes alone");
    }
}
