//! The layout of the index as settings of the shard.

use footnote_core::Result;
use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldIndexOperations, HnswIndexConfig, JsonPath, KeywordIndexParams,
    Modifier, PayloadFieldSchema, PayloadSchemaParams, QuantizationConfig,
    ScalarQuantizationConfig, ScalarType, UpdateOperation, UuidIndexParams,
};

use super::super::layout::{DENSE, FIELDS, FieldKind, GRAPH_FROM_KB, LEXICAL};
use super::shard::cannot;

/// Returns the settings of a shard for vectors of a dimension.
///
/// The graph walks over 8-bit vectors in memory; the originals stay on disk and are read for the
/// final order only.
pub(super) fn shard(dimension: usize) -> EdgeConfig {
    let quantization = QuantizationConfig::from(ScalarQuantizationConfig {
        r#type: ScalarType::Int8,
        quantile: None,
        always_ram: Some(true),
    });
    let dense = EdgeVectorParams::builder(dimension, Distance::Cosine)
        .on_disk(true)
        .quantization_config(quantization)
        .build();
    let lexical = EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build();
    EdgeConfig::builder()
        .vector(DENSE, dense)
        .sparse_vector(LEXICAL, lexical)
        .hnsw_config(HnswIndexConfig::default())
        .optimizers(EdgeOptimizersConfig {
            indexing_threshold: Some(GRAPH_FROM_KB),
            ..EdgeOptimizersConfig::default()
        })
        .build()
}

/// Returns the operations that make the payload indexes. They must precede the points.
///
/// # Errors
/// `Internal` when a field's name is not a path, which is a fault of ours.
pub(super) fn payload_indexes() -> Result<Vec<UpdateOperation>> {
    let by_id = |is_tenant| {
        PayloadSchemaParams::Uuid(UuidIndexParams {
            is_tenant: Some(is_tenant),
            enable_hnsw: Some(is_tenant),
            ..UuidIndexParams::default()
        })
    };
    let by_word = PayloadSchemaParams::Keyword(KeywordIndexParams {
        enable_hnsw: Some(false),
        ..KeywordIndexParams::default()
    });
    FIELDS
        .into_iter()
        .map(|(name, kind)| {
            let params = match kind {
                FieldKind::Tenant => by_id(true),
                FieldKind::Id => by_id(false),
                FieldKind::Word => by_word.clone(),
            };
            Ok(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(
                CreateIndex {
                    field_name: field(name)?,
                    field_schema: Some(PayloadFieldSchema::FieldParams(params)),
                },
            )))
        })
        .collect()
}

/// Returns a payload field as the engine addresses it.
///
/// # Errors
/// `Internal` when the name is not a path.
pub(super) fn field(name: &str) -> Result<JsonPath> {
    name.parse().map_err(|()| cannot("address a field", format!("`{name}` is not a path")))
}
