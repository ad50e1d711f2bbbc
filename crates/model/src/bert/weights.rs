//! Reads the weights of a BERT from safetensors and packs them.

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device};
use footnote_core::{Error, Result};
use serde::Deserialize;
use std::path::Path;

use super::Bert;
use super::layers::Layer;
use crate::files::cannot;
use crate::matrix::Packed;
use crate::matrix::rows::LayerNorm;
use crate::matrix::simd::Isa;

/// The part of `config.json` that decides the computation.
#[derive(Debug, Clone, Deserialize)]
struct BertConfig {
    model_type: String,
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    type_vocab_size: usize,
    layer_norm_eps: f32,
}

fn absolute() -> String {
    "absolute".to_owned()
}

/// Loads a model.
///
/// # Errors
/// `Invalid` when the files do not describe a BERT that runs here, `Unavailable` when they cannot
/// be read.
pub(crate) fn load(config: &Path, weights: &Path, isa: Isa) -> Result<Bert> {
    let text = std::fs::read(config).map_err(|error| cannot("read", config, error))?;
    let config: BertConfig = serde_json::from_slice(&text).map_err(|error| {
        Error::invalid(format!("cannot understand {}", config.display())).because(error)
    })?;
    config.check()?;
    let tensors = Tensors::open(weights)?;
    Loader { isa, config: &config, tensors: &tensors }.bert()
}

impl BertConfig {
    /// Refuses what this code does not compute.
    fn check(&self) -> Result<()> {
        let supported = self.model_type == "bert"
            && self.hidden_act == "gelu"
            && self.position_embedding_type == "absolute"
            && self.num_attention_heads > 0
            && self.hidden_size > 0
            && self.hidden_size.is_multiple_of(self.num_attention_heads);
        if supported {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "a model of type {} with {} and {} positions does not run here",
            self.model_type, self.hidden_act, self.position_embedding_type
        ))
        .hint("Embedders of the BERT family run here: MiniLM, BGE, E5 and GTE in English."))
    }
}

/// The tensors of a file, mapped into memory.
struct Tensors {
    file: MmapedSafetensors,
    prefix: &'static str,
}

impl Tensors {
    #[expect(unsafe_code, reason = "mapping a file is the only way not to hold the weights twice")]
    fn open(path: &Path) -> Result<Self> {
        let damaged = |error: candle_core::Error| {
            Error::invalid(format!("{} is not a safetensors file", path.display())).because(error)
        };
        // SAFETY: the file is verified and only replaced by renaming, never changed in place.
        let file = unsafe { MmapedSafetensors::new(path) }.map_err(damaged)?;
        let prefixed = file.get("bert.embeddings.word_embeddings.weight").is_ok();
        Ok(Self { file, prefix: if prefixed { "bert." } else { "" } })
    }

    /// Reads a tensor of a known number of values.
    fn read(&self, name: &str, n_values: usize) -> Result<Vec<f32>> {
        let values = self
            .file
            .load(&format!("{}{name}", self.prefix), &Device::Cpu)
            .and_then(|tensor| tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>())
            .map_err(|error| {
                Error::invalid(format!("the weights have no usable tensor {name}")).because(error)
            })?;
        if values.len() == n_values {
            return Ok(values);
        }
        Err(Error::invalid(format!(
            "the tensor {name} has {} values where the configuration wants {n_values}",
            values.len()
        )))
    }
}

/// Reads the parts of a model.
struct Loader<'a> {
    isa: Isa,
    config: &'a BertConfig,
    tensors: &'a Tensors,
}

impl Loader<'_> {
    fn bert(&self) -> Result<Bert> {
        let config = self.config;
        let width = config.hidden_size;
        let read = |name: &str, n_rows: usize| {
            self.tensors.read(&format!("embeddings.{name}_embeddings.weight"), n_rows * width)
        };
        let words = read("word", config.vocab_size)?;
        let mut positions = read("position", config.max_position_embeddings)?;
        // Every token is of the first type, so its vector is added once and for all.
        let types = read("token_type", config.type_vocab_size)?;
        for row in positions.chunks_exact_mut(width) {
            row.iter_mut().zip(&types).for_each(|(value, kind)| *value += kind);
        }
        Ok(Bert {
            isa: self.isa,
            n_hidden: width,
            max_positions: config.max_position_embeddings,
            words,
            positions,
            norm: self.norm("embeddings.LayerNorm")?,
            layers: (0..config.num_hidden_layers).map(|n| self.layer(n)).collect::<Result<_>>()?,
        })
    }

    fn layer(&self, n: usize) -> Result<Layer> {
        let (width, wide) = (self.config.hidden_size, self.config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{n}.{part}");
        Ok(Layer {
            isa: self.isa,
            n_heads: self.config.num_attention_heads,
            query_key_value: self.query_key_value(&name("attention.self"))?,
            attention_output: self.linear(&name("attention.output.dense"), width, width)?,
            attention_norm: self.norm(&name("attention.output.LayerNorm"))?,
            widen: self.linear(&name("intermediate.dense"), width, wide)?,
            narrow: self.linear(&name("output.dense"), wide, width)?,
            output_norm: self.norm(&name("output.LayerNorm"))?,
        })
    }

    /// Joins three linear layers, the first scaled so that attention need not do it.
    fn query_key_value(&self, name: &str) -> Result<Packed> {
        let width = self.config.hidden_size;
        let (mut weights, mut bias) = (Vec::new(), Vec::new());
        for part in ["query", "key", "value"] {
            weights.extend(self.tensors.read(&format!("{name}.{part}.weight"), width * width)?);
            bias.extend(self.tensors.read(&format!("{name}.{part}.bias"), width)?);
        }
        #[expect(clippy::cast_precision_loss, reason = "heads are a few hundred wide at most")]
        let scale = 1.0 / ((width / self.config.num_attention_heads) as f32).sqrt();
        let queries = weights[..width * width].iter_mut().chain(&mut bias[..width]);
        queries.for_each(|value| *value *= scale);
        Ok(Packed::linear(self.isa, &weights, &bias))
    }

    fn linear(&self, name: &str, n_inner: usize, n_columns: usize) -> Result<Packed> {
        let weights = self.tensors.read(&format!("{name}.weight"), n_inner * n_columns)?;
        let bias = self.tensors.read(&format!("{name}.bias"), n_columns)?;
        Ok(Packed::linear(self.isa, &weights, &bias))
    }

    fn norm(&self, name: &str) -> Result<LayerNorm> {
        let width = self.config.hidden_size;
        Ok(LayerNorm {
            weight: self.tensors.read(&format!("{name}.weight"), width)?,
            bias: self.tensors.read(&format!("{name}.bias"), width)?,
            epsilon: self.config.layer_norm_eps,
        })
    }
}
