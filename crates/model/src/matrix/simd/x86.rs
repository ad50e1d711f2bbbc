//! The vectors of x86-64.
#![expect(unsafe_code, reason = "vector instructions are only reached through `Isa::run`")]

use std::arch::x86_64::{
    __m256, __m512, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps,
    _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
};

use super::{Kernel, Vector};

/// Runs a kernel with 512-bit vectors: the sums of 12 rows take 24 of 32 registers, and 14 loads
/// feed 24 operations.
#[target_feature(enable = "avx512f,avx2,fma")]
pub(super) fn run_avx512(kernel: impl Kernel) {
    kernel.run::<__m512, 12>();
}

/// Runs a kernel with 256-bit vectors: the sums of 6 rows take 12 of 16 registers.
#[target_feature(enable = "avx2,fma")]
pub(super) fn run_avx2(kernel: impl Kernel) {
    kernel.run::<__m256, 6>();
}

impl Vector for __m512 {
    const LANES: usize = 16;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: inlined into `run_avx512`, which has the instruction.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        let values = &values[..16];
        // SAFETY: as above; the slice has 16 values.
        unsafe { _mm512_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        let values = &mut values[..16];
        // SAFETY: as above; the slice has 16 values.
        unsafe { _mm512_storeu_ps(values.as_mut_ptr(), self) }
    }

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        // SAFETY: inlined into `run_avx512`, which has the instruction.
        unsafe { _mm512_fmadd_ps(self, factor, addend) }
    }
}

impl Vector for __m256 {
    const LANES: usize = 8;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: inlined into `run_avx2`, which has the instruction.
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        let values = &values[..8];
        // SAFETY: as above; the slice has 8 values.
        unsafe { _mm256_loadu_ps(values.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        let values = &mut values[..8];
        // SAFETY: as above; the slice has 8 values.
        unsafe { _mm256_storeu_ps(values.as_mut_ptr(), self) }
    }

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        // SAFETY: inlined into `run_avx2`, which has the instruction.
        unsafe { _mm256_fmadd_ps(self, factor, addend) }
    }
}
