//! Attention of one text at a time, head by head, on slices of the packed matrix.

use super::layers::Layer;
use crate::matrix::rows::{Rows, softmax};
use crate::matrix::simd::Isa;
use crate::matrix::{Packed, View, ViewMut};

/// The matrices of one head, kept from one to the next.
pub(super) struct AttentionScratch {
    keys: Packed,
    values: Packed,
    scores: Vec<f32>,
    scales: Vec<f32>,
}

impl AttentionScratch {
    pub(super) fn new(isa: Isa) -> Self {
        let (keys, values) = (Packed::new(isa), Packed::new(isa));
        Self { keys, values, scores: Vec::new(), scales: Vec::new() }
    }
}

/// Lets every token attend to every token of its text.
pub(super) fn attend(
    layer: &Layer,
    lengths: &[usize],
    (query_key_value, attended): (&[f32], &mut [f32]),
    scratch: &mut AttentionScratch,
) {
    let width = layer.attention_output.n_columns();
    let head_width = width / layer.n_heads;
    let mut first = 0;
    for &n_tokens in lengths {
        let text = &query_key_value[first * 3 * width..][..n_tokens * 3 * width];
        let out = &mut attended[first * width..][..n_tokens * width];
        for column in (0..width).step_by(head_width) {
            let part =
                |which: usize| View { values: &text[which * width + column..], stride: 3 * width };
            scratch.keys.pack_rows(part(1), n_tokens, head_width);
            scratch.values.pack_columns(part(2), n_tokens, head_width);
            let out = ViewMut { values: &mut out[column..], stride: width };
            attend_head(layer.isa, (part(0), n_tokens), out, scratch);
        }
        first += n_tokens;
    }
}

/// Computes one head from its queries and the packed keys and values.
fn attend_head(
    isa: Isa,
    (queries, n_tokens): (View<'_>, usize),
    mut out: ViewMut<'_>,
    scratch: &mut AttentionScratch,
) {
    let AttentionScratch { keys, values, scores, scales } = scratch;
    let stride = keys.padded_columns();
    scores.resize(n_tokens * stride, 0.0);
    scales.resize(n_tokens, 0.0);
    keys.multiply(queries, n_tokens, &mut ViewMut { values: scores, stride });
    softmax(isa, Rows { values: scores, stride, n_valid: n_tokens }, scales);
    values.multiply(View { values: scores, stride }, n_tokens, &mut out);
    // Scaling the few results is cheaper than scaling the many scores.
    for (row, scale) in out.values.chunks_mut(out.stride).zip(scales.iter()) {
        let n_columns = values.n_columns().min(row.len());
        row[..n_columns].iter_mut().for_each(|value| *value *= scale);
    }
}
