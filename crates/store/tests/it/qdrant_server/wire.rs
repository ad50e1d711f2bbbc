//! What is said on the wire, in the words of the engine, and back.

use qdrant_client::qdrant::condition::ConditionOneOf;
use qdrant_client::qdrant::r#match::MatchValue;
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::vector_input::Variant as Question;
use qdrant_client::qdrant::with_vectors_selector::SelectorOptions;
use qdrant_client::qdrant::{
    CollectionConfig, CollectionInfo, CollectionParams, CollectionStatus, Condition,
    CreateCollection, CreateFieldIndexCollection, DenseVector, Distance, FacetHit, FacetValue,
    FieldCondition, FieldType, Filter, Match, Modifier, NamedVectorsOutput, PayloadSchemaInfo,
    PointId, PointStruct, Query, QueryPoints, ScoredPoint, SearchParams, SparseVector, Value,
    Vector, VectorOutput, VectorParams, VectorParamsMap, VectorsConfig, VectorsOutput, facet_value,
    quantization_config, query, value, vector, vector_output, vectors, vectors_config,
    vectors_output,
};
use qdrant_edge::external::serde_json::Value as Json;
use qdrant_edge::external::uuid::Uuid;
use qdrant_edge::{self as engine, EdgeConfig, EdgeSparseVectorParams, EdgeVectorParams, JsonPath};
use std::collections::HashMap;
use tonic::Status;

type Result<T> = std::result::Result<T, Status>;

/// Reads how a collection is to be made.
pub(super) fn config(request: &CreateCollection) -> Result<EdgeConfig> {
    let vectors = request.vectors_config.as_ref().and_then(|vectors| vectors.config.as_ref());
    let Some(vectors_config::Config::ParamsMap(vectors)) = vectors else {
        return Err(unknown("vectors"));
    };
    let mut config = EdgeConfig::builder();
    for (name, params) in &vectors.map {
        config = config.vector(name.clone(), dense_params(params)?);
    }
    for (name, params) in request.sparse_vectors_config.iter().flat_map(|sparse| &sparse.map) {
        let mut sparse = EdgeSparseVectorParams::builder();
        if params.modifier() == Modifier::Idf {
            sparse = sparse.modifier(engine::Modifier::Idf);
        }
        config = config.sparse_vector(name.clone(), sparse.build());
    }
    let threshold = request.optimizers_config.as_ref().and_then(|config| config.indexing_threshold);
    Ok(config
        .optimizers(engine::EdgeOptimizersConfig {
            indexing_threshold: threshold.map(|kilobytes| usize::try_from(kilobytes).unwrap()),
            ..engine::EdgeOptimizersConfig::default()
        })
        .build())
}

#[expect(deprecated, reason = "servers of every release read them")]
fn dense_params(params: &VectorParams) -> Result<EdgeVectorParams> {
    if params.distance() != Distance::Cosine {
        return Err(unknown("distance"));
    }
    let size = usize::try_from(params.size).unwrap();
    let mut dense = EdgeVectorParams::builder(size, engine::Distance::Cosine)
        .on_disk(params.on_disk.unwrap_or_default());
    let quantization = params.quantization_config.as_ref();
    match quantization.and_then(|config| config.quantization.as_ref()) {
        Some(quantization_config::Quantization::Scalar(scalar)) => {
            dense = dense.quantization_config(
                engine::ScalarQuantizationConfig {
                    r#type: engine::ScalarType::Int8,
                    quantile: scalar.quantile,
                    always_ram: scalar.always_ram,
                }
                .into(),
            );
        }
        Some(_) => return Err(unknown("quantization")),
        None => {}
    }
    Ok(dense.build())
}

/// Says how a collection was made.
pub(super) fn info(sizes: Vec<(String, u64)>, fields: Vec<String>) -> CollectionInfo {
    let params = |(name, size)| (name, VectorParams { size, ..VectorParams::default() });
    let map = sizes.into_iter().map(params).collect();
    let vectors = vectors_config::Config::ParamsMap(VectorParamsMap { map });
    let params = CollectionParams {
        vectors_config: Some(VectorsConfig { config: Some(vectors) }),
        ..CollectionParams::default()
    };
    let schema = |field| (field, PayloadSchemaInfo::default());
    CollectionInfo {
        status: CollectionStatus::Green.into(),
        config: Some(CollectionConfig { params: Some(params), ..CollectionConfig::default() }),
        payload_schema: fields.into_iter().map(schema).collect(),
        ..CollectionInfo::default()
    }
}

