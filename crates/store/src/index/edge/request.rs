//! How questions, filters and points are said in the engine's words. The one place that does it.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::{CollectionId, DocumentId, VersionId};
use footnote_core::index::{IndexQuery, IndexedVersion, Point};
use qdrant_edge::external::serde_json::json;
use qdrant_edge::{
    AnyVariants, Condition, FieldCondition, Filter, HasIdCondition, Match, MatchAny, NamedQuery,
    PointId, PointStruct, PointStructPersisted, QuantizationSearchParams, QueryEnum, QueryRequest,
    ScoredPoint, ScoringQuery, SearchParams, SparseVector, Vector, VectorInternal,
    VectorStructInternal, Vectors, WithPayloadInterface, WithVector,
};
use uuid::Uuid;

use super::config::{COLLECTION, DENSE, DOCUMENT, LEXICAL, MEDIA_TYPE, VERSION, field};
use super::point_id;
use super::shard::cannot;

/// How many candidates the graph keeps while it walks: recall 0.99 at ten hits.
const BEAM: usize = 128;

/// How many more candidates than wanted are taken by their 8-bit vectors, to be ordered by the
/// originals.
const OVERSAMPLING: f64 = 3.0;

/// The requests of one search.
pub(super) struct Searches {
    pub(super) dense: Option<QueryRequest>,
    pub(super) lexical: Option<QueryRequest>,
}

/// Returns the requests for the lists that are asked for.
pub(super) fn searches(scope: &Scope, query: &IndexQuery) -> Result<Searches> {
    let filter = filter(scope, &query.filter)?;
    let dense = query.dense.as_ref().map(|dense| {
        let question = VectorInternal::Dense(dense.0.clone());
        nearest(question, DENSE, filter.clone(), query.limit)
    });
    let sparse = query.sparse.as_ref().filter(|sparse| !sparse.indices.is_empty());
    let lexical = sparse.map(|sparse| {
        let terms = SparseVector { indices: sparse.indices.clone(), values: sparse.values.clone() };
        nearest(VectorInternal::Sparse(terms), LEXICAL, filter, query.limit)
    });
    Ok(Searches { dense, lexical })
}

/// Returns the request for one point that has a term, with its lexical vector.
pub(super) fn probe(term: u32) -> QueryRequest {
    let question = SparseVector { indices: vec![term], values: vec![1.0] };
    let request = nearest(VectorInternal::Sparse(question), LEXICAL, None, 1);
    QueryRequest { with_vector: WithVector::Selector(vec![LEXICAL.to_owned()]), ..request }
}

/// Returns the weight that a found point holds for a term.
pub(super) fn stored_weight(point: &ScoredPoint, term: u32) -> Option<f32> {
    let Some(VectorStructInternal::Named(vectors)) = &point.vector else { return None };
    let VectorInternal::Sparse(sparse) = vectors.get(LEXICAL)? else { return None };
    let position = sparse.indices.iter().position(|index| *index == term)?;
    sparse.values.get(position).copied()
}

/// Returns the points of a version as the engine stores them.
pub(super) fn stored_points(
    version: &IndexedVersion,
    points: Vec<Point>,
) -> Result<Vec<PointStructPersisted>> {
    let payload = json!({
        COLLECTION: version.collection.as_uuid().to_string(),
        DOCUMENT: version.document.as_uuid().to_string(),
        VERSION: version.version.as_uuid().to_string(),
        MEDIA_TYPE: version.media_type,
    });
    let stored = |point: Point| {
        let lexical = Vector::new_sparse(point.sparse.indices, point.sparse.values)
            .map_err(|error| cannot("store the words of a chunk", error))?;
        let vectors =
            Vectors::new_named([(DENSE, Vector::new_dense(point.dense.0)), (LEXICAL, lexical)]);
        Ok(PointStruct::new(point_id(point.chunk), vectors, payload.clone()).into())
    };
    points.into_iter().map(stored).collect()
}

/// Returns the filter for the points of a version.
pub(super) fn of_version(version: VersionId) -> Result<Filter> {
    Ok(Filter::new_must(one_of(VERSION, [version.as_uuid().to_string()])?))
}

/// Returns the filter for the points of a version that are not among those given.
pub(super) fn of_version_except(version: VersionId, ids: Vec<PointId>) -> Result<Filter> {
    let kept = Condition::HasId(HasIdCondition { has_id: ids.into_iter().collect() });
    Ok(Filter { must_not: Some(vec![kept]), ..of_version(version)? })
}

fn nearest(
    question: VectorInternal,
    vector: &str,
    filter: Option<Filter>,
    limit: usize,
) -> QueryRequest {
    QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::new(question, vector)))),
        filter,
        score_threshold: None,
        limit,
        offset: 0,
        params: Some(SearchParams {
            hnsw_ef: Some(BEAM),
            quantization: Some(QuantizationSearchParams {
                ignore: false,
                rescore: Some(true),
                oversampling: Some(OVERSAMPLING),
            }),
            ..SearchParams::default()
        }),
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    }
}

/// Returns what must hold of a point: the scope first, then what the question asks.
fn filter(scope: &Scope, wanted: &footnote_core::query::Filter) -> Result<Option<Filter>> {
    let footnote_core::query::Filter { documents, media_types } = wanted;
    let written = |id: Uuid| id.to_string();
    let mut must = Vec::new();
    if let Some(collections) = scope.collections() {
        let ids = collections.iter().map(CollectionId::as_uuid).map(written);
        must.push(one_of(COLLECTION, ids)?);
    }
    if !documents.is_empty() {
        must.push(one_of(DOCUMENT, documents.iter().map(DocumentId::as_uuid).map(written))?);
    }
    if !media_types.is_empty() {
        must.push(one_of(MEDIA_TYPE, media_types.iter().cloned())?);
    }
    Ok((!must.is_empty()).then(|| Filter { must: Some(must), ..Filter::new() }))
}

fn one_of(name: &str, values: impl IntoIterator<Item = String>) -> Result<Condition> {
    let any = AnyVariants::Strings(values.into_iter().collect());
    Ok(Condition::Field(FieldCondition::new_match(field(name)?, Match::Any(MatchAny { any }))))
}
