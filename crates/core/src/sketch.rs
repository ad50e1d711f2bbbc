//! Sketches of texts: short lists of numbers that are the more alike, the more alike the texts are.

use std::array;

/// How many numbers a sketch has.
pub const VALUES: usize = 64;

/// How many bands a sketch is looked up by.
pub const BANDS: usize = 16;

/// How many numbers one band covers: texts that share 85 of 100 pieces share a band almost
/// surely, texts that share 20 almost never.
const VALUES_PER_BAND: usize = VALUES / BANDS;

/// A sketch of a text: for each of 64 ways to shuffle all pieces of text there are, the first piece
/// of this text (`MinHash`, Broder 1997).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sketch(pub [u32; VALUES]);

/// What sketches a text; `None` for one without words.
pub type Sketcher = fn(&str) -> Option<Sketch>;

impl Sketch {
    /// Estimates which share of the pieces of either text both have, from 0 to 1. The standard
    /// error is at most 0.0625, and 0.045 at 0.85.
    #[must_use]
    pub fn resemblance(&self, other: &Self) -> f32 {
        let n_equal = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        f32::from(u8::try_from(n_equal).unwrap_or(u8::MAX)) / 64.0
    }

    /// Returns the numbers under which the sketch is looked up: two that share none are not alike.
    #[must_use]
    pub fn bands(&self) -> [i64; BANDS] {
        array::from_fn(|band| {
            let from = band * VALUES_PER_BAND;
            let values = &self.0[from..from + VALUES_PER_BAND];
            let start = 0xcbf2_9ce4_8422_2325 ^ band as u64;
            let hash = values.iter().fold(start, |hash, value| {
                (hash ^ u64::from(*value)).wrapping_mul(0x0100_0000_01b3).rotate_left(29)
            });
            i64::try_from(hash >> 1).unwrap_or_default()
        })
    }

    /// Writes the sketch for storage.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    /// Reads a stored sketch; `None` when the bytes are not one.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (values, rest) = bytes.as_chunks::<4>();
        let values: [[u8; 4]; VALUES] = values.try_into().ok()?;
        rest.is_empty().then(|| Self(values.map(u32::from_le_bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_is_read_back_and_resembles_itself() {
        let sketch = Sketch(array::from_fn(|n| u32::try_from(n * n).unwrap()));
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch));
        assert_eq!(Sketch::from_bytes(&[1, 2, 3]), None);
        assert!((sketch.resemblance(&sketch) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn bands_are_shared_where_their_values_are() {
        let one = Sketch([7; VALUES]);
        let mut other = one;
        other.0[0] = 8;
        let shared = one.bands().iter().zip(&other.bands()).filter(|(a, b)| a == b).count();
        assert_eq!(shared, BANDS - 1);
        assert!((one.resemblance(&other) - 63.0 / 64.0).abs() < f32::EPSILON);
    }
}
