//! Matrix products on packed weights, and the passes over rows that stand between them.
//!
//! Weights are packed once, at loading, into panels as wide as the accumulators of the machine's
//! vector unit; a product then reads them front to back. Everything here is generic over that
//! unit: [`simd`] compiles it once for each instruction set and picks one at run time.
#![expect(
    clippy::inline_always,
    reason = "vector code must end up inside the function that enables its instructions"
)]

pub(crate) mod rows;
pub(crate) mod simd;

use simd::{Isa, Kernel, MAX_TILE, Vector};

/// A matrix that others are multiplied with, in panels, with the bias that is added.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    isa: Isa,
    n_inner: usize,
    n_columns: usize,
    panels: Vec<f32>,
    bias: Vec<f32>,
}

/// Rows of a matrix, which may stand apart from each other.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// The values, from the first of the first row on.
    pub(crate) values: &'a [f32],
    /// How far the beginnings of two rows are from each other.
    pub(crate) stride: usize,
}

/// Rows of a matrix that are written.
pub(crate) struct ViewMut<'a> {
    /// The values, from the first of the first row on.
    pub(crate) values: &'a mut [f32],
    /// How far the beginnings of two rows are from each other.
    pub(crate) stride: usize,
}

impl Packed {
    /// Makes an empty matrix whose panels suit an instruction set.
    pub(crate) fn new(isa: Isa) -> Self {
        Self { isa, n_inner: 0, n_columns: 0, panels: Vec::new(), bias: Vec::new() }
    }

    /// Packs the weights of a linear layer, one row per output as in the files of models.
    pub(crate) fn linear(isa: Isa, weights: &[f32], bias: &[f32]) -> Self {
        let mut packed = Self::new(isa);
        let n_inner = weights.len() / bias.len().max(1);
        packed.pack_rows(View { values: weights, stride: n_inner }, bias.len(), n_inner);
        packed.bias[..bias.len()].copy_from_slice(bias);
        packed
    }

    /// Returns how many columns a product has.
    pub(crate) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Returns how many columns whole panels have: rows that far apart never share a vector.
    pub(crate) fn padded_columns(&self) -> usize {
        self.bias.len()
    }

    /// Packs a matrix whose rows become the columns of products.
    pub(crate) fn pack_rows(&mut self, rows: View<'_>, n_rows: usize, n_inner: usize) {
        self.reset(n_inner, n_rows);
        let width = self.isa.width();
        for (column, row) in rows.values.chunks(rows.stride).take(n_rows).enumerate() {
            let (panel, lane) = (column / width, column % width);
            let panel = &mut self.panels[panel * n_inner * width..][..n_inner * width];
            for (values, &value) in panel.chunks_exact_mut(width).zip(&row[..n_inner]) {
                values[lane] = value;
            }
        }
    }

    /// Packs a matrix whose columns become the columns of products.
    pub(crate) fn pack_columns(&mut self, rows: View<'_>, n_rows: usize, n_columns: usize) {
        self.reset(n_rows, n_columns);
        let width = self.isa.width();
        for (inner, row) in rows.values.chunks(rows.stride).take(n_rows).enumerate() {
            for (panel, values) in row[..n_columns].chunks(width).enumerate() {
                let start = (panel * n_rows + inner) * width;
                self.panels[start..start + values.len()].copy_from_slice(values);
            }
        }
    }

    /// Multiplies rows with the matrix and adds the bias.
    ///
    /// Writes [`n_columns`](Self::n_columns) values of each row of the result and touches nothing
    /// between them.
    pub(crate) fn multiply(&self, rows: View<'_>, n_rows: usize, out: &mut ViewMut<'_>) {
        self.isa.run(Product { rows, n_rows, matrix: self, out });
    }

    /// Makes room; what a panel has beyond the columns stays zero.
    fn reset(&mut self, n_inner: usize, n_columns: usize) {
        let padded = n_columns.next_multiple_of(self.isa.width());
        self.n_inner = n_inner;
        self.n_columns = n_columns;
        self.panels.clear();
        self.panels.resize(padded * n_inner, 0.0);
        self.bias.clear();
        self.bias.resize(padded, 0.0);
    }
}

/// The product of some rows and a packed matrix.
struct Product<'a, 'b> {
    rows: View<'a>,
    n_rows: usize,
    matrix: &'a Packed,
    out: &'a mut ViewMut<'b>,
}

impl Kernel for Product<'_, '_> {
    #[inline(always)]
    fn run<V: Vector, const ROWS: usize>(mut self) {
        let width = 2 * V::LANES;
        for column in (0..self.matrix.bias.len()).step_by(width) {
            let n_inner = self.matrix.n_inner;
            let panel = &self.matrix.panels[column * n_inner..][..n_inner * width];
            let mut row = 0;
            // The rows that are left over are done in smaller and smaller tiles.
            self.sweep::<V, ROWS>(column, panel, &mut row);
            self.sweep::<V, 4>(column, panel, &mut row);
            self.sweep::<V, 2>(column, panel, &mut row);
            self.sweep::<V, 1>(column, panel, &mut row);
        }
    }
}

