//! How the shard is laid out: its vectors, its payload fields and their settings.

use footnote_core::Result;
use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldIndexOperations, HnswIndexConfig, JsonPath, KeywordIndexParams,
    Modifier, PayloadFieldSchema, PayloadSchemaParams, QuantizationConfig,
    ScalarQuantizationConfig, ScalarType, UpdateOperation, UuidIndexParams,
};

use super::shard::cannot;

/// The vector of what a chunk means.
pub(super) const DENSE: &str = "dense";
/// The vector of its words.
pub(super) const LEXICAL: &str = "lexical";

/// The payload fields that filters use.
pub(super) const COLLECTION: &str = "collection";
pub(super) const DOCUMENT: &str = "document";
pub(super) const VERSION: &str = "version";
pub(super) const MEDIA_TYPE: &str = "media_type";

/// From which size on a segment gets its graph, in kilobytes of vectors: about 2,700 of 384 values.
/// Below, a scan is as fast. It must stay well below what is written between two optimizations,
/// or the segment that grows would go on growing, and its cost is quadratic in its size.
const GRAPH_FROM_KB: usize = 4_000;

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
    [
        (COLLECTION, by_id(true)),
        (DOCUMENT, by_id(false)),
        (VERSION, by_id(false)),
        (MEDIA_TYPE, by_word),
    ]
    .into_iter()
    .map(|(name, params)| {
        Ok(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: field(name)?,
            field_schema: Some(PayloadFieldSchema::FieldParams(params)),
        })))
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
