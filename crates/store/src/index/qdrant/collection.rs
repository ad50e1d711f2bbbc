//! The layout of the index as a collection of the server, and whether a collection has it.

use footnote_core::{Error, Result};
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::{
    CollectionInfo, CreateCollection, CreateFieldIndexCollection, Distance, FieldType,
    KeywordIndexParams, Modifier, OptimizersConfigDiff, PayloadIndexParams, QuantizationConfig,
    QuantizationType, ScalarQuantization, SparseVectorConfig, SparseVectorParams, UuidIndexParams,
    VectorParams, VectorParamsMap, VectorsConfig, quantization_config, vectors_config,
};
use std::collections::HashMap;

use super::super::layout::{DENSE, FIELDS, FieldKind, GRAPH_FROM_KB, LEXICAL};

/// How a collection is spread over the nodes of a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    /// How many nodes hold each point.
    pub(super) replicas: u32,
    /// How many shards there are; 0 means one for each node.
    pub(super) shards: u32,
}

/// Returns the request that makes a collection for vectors of a dimension.
///
/// The graph walks over 8-bit vectors in memory; the originals stay on disk and are read for the
/// final order only.
#[expect(deprecated, reason = "servers before 1.20 know no other way to say what is in memory")]
pub(super) fn create(name: &str, dimension: usize, spread: Spread) -> CreateCollection {
    let quantization = quantization_config::Quantization::Scalar(ScalarQuantization {
        r#type: QuantizationType::Int8.into(),
        always_ram: Some(true),
        ..ScalarQuantization::default()
    });
    let dense = VectorParams {
        size: dimension as u64,
        distance: Distance::Cosine.into(),
        quantization_config: Some(QuantizationConfig { quantization: Some(quantization) }),
        on_disk: Some(true),
        ..VectorParams::default()
    };
    let dense = VectorParamsMap { map: HashMap::from([(DENSE.to_owned(), dense)]) };
    let lexical = SparseVectorParams { modifier: Some(Modifier::Idf.into()), index: None };
    CreateCollection {
        collection_name: name.to_owned(),
        vectors_config: Some(VectorsConfig {
            config: Some(vectors_config::Config::ParamsMap(dense)),
        }),
        sparse_vectors_config: Some(SparseVectorConfig {
            map: HashMap::from([(LEXICAL.to_owned(), lexical)]),
        }),
        optimizers_config: Some(OptimizersConfigDiff {
            indexing_threshold: Some(GRAPH_FROM_KB as u64),
            ..OptimizersConfigDiff::default()
        }),
        replication_factor: Some(spread.replicas.max(1)),
        shard_number: (spread.shards != 0).then_some(spread.shards),
        ..CreateCollection::default()
    }
}

/// Refuses a collection that was not made for vectors of a dimension.
pub(super) fn check(name: &str, dimension: usize, info: &CollectionInfo) -> Result<()> {
    match stored_dimension(info) {
        Some(stored) if stored == dimension as u64 => Ok(()),
        Some(stored) => Err(Error::invalid(format!(
            "the index `{name}` on the Qdrant server is for vectors of {stored} dimensions, but \
             the model makes {dimension}"
        ))
        .hint("Choose the model that it was made with, or run `footnote reindex --embedder`.")),
        None => Err(Error::invalid(format!(
            "the collection `{name}` on the Qdrant server was not made by Footnote"
        ))
        .hint("Name another server in `store.index`, or remove that collection there.")),
    }
}

/// Returns the requests that make the payload indexes which a collection lacks. They must precede
/// the points.
pub(super) fn missing_fields(name: &str, info: &CollectionInfo) -> Vec<CreateFieldIndexCollection> {
    FIELDS
        .into_iter()
        .filter(|(field, _)| !info.payload_schema.contains_key(*field))
        .map(|(field, kind)| field_index(name, field, kind))
        .collect()
}

fn stored_dimension(info: &CollectionInfo) -> Option<u64> {
    let params = info.config.as_ref()?.params.as_ref()?;
    match params.vectors_config.as_ref()?.config.as_ref()? {
        vectors_config::Config::ParamsMap(vectors) => Some(vectors.map.get(DENSE)?.size),
        vectors_config::Config::Params(_) => None,
    }
}

fn field_index(name: &str, field: &str, kind: FieldKind) -> CreateFieldIndexCollection {
    let by_id = |is_tenant| {
        IndexParams::UuidIndexParams(UuidIndexParams {
            is_tenant: Some(is_tenant),
            enable_hnsw: Some(is_tenant),
            ..UuidIndexParams::default()
        })
    };
    let (field_type, params) = match kind {
        FieldKind::Tenant => (FieldType::Uuid, by_id(true)),
        FieldKind::Id => (FieldType::Uuid, by_id(false)),
        FieldKind::Word => {
            let params =
                KeywordIndexParams { enable_hnsw: Some(false), ..KeywordIndexParams::default() };
            (FieldType::Keyword, IndexParams::KeywordIndexParams(params))
        }
    };
    CreateFieldIndexCollection {
        collection_name: name.to_owned(),
        wait: Some(true),
        field_name: field.to_owned(),
        field_type: Some(field_type.into()),
        field_index_params: Some(PayloadIndexParams { index_params: Some(params) }),
        ..CreateFieldIndexCollection::default()
    }
}
