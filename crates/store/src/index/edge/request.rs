//! How questions, filters and points are said in the words of the engine in this process.

use footnote_core::Result;
use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::index::{IndexQuery, IndexedVersion, Point};
use qdrant_edge::external::serde_json::{Value, json};
use qdrant_edge::{
    AnyVariants, Condition, FieldCondition, Filter, HasIdCondition, Match, MatchAny, NamedQuery,
    PointId, PointStruct, PointStructPersisted, QuantizationSearchParams, QueryEnum, QueryRequest,
    ScoredPoint, ScoringQuery, SearchParams, SparseVector, Vector, VectorInternal,
    VectorStructInternal, Vectors, WithPayloadInterface, WithVector,
};

use super::super::layout::{self, BEAM, DENSE, LEXICAL, OVERSAMPLING, OneOf};
use super::config::field;
use super::point_id;
use super::shard::cannot;

/// The requests of one search.
pub(super) struct Searches {
    pub(super) dense: Option<QueryRequest>,
    pub(super) lexical: Option<QueryRequest>,
}

/// Returns the requests for the lists that are asked for.
pub(super) fn searches(scope: &Scope, query: &IndexQuery) -> Result<Searches> {
    let filter = filter(layout::conditions(scope, &query.filter))?;
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

/// Returns the terms of a found point and their weights.
pub(super) fn stored_terms(point: &ScoredPoint) -> Option<(&[u32], &[f32])> {
    let Some(VectorStructInternal::Named(vectors)) = &point.vector else { return None };
    let VectorInternal::Sparse(sparse) = vectors.get(LEXICAL)? else { return None };
    Some((&sparse.indices, &sparse.values))
}

/// Returns the points of a version as the engine stores them.
pub(super) fn stored_points(
    version: &IndexedVersion,
    points: Vec<Point>,
) -> Result<Vec<PointStructPersisted>> {
    let payload = layout::payload(version).map(|(name, value)| (name.to_owned(), json!(value)));
    let payload = Value::Object(payload.into_iter().collect());
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
    Ok(Filter::new_must(condition(layout::of_version(version))?))
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

fn filter(conditions: Vec<Vec<OneOf>>) -> Result<Option<Filter>> {
    let must: Vec<Condition> = conditions.into_iter().map(any).collect::<Result<_>>()?;
    Ok((!must.is_empty()).then(|| Filter { must: Some(must), ..Filter::new() }))
}

/// Says that one of several things holds.
fn any(conditions: Vec<OneOf>) -> Result<Condition> {
    let mut should: Vec<Condition> =
        conditions.into_iter().map(condition).collect::<Result<_>>()?;
    match should.pop() {
        Some(only) if should.is_empty() => Ok(only),
        last => {
            should.extend(last);
            Ok(Condition::Filter(Filter { should: Some(should), ..Filter::new() }))
        }
    }
}

fn condition(one_of: OneOf) -> Result<Condition> {
    let any = AnyVariants::Strings(one_of.values.into_iter().collect());
    let path = field(one_of.field)?;
    Ok(Condition::Field(FieldCondition::new_match(path, Match::Any(MatchAny { any }))))
}
