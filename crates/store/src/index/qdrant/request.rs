//! How writes and questions are said in the server's words.

use footnote_core::access::Scope;
use footnote_core::id::VersionId;
use footnote_core::index::{IndexQuery, SparseVector};
use qdrant_client::qdrant;
use qdrant_client::qdrant::{
    Condition, CountPoints, DeletePoints, FacetCounts, Filter, PointId, PointStruct,
    PointsSelector, QuantizationSearchParams, Query, QueryBatchPoints, QueryPoints, SearchParams,
    UpsertPoints, VectorInput, VectorsSelector, WithVectorsSelector, WriteOrdering,
    WriteOrderingType, points_selector, query, vector_input, with_vectors_selector,
};

use super::super::layout::{self, BEAM, DENSE, LEXICAL, OVERSAMPLING, OneOf, VERSION};
use super::connection::QUESTION;

/// A list that a search asks for.
pub(super) enum List {
    Dense,
    Lexical,
}

/// How points are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// One by one.
    Exactly,
    /// By what the segments say of themselves.
    About,
}

/// Returns the request that writes points, and waits until they can be found.
pub(super) fn upsert(collection: &str, points: Vec<PointStruct>) -> UpsertPoints {
    UpsertPoints {
        collection_name: collection.to_owned(),
        wait: Some(true),
        points,
        ..UpsertPoints::default()
    }
}

/// Returns the request that removes the points of a version.
pub(super) fn removal(collection: &str, version: VersionId) -> DeletePoints {
    delete(collection, Filter::must([condition(layout::of_version(version))]))
}

/// Returns the request that removes the points of a version that are not among those given.
pub(super) fn removal_except(
    collection: &str,
    version: VersionId,
    kept: Vec<PointId>,
) -> DeletePoints {
    let mut others = Filter::must([condition(layout::of_version(version))]);
    if !kept.is_empty() {
        others.must_not.push(Condition::has_id(kept));
    }
    delete(collection, others)
}

/// Removals are ordered: what is deleted stays deleted, whichever node was asked.
fn delete(collection: &str, filter: Filter) -> DeletePoints {
    let selected = points_selector::PointsSelectorOneOf::Filter(filter);
    DeletePoints {
        collection_name: collection.to_owned(),
        wait: Some(true),
        points: Some(PointsSelector { points_selector_one_of: Some(selected) }),
        ordering: Some(WriteOrdering { r#type: WriteOrderingType::Strong.into() }),
        ..DeletePoints::default()
    }
}

/// Returns the requests for the lists that are asked for.
pub(super) fn search(
    collection: &str,
    scope: &Scope,
    query: &IndexQuery,
) -> Vec<(List, QueryPoints)> {
    let conditions = layout::conditions(scope, &query.filter);
    let filter = (!conditions.is_empty()).then(|| Filter::must(conditions.into_iter().map(any)));
    let request = |input, vector| QueryPoints {
        filter: filter.clone(),
        ..nearest(collection, input, vector, query.limit)
    };
    let dense = query.dense.as_ref().map(|dense| {
        let question = qdrant::DenseVector { data: dense.0.clone() };
        (List::Dense, request(vector_input::Variant::Dense(question), DENSE))
    });
    let sparse = query.sparse.as_ref().filter(|sparse| !sparse.indices.is_empty());
    let lexical = sparse.map(|sparse| (List::Lexical, request(terms(sparse), LEXICAL)));
    dense.into_iter().chain(lexical).collect()
}

/// Returns the request for one point that has a term, with its lexical vector.
pub(super) fn probe(collection: &str, term: u32) -> QueryPoints {
    let question = terms(&SparseVector { indices: vec![term], values: vec![1.0] });
    let lexical = VectorsSelector { names: vec![LEXICAL.to_owned()] };
    let lexical = with_vectors_selector::SelectorOptions::Include(lexical);
    QueryPoints {
        with_vectors: Some(WithVectorsSelector { selector_options: Some(lexical) }),
        ..nearest(collection, question, LEXICAL, 1)
    }
}

/// Returns the request that asks for several lists at once.
pub(super) fn batch(collection: &str, query_points: Vec<QueryPoints>) -> QueryBatchPoints {
    QueryBatchPoints {
        collection_name: collection.to_owned(),
        query_points,
        timeout: Some(QUESTION.once.as_secs()),
        ..QueryBatchPoints::default()
    }
}

/// Returns the request that counts every point.
pub(super) fn count(collection: &str, how: Count) -> CountPoints {
    CountPoints {
        collection_name: collection.to_owned(),
        exact: Some(how == Count::Exactly),
        ..CountPoints::default()
    }
}

/// Returns the request that counts the points of each version.
pub(super) fn facet(collection: &str) -> FacetCounts {
    FacetCounts {
        collection_name: collection.to_owned(),
        key: VERSION.to_owned(),
        // Every version there can be.
        limit: Some(u32::MAX.into()),
        exact: Some(true),
        ..FacetCounts::default()
    }
}

fn nearest(
    collection: &str,
    question: vector_input::Variant,
    vector: &str,
    limit: usize,
) -> QueryPoints {
    let question = VectorInput { variant: Some(question) };
    let params = SearchParams {
        hnsw_ef: Some(BEAM as u64),
        quantization: Some(QuantizationSearchParams {
            ignore: Some(false),
            rescore: Some(true),
            oversampling: Some(OVERSAMPLING),
        }),
        ..SearchParams::default()
    };
    QueryPoints {
        collection_name: collection.to_owned(),
        query: Some(Query { variant: Some(query::Variant::Nearest(question)) }),
        using: Some(vector.to_owned()),
        params: Some(params),
        limit: Some(limit as u64),
        ..QueryPoints::default()
    }
}

fn terms(sparse: &SparseVector) -> vector_input::Variant {
    vector_input::Variant::Sparse(qdrant::SparseVector {
        indices: sparse.indices.clone(),
        values: sparse.values.clone(),
    })
}

/// Says that one of several things holds.
fn any(conditions: Vec<OneOf>) -> Condition {
    Filter::should(conditions.into_iter().map(condition)).into()
}

fn condition(one_of: OneOf) -> Condition {
    Condition::matches(one_of.field, one_of.values)
}
