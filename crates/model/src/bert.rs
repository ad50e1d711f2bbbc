//! BERT as it embeds: many texts at once, without padding.
//!
//! The tokens of all texts of a batch stand below each other in one matrix, so that every linear
//! layer is one product without wasted rows; only attention looks at one text at a time.
//! Reference: Devlin et al., 2018, and the weights of sentence-transformers.

mod attention;
mod layers;
mod weights;

use footnote_core::model::Embedding;

use crate::catalog::Pooling;
use crate::matrix::rows::LayerNorm;
use crate::matrix::simd::Isa;
use attention::AttentionScratch;
use layers::{Layer, LayerScratch};

pub(crate) use weights::load;

/// A BERT with packed weights.
#[derive(Debug)]
pub(crate) struct Bert {
    isa: Isa,
    n_hidden: usize,
    max_positions: usize,
    words: Vec<f32>,
    positions: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

/// The matrices between the layers, kept from one batch to the next.
pub(crate) struct Scratch {
    hidden: Vec<f32>,
    attention: AttentionScratch,
    layer: LayerScratch,
}

impl Scratch {
    /// Makes the matrices for a model.
    pub(crate) fn new(bert: &Bert) -> Self {
        Self {
            hidden: Vec::new(),
            attention: AttentionScratch::new(bert.isa),
            layer: LayerScratch::default(),
        }
    }
}

impl Bert {
    /// Returns how many values an embedding has.
    pub(crate) fn n_hidden(&self) -> usize {
        self.n_hidden
    }

    /// Returns how many tokens a text may have.
    pub(crate) fn max_positions(&self) -> usize {
        self.max_positions
    }

    /// Returns how many words the model knows; every token must be below.
    pub(crate) fn n_words(&self) -> usize {
        self.words.len() / self.n_hidden
    }

    /// Embeds texts given as tokens, special tokens included, none of them empty.
    pub(crate) fn embed(
        &self,
        texts: &[&[u32]],
        pooling: Pooling,
        scratch: &mut Scratch,
    ) -> Vec<Embedding> {
        let lengths: Vec<usize> = texts.iter().map(|tokens| tokens.len()).collect();
        self.look_up(texts, scratch);
        for layer in &self.layers {
            layer.forward(&lengths, scratch);
        }
        let mut rest = scratch.hidden.as_slice();
        let pool = |length: &usize| {
            let (rows, after) = rest.split_at(length * self.n_hidden);
            rest = after;
            pool(rows, self.n_hidden, pooling)
        };
        lengths.iter().map(pool).collect()
    }

    /// Writes the sum of word, position and type of every token, normalised.
    fn look_up(&self, texts: &[&[u32]], scratch: &mut Scratch) {
        let width = self.n_hidden;
        let (hidden, places) = (&mut scratch.hidden, &mut scratch.layer.sum);
        hidden.clear();
        places.clear();
        for tokens in texts {
            for &token in *tokens {
                hidden.extend_from_slice(&self.words[token as usize * width..][..width]);
            }
            places.extend_from_slice(&self.positions[..tokens.len() * width]);
        }
        self.norm.add_and_normalize(self.isa, hidden, places);
    }
}

/// Makes one vector of unit length of the vectors of the tokens.
fn pool(rows: &[f32], width: usize, pooling: Pooling) -> Embedding {
    let mut values = match pooling {
        Pooling::Cls => rows[..width].to_vec(),
        // The length is scaled away below, so the sum does as well as the mean.
        Pooling::Mean => rows.chunks_exact(width).fold(vec![0.0; width], |mut sums, row| {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            sums
        }),
    };
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    let scale = 1.0 / length.max(f32::MIN_POSITIVE);
    for value in &mut values {
        *value *= scale;
    }
    Embedding(values)
}