/// Reads which payload index is to be made.
pub(super) fn field_index(request: &CreateFieldIndexCollection) -> Result<engine::CreateIndex> {
    let params =
        request.field_index_params.as_ref().and_then(|params| params.index_params.as_ref());
    let params = match (request.field_type(), params) {
        (FieldType::Uuid, Some(IndexParams::UuidIndexParams(params))) => {
            engine::PayloadSchemaParams::Uuid(engine::UuidIndexParams {
                is_tenant: params.is_tenant,
                enable_hnsw: params.enable_hnsw,
                ..engine::UuidIndexParams::default()
            })
        }
        (FieldType::Keyword, Some(IndexParams::KeywordIndexParams(params))) => {
            engine::PayloadSchemaParams::Keyword(engine::KeywordIndexParams {
                is_tenant: params.is_tenant,
                enable_hnsw: params.enable_hnsw,
                ..engine::KeywordIndexParams::default()
            })
        }
        _ => return Err(unknown("payload index")),
    };
    Ok(engine::CreateIndex {
        field_name: path(&request.field_name)?,
        field_schema: Some(engine::PayloadFieldSchema::FieldParams(params)),
    })
}

/// Reads a point that is to be stored.
pub(super) fn point(point: PointStruct) -> Result<engine::PointStructPersisted> {
    let id = point.id.ok_or_else(|| unknown("point without an id"))?;
    let vectors = point.vectors.and_then(|vectors| vectors.vectors_options);
    let Some(vectors::VectorsOptions::Vectors(vectors)) = vectors else {
        return Err(unknown("vectors"));
    };
    let vector = |(name, vector): (String, Vector)| match vector.vector {
        Some(vector::Vector::Dense(dense)) => Ok((name, engine::Vector::new_dense(dense.data))),
        Some(vector::Vector::Sparse(sparse)) => {
            engine::Vector::new_sparse(sparse.indices, sparse.values)
                .map(|sparse| (name, sparse))
                .map_err(|error| Status::invalid_argument(error.to_string()))
        }
        _ => Err(unknown("vector")),
    };
    let vectors: HashMap<_, _> = vectors.vectors.into_iter().map(vector).collect::<Result<_>>()?;
    let value = |(name, value): (String, Value)| match value.kind {
        Some(value::Kind::StringValue(text)) => Ok((name, Json::String(text))),
        _ => Err(unknown("payload")),
    };
    let payload = point.payload.into_iter().map(value).collect::<Result<_>>()?;
    Ok(engine::PointStruct::new(self::id(&id)?, vectors, Json::Object(payload)).into())
}

/// Reads what is to be found.
pub(super) fn query(request: QueryPoints) -> Result<engine::QueryRequest> {
    let Some(Query { variant: Some(query::Variant::Nearest(question)) }) = request.query else {
        return Err(unknown("query"));
    };
    let question = match question.variant {
        Some(Question::Dense(dense)) => engine::VectorInternal::Dense(dense.data),
        Some(Question::Sparse(sparse)) => engine::VectorInternal::Sparse(engine::SparseVector {
            indices: sparse.indices,
            values: sparse.values,
        }),
        _ => return Err(unknown("question")),
    };
    let named = engine::NamedQuery::new(question, request.using.unwrap_or_default());
    let with_vector = match request.with_vectors.and_then(|vectors| vectors.selector_options) {
        Some(SelectorOptions::Include(vectors)) => engine::WithVector::Selector(vectors.names),
        Some(SelectorOptions::Enable(is_wanted)) => engine::WithVector::Bool(is_wanted),
        None => engine::WithVector::Bool(false),
    };
    Ok(engine::QueryRequest {
        prefetches: Vec::new(),
        query: Some(engine::ScoringQuery::Vector(engine::QueryEnum::Nearest(named))),
        filter: request.filter.map(filter).transpose()?,
        score_threshold: None,
        limit: usize::try_from(request.limit.unwrap_or(10)).unwrap(),
        offset: 0,
        params: request.params.map(|params| search_params(&params)),
        with_vector,
        with_payload: engine::WithPayloadInterface::Bool(false),
    })
}

fn search_params(params: &SearchParams) -> engine::SearchParams {
    let quantization = params.quantization.map(|wanted| engine::QuantizationSearchParams {
        ignore: wanted.ignore.unwrap_or_default(),
        rescore: wanted.rescore,
        oversampling: wanted.oversampling,
    });
    engine::SearchParams {
        hnsw_ef: params.hnsw_ef.map(|beam| usize::try_from(beam).unwrap()),
        exact: params.exact.unwrap_or_default(),
        quantization,
        ..engine::SearchParams::default()
    }
}