impl Product<'_, '_> {
    /// Multiplies tiles of rows with one panel for as long as whole tiles are left.
    #[inline(always)]
    fn sweep<V: Vector, const ROWS: usize>(
        &mut self,
        column: usize,
        panel: &[f32],
        row: &mut usize,
    ) {
        let width = 2 * V::LANES;
        let bias = &self.matrix.bias[column..][..width];
        let n_valid = (self.matrix.n_columns - column).min(width);
        let stride = self.out.stride;
        while *row + ROWS <= self.n_rows {
            let rows = View { values: &self.rows.values[*row * self.rows.stride..], ..self.rows };
            let out = &mut self.out.values[*row * stride + column..];
            if n_valid == width {
                tile::<V, ROWS>(rows, panel, bias, &mut ViewMut { values: out, stride });
            } else {
                let mut whole = [0.0; MAX_TILE];
                let mut view = ViewMut { values: &mut whole, stride: width };
                tile::<V, ROWS>(rows, panel, bias, &mut view);
                for (row, sums) in whole.chunks_exact(width).take(ROWS).enumerate() {
                    out[row * stride..][..n_valid].copy_from_slice(&sums[..n_valid]);
                }
            }
            *row += ROWS;
        }
    }
}

/// Multiplies a few rows with one panel; the sums stay in registers until they are stored.
#[inline(always)]
fn tile<V: Vector, const ROWS: usize>(
    rows: View<'_>,
    panel: &[f32],
    bias: &[f32],
    out: &mut ViewMut<'_>,
) {
    let width = 2 * V::LANES;
    let n_inner = panel.len() / width;
    // Not by a closure: the compiler must see that no row is shorter than the panel.
    let mut starts = [&rows.values[..n_inner]; ROWS];
    for (row, start) in starts.iter_mut().enumerate() {
        *start = &rows.values[row * rows.stride..][..n_inner];
    }
    let (low, high) = bias.split_at(V::LANES);
    let mut sums = [[V::load(low), V::load(high)]; ROWS];
    for (inner, values) in panel.chunks_exact(width).enumerate() {
        let (low, high) = values.split_at(V::LANES);
        let (low, high) = (V::load(low), V::load(high));
        for (sums, row) in sums.iter_mut().zip(starts) {
            let factor = V::splat(row[inner]);
            sums[0] = factor.multiply_add(low, sums[0]);
            sums[1] = factor.multiply_add(high, sums[1]);
        }
    }
    for (row, [low, high]) in sums.into_iter().enumerate() {
        let out = &mut out.values[row * out.stride..][..width];
        low.store(&mut out[..V::LANES]);
        high.store(&mut out[V::LANES..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, step: usize) -> Vec<f32> {
        #[expect(clippy::cast_precision_loss, reason = "the numbers are below 7")]
        (0..n).map(|i| (i * step % 7) as f32 - 3.0).collect()
    }

    fn plain(rows: &[f32], weights: &[f32], bias: &[f32], n_inner: usize) -> Vec<f32> {
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let row = |row: &[f32]| -> Vec<f32> {
            weights.chunks(n_inner).zip(bias).map(|(w, bias)| dot(row, w) + bias).collect()
        };
        rows.chunks(n_inner).flat_map(row).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_plain_product_for_every_shape() {
        for isa in Isa::available() {
            for (m, k, n) in [(1, 1, 1), (3, 5, 7), (12, 8, 32), (13, 384, 33), (31, 17, 96)] {
                let (rows, weights, bias) = (numbers(m * k, 3), numbers(n * k, 5), numbers(n, 2));
                let matrix = Packed::linear(isa, &weights, &bias);
                let mut out = vec![f32::NAN; m * n];
                let mut view = ViewMut { values: &mut out, stride: n };
                matrix.multiply(View { values: &rows, stride: k }, m, &mut view);
                // Whole numbers this small add up exactly in any order.
                assert_eq!(out, plain(&rows, &weights, &bias, k), "{isa:?} {m} {k} {n}");
            }
        }
    }

    #[test]
    fn columns_and_rows_pack_to_transposed_matrices() {
        for isa in Isa::available() {
            let values = numbers(6 * 5, 3);
            let (mut by_rows, mut by_columns) = (Packed::new(isa), Packed::new(isa));
            let transposed: Vec<f32> = (0..5)
                .flat_map(|c| (0..6).map(move |r| (r, c)))
                .map(|(r, c)| values[r * 5 + c])
                .collect();
            by_rows.pack_rows(View { values: &transposed, stride: 6 }, 5, 6);
            by_columns.pack_columns(View { values: &values, stride: 5 }, 6, 5);
            assert_eq!(by_rows.panels, by_columns.panels);
        }
    }
}
