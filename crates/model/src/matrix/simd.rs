//! Compiles kernels once per instruction set and picks the widest one that the machine has.

#[cfg(target_arch = "x86_64")]
mod x86;

/// How many values the largest tile has.
pub(crate) const MAX_TILE: usize = 12 * 32;

/// An instruction set that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isa {
    /// 512-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 256-bit vectors with fused multiplication and addition.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What every machine of the target has.
    Portable,
}

/// A computation that is compiled for each instruction set.
///
/// `run` and all that it calls in its loops must be `#[inline(always)]`: only then is it compiled
/// with the instructions of the function it ends up in.
pub(crate) trait Kernel {
    /// Computes with the vectors of an instruction set, products in tiles of `ROWS` rows and two
    /// vectors.
    fn run<V: Vector, const ROWS: usize>(self);
}

/// Some numbers that are computed with at once.
pub(crate) trait Vector: Copy {
    /// How many.
    const LANES: usize;

    /// Returns the same number in every lane.
    fn splat(value: f32) -> Self;

    /// Reads as many numbers as there are lanes from the beginning of a slice.
    fn load(values: &[f32]) -> Self;

    /// Writes its numbers to the beginning of a slice.
    fn store(self, values: &mut [f32]);

    /// Returns `self * factor + addend`, in one instruction where there is one.
    fn multiply_add(self, factor: Self, addend: Self) -> Self;
}

impl Isa {
    /// Returns the sets that this machine has, the widest first.
    pub(crate) fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::is_x86_feature_detected!("avx512f") {
                sets.push(Self::Avx512);
            }
            if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
                sets.push(Self::Avx2);
            }
        }
        sets.push(Self::Portable);
        sets
    }

    /// Returns the widest set that this machine has.
    pub(crate) fn best() -> Self {
        Self::available().first().copied().unwrap_or(Self::Portable)
    }

    /// Returns how many columns a tile has.
    pub(crate) fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => 32,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => 16,
            Self::Portable => 8,
        }
    }

    /// Runs a kernel with these instructions.
    #[expect(unsafe_code, reason = "a set is only made by `available`, which asks the machine")]
    pub(crate) fn run(self, kernel: impl Kernel) {
        match self {
            // SAFETY: `available` found these instructions on this machine.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { x86::run_avx512(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { x86::run_avx2(kernel) },
            Self::Portable => kernel.run::<[f32; 4], 4>(),
        }
    }
}

impl Vector for [f32; 4] {
    const LANES: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        [value; 4]
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        [values[0], values[1], values[2], values[3]]
    }

    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        values[..4].copy_from_slice(&self);
    }

    #[inline(always)]
    fn multiply_add(self, factor: Self, addend: Self) -> Self {
        std::array::from_fn(|lane| self[lane] * factor[lane] + addend[lane])
    }
}

/// Returns e to the power of `x`, to about seven digits, without a branch.
///
/// Splits `x` into a whole number of ln 2, which becomes the exponent, and a rest below ln 2 / 2,
/// for which the series converges quickly.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding it rounds to a whole number, which then stands in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.3, 88.3);
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let whole = shifted - ROUNDER;
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let mut series = 1.987_569_2e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        series = series * rest + coefficient;
    }
    let value = series * rest * rest + rest + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_add(127) << 23;
    value * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_right_to_a_millionth() {
        for step in -870_i16..=880 {
            let x = f32::from(step) / 10.0;
            let (found, right) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((found - right).abs() <= right * 1e-6, "exp({x}) = {found}, not {right}");
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn the_portable_set_is_always_there() {
        assert_eq!(Isa::available().last(), Some(&Isa::Portable));
    }
}