/// Reads what must hold of a point.
pub(super) fn filter(filter: Filter) -> Result<engine::Filter> {
    let Filter { should, must, must_not, min_should } = filter;
    if min_should.is_some() {
        return Err(unknown("filter"));
    }
    let conditions = |conditions: Vec<Condition>| {
        let read: Vec<_> = conditions.into_iter().map(condition).collect::<Result<_>>()?;
        Ok::<_, Status>((!read.is_empty()).then_some(read))
    };
    Ok(engine::Filter {
        should: conditions(should)?,
        must: conditions(must)?,
        must_not: conditions(must_not)?,
        ..engine::Filter::new()
    })
}

fn condition(condition: Condition) -> Result<engine::Condition> {
    match condition.condition_one_of {
        Some(ConditionOneOf::Filter(inner)) => Ok(engine::Condition::Filter(filter(inner)?)),
        Some(ConditionOneOf::HasId(ids)) => {
            let has_id = ids.has_id.iter().map(id).collect::<Result<_>>()?;
            Ok(engine::Condition::HasId(engine::HasIdCondition { has_id }))
        }
        Some(ConditionOneOf::Field(FieldCondition {
            key,
            r#match: Some(Match { match_value: Some(MatchValue::Keywords(words)) }),
            ..
        })) => {
            let any = engine::AnyVariants::Strings(words.strings.into_iter().collect());
            let any = engine::Match::Any(engine::MatchAny { any });
            Ok(engine::Condition::Field(engine::FieldCondition::new_match(path(&key)?, any)))
        }
        _ => Err(unknown("condition")),
    }
}

/// Says what was found.
pub(super) fn scored(point: engine::ScoredPoint) -> ScoredPoint {
    let vectors = match point.vector {
        Some(engine::VectorStructInternal::Named(vectors)) => Some(vectors),
        _ => None,
    };
    let vectors = vectors.map(|vectors| {
        let vectors = vectors.into_iter().map(|(name, vector)| (name, output(vector))).collect();
        let vectors = vectors_output::VectorsOptions::Vectors(NamedVectorsOutput { vectors });
        VectorsOutput { vectors_options: Some(vectors) }
    });
    let id = match point.id {
        engine::PointId::Uuid(id) => PointIdOptions::Uuid(id.to_string()),
        engine::PointId::NumId(id) => PointIdOptions::Num(id),
    };
    ScoredPoint { id: Some(id.into()), score: point.score, vectors, ..ScoredPoint::default() }
}

fn output(vector: engine::VectorInternal) -> VectorOutput {
    let vector = match vector {
        engine::VectorInternal::Dense(data) => {
            Some(vector_output::Vector::Dense(DenseVector { data }))
        }
        engine::VectorInternal::Sparse(sparse) => {
            let engine::SparseVector { indices, values } = sparse;
            Some(vector_output::Vector::Sparse(SparseVector { values, indices }))
        }
        engine::VectorInternal::MultiDense(_) => None,
    };
    VectorOutput { vector, ..VectorOutput::default() }
}

/// Says how many points have a value.
pub(super) fn facet_hit(hit: engine::FacetValueHit) -> FacetHit {
    let variant = match hit.value {
        engine::FacetValue::Uuid(id) => {
            facet_value::Variant::StringValue(Uuid::from_u128(id).to_string())
        }
        engine::FacetValue::Keyword(word) => facet_value::Variant::StringValue(word),
        engine::FacetValue::Int(number) => facet_value::Variant::IntegerValue(number),
        engine::FacetValue::Bool(truth) => facet_value::Variant::BoolValue(truth),
    };
    let value = Some(FacetValue { variant: Some(variant) });
    FacetHit { value, count: hit.count as u64 }
}

/// Reads the name of a field.
pub(super) fn path(name: &str) -> Result<JsonPath> {
    name.parse().map_err(|()| unknown("field"))
}

fn id(id: &PointId) -> Result<engine::PointId> {
    match &id.point_id_options {
        Some(PointIdOptions::Uuid(text)) => Uuid::parse_str(text).ok().map(engine::PointId::Uuid),
        Some(PointIdOptions::Num(number)) => Some(engine::PointId::NumId(*number)),
        None => None,
    }
    .ok_or_else(|| unknown("point id"))
}

fn unknown(what: &str) -> Status {
    Status::invalid_argument(format!("the test server does not know this {what}"))
}
