//! Passes over rows: layer normalisation, GELU, softmax. Each reads and writes its rows once.

use super::simd::{Isa, Kernel, Vector, exp};

/// How many partial sums a row is added up in, so that the additions do not wait for each other.
const LANES: usize = 16;

/// What a normalised row is scaled and shifted by.
#[derive(Debug, Clone)]
pub(crate) struct LayerNorm {
    /// The factor of each column.
    pub(crate) weight: Vec<f32>,
    /// The addend of each column.
    pub(crate) bias: Vec<f32>,
    /// What keeps the division from exploding.
    pub(crate) epsilon: f32,
}

impl LayerNorm {
    /// Adds the rows of `addend` to those of `rows` and normalises each.
    pub(crate) fn add_and_normalize(&self, isa: Isa, rows: &mut [f32], addend: &[f32]) {
        isa.run(Normalize { norm: self, rows, addend });
    }
}

/// Replaces each value by its Gaussian error linear unit, the exact one.
pub(crate) fn gelu(isa: Isa, values: &mut [f32]) {
    isa.run(Gelu { values });
}

/// Replaces the first `n_valid` values of each row by their exponentials, as large as they may
/// be, and returns into `scales` what makes each row add up to one.
pub(crate) fn softmax(isa: Isa, rows: Rows<'_>, scales: &mut [f32]) {
    isa.run(Softmax { rows, scales });
}

/// Rows of which only the beginning counts.
pub(crate) struct Rows<'a> {
    /// The values of all rows.
    pub(crate) values: &'a mut [f32],
    /// How far the beginnings of two rows are from each other.
    pub(crate) stride: usize,
    /// How many values of a row count.
    pub(crate) n_valid: usize,
}

struct Normalize<'a> {
    norm: &'a LayerNorm,
    rows: &'a mut [f32],
    addend: &'a [f32],
}

impl Kernel for Normalize<'_> {
    #[inline(always)]
    fn run<V: Vector, const ROWS: usize>(self) {
        let n_columns = self.norm.weight.len();
        #[expect(clippy::cast_precision_loss, reason = "rows are a few thousand wide at most")]
        let share = 1.0 / n_columns as f32;
        let addends = self.addend.chunks_exact(n_columns);
        for (row, addend) in self.rows.chunks_exact_mut(n_columns).zip(addends) {
            for (value, addend) in row.iter_mut().zip(addend) {
                *value += addend;
            }
            let mean = sum(row, |value| value) * share;
            let variance = sum(row, |value| (value - mean) * (value - mean)) * share;
            let scale = 1.0 / (variance + self.norm.epsilon).sqrt();
            for ((value, weight), bias) in
                row.iter_mut().zip(&self.norm.weight).zip(&self.norm.bias)
            {
                *value = (*value - mean) * scale * weight + bias;
            }
        }
    }
}

struct Gelu<'a> {
    values: &'a mut [f32],
}

impl Kernel for Gelu<'_> {
    #[inline(always)]
    fn run<V: Vector, const ROWS: usize>(self) {
        for value in self.values {
            let x = *value;
            *value = 0.5 * x * (1.0 + error_function(x * std::f32::consts::FRAC_1_SQRT_2));
        }
    }
}

/// Returns the error function, to about 1.5e-7 (Abramowitz and Stegun 7.1.26).
#[inline(always)]
fn error_function(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * size);
    let mut series = 1.061_405_4;
    for coefficient in [-1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        series = series * t + coefficient;
    }
    (1.0 - series * t * exp(-size * size)).copysign(x)
}

struct Softmax<'a> {
    rows: Rows<'a>,
    scales: &'a mut [f32],
}

impl Kernel for Softmax<'_> {
    #[inline(always)]
    fn run<V: Vector, const ROWS: usize>(self) {
        let Rows { values, stride, n_valid } = self.rows;
        for (row, scale) in values.chunks_mut(stride).zip(self.scales) {
            let row = &mut row[..n_valid];
            let highest = highest(row);
            for value in row.iter_mut() {
                *value = exp(*value - highest);
            }
            *scale = 1.0 / sum(row, |value| value);
        }
    }
}

/// Adds up what `part` makes of each value.
#[inline(always)]
fn sum(values: &[f32], part: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0f32; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += part(chunk[lane]);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|value| part(*value)).sum::<f32>()
}

#[inline(always)]
fn highest(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut highest = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            highest[lane] = if chunk[lane] > highest[lane] { chunk[lane] } else { highest[lane] };
        }
    }
    highest.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_has_its_known_values() {
        for isa in Isa::available() {
            let mut values = [-3.0, -1.0, 0.0, 0.5, 1.0, 3.0];
            gelu(isa, &mut values);
            let right = [-0.004_049_7, -0.158_655_3, 0.0, 0.345_731_2, 0.841_344_7, 2.995_950_3];
            for (found, right) in values.iter().zip(right) {
                assert!((found - right).abs() < 1e-6, "{isa:?}: {found}, not {right}");
            }
        }
    }

    #[test]
    fn a_normalised_row_has_mean_zero_and_deviation_one() {
        let norm = LayerNorm { weight: vec![1.0; 20], bias: vec![0.0; 20], epsilon: 1e-12 };
        for isa in Isa::available() {
            let mut row: Vec<f32> = (0..20u8).map(f32::from).collect();
            norm.add_and_normalize(isa, &mut row, &[5.0; 20]);
            let mean = row.iter().sum::<f32>() / 20.0;
            let variance = row.iter().map(|v| v * v).sum::<f32>() / 20.0;
            assert!(mean.abs() < 1e-6 && (variance - 1.0).abs() < 1e-5, "{isa:?}");
        }
    }

    #[test]
    fn softmax_counts_only_the_valid_values() {
        for isa in Isa::available() {
            let mut values = [1.0, 2.0, 3.0, 99.0, 5.0, 5.0, 5.0, 99.0];
            let mut scales = [0.0; 2];
            softmax(isa, Rows { values: &mut values, stride: 4, n_valid: 3 }, &mut scales);
            let share = |i: usize, row: usize| values[i] * scales[row];
            assert!((share(2, 0) - 0.665_240_96).abs() < 1e-6, "{isa:?}");
            assert!((share(4, 1) - 1.0 / 3.0).abs() < 1e-6, "{isa:?}");
            assert!((values[3] - 99.0).abs() < f32::EPSILON, "{isa:?}");
        }
    }
}
