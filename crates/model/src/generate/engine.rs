//! The model itself: reads tokens, returns the odds of the next one.

use candle_core::quantized::gguf_file;
use candle_core::{Device, Tensor};
use candle_transformers::models::quantized_llama::ModelWeights;
use footnote_core::{Error, Result};
use std::io::{Read, Seek};

/// How many tokens are read at once: the scores of attention stay small, and a request that was
/// given up ends soon.
const CHUNK_TOKENS: usize = 256;

/// A loaded model. Cloning shares the weights and copies what was read so far.
#[derive(Clone)]
pub(super) struct Engine {
    model: ModelWeights,
    n_read: usize,
}

impl Engine {
    /// Loads the weights.
    ///
    /// # Errors
    /// `Invalid` when the file does not hold a model of the Llama family.
    pub(super) fn load<R: Read + Seek>(content: gguf_file::Content, file: &mut R) -> Result<Self> {
        let model = ModelWeights::from_gguf(content, file, &Device::Cpu).map_err(|error| {
            Error::invalid("the GGUF file is not a model of the Llama family")
                .because(error)
                .hint("Only Llama-like GGUF files run here; use a model server for the others.")
        })?;
        Ok(Self { model, n_read: 0 })
    }

    /// Reads tokens behind those read before and returns the odds of the next one.
    ///
    /// Returns none when `is_wanted` says so between two stretches, or when there are no tokens.
    ///
    /// # Errors
    /// `Internal` when the model fails.
    pub(super) fn read(
        &mut self,
        tokens: &[u32],
        is_wanted: impl Fn() -> bool,
    ) -> Result<Option<Tensor>> {
        let mut odds = None;
        for chunk in tokens.chunks(CHUNK_TOKENS) {
            if !is_wanted() {
                return Ok(None);
            }
            odds =
                Some(self.forward(chunk).map_err(|error| {
                    Error::internal("the model that writes fails").because(error)
                })?);
        }
        Ok(odds)
    }

    fn forward(&mut self, tokens: &[u32]) -> candle_core::Result<Tensor> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let odds = self.model.forward(&input, self.n_read)?;
        self.n_read += tokens.len();
        odds.squeeze(0)
    }
}
