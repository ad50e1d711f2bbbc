//! One layer of BERT: attention, then two linear layers, each added to its input and normalised.

use super::Scratch;
use super::attention::attend;
use crate::matrix::rows::{LayerNorm, gelu};
use crate::matrix::simd::Isa;
use crate::matrix::{Packed, View, ViewMut};

/// How many tokens go through the wide part at once: its widest matrix should stay in the cache
/// of the core, and enough rows should share each reading of the weights.
const WIDE_ROWS: usize = 96;

/// The weights of a layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) isa: Isa,
    pub(super) n_heads: usize,
    /// Queries (already scaled), keys and values in one product.
    pub(super) query_key_value: Packed,
    pub(super) attention_output: Packed,
    pub(super) attention_norm: LayerNorm,
    pub(super) widen: Packed,
    pub(super) narrow: Packed,
    pub(super) output_norm: LayerNorm,
}

/// The matrices inside a layer.
#[derive(Default)]
pub(super) struct LayerScratch {
    pub(super) query_key_value: Vec<f32>,
    pub(super) attended: Vec<f32>,
    pub(super) wide: Vec<f32>,
    pub(super) sum: Vec<f32>,
}

impl Layer {
    /// Replaces the hidden vectors of all tokens; the lengths say where texts end.
    pub(super) fn forward(&self, lengths: &[usize], scratch: &mut Scratch) {
        let Scratch { hidden, attention, layer } = scratch;
        let width = self.attention_output.n_columns();
        let n_tokens = hidden.len() / width;

        layer.query_key_value.resize(n_tokens * 3 * width, 0.0);
        layer.attended.resize(n_tokens * width, 0.0);
        layer.sum.resize(n_tokens * width, 0.0);
        multiply(&self.query_key_value, hidden, &mut layer.query_key_value);
        attend(self, lengths, (&layer.query_key_value, &mut layer.attended), attention);
        multiply(&self.attention_output, &layer.attended, &mut layer.sum);
        self.attention_norm.add_and_normalize(self.isa, hidden, &layer.sum);

        for rows in hidden.chunks_mut(WIDE_ROWS * width) {
            layer.wide.resize(rows.len() / width * self.widen.n_columns(), 0.0);
            multiply(&self.widen, rows, &mut layer.wide);
            gelu(self.isa, &mut layer.wide);
            let sum = &mut layer.sum[..rows.len()];
            multiply(&self.narrow, &layer.wide, sum);
            self.output_norm.add_and_normalize(self.isa, rows, sum);
        }
    }
}

/// Multiplies rows that stand close together.
fn multiply(matrix: &Packed, rows: &[f32], out: &mut [f32]) {
    let n_rows = out.len() / matrix.n_columns();
    let rows = View { values: rows, stride: rows.len() / n_rows.max(1) };
    matrix.multiply(rows, n_rows, &mut ViewMut { values: out, stride: matrix.n_columns() });
}
