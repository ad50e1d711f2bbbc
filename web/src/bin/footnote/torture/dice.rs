//! Chance that is the same again for the same seed, so that every run can be replayed.

use std::time::Duration;

/// A source of numbers that look random (`SplitMix64`).
#[derive(Debug, Clone)]
pub(super) struct Dice {
    state: u64,
}

impl Dice {
    /// Makes the dice of a seed and whatever else they are to depend on.
    pub(super) fn new(seed: u64, purpose: &[u64]) -> Self {
        // Turned, so that it matters which number comes first.
        let with = |state: u64, n: &u64| mixed(state.rotate_left(23) ^ mixed(*n));
        let state = purpose.iter().fold(mixed(seed), with);
        Self { state }
    }

    /// Returns the next number.
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.state)
    }

    /// Returns a number below a limit; 0 where the limit is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or_default()
    }

    /// Tells whether something that happens so many times in a hundred happens now.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Returns a time between two, in steps of a tenth of a millisecond.
    pub(super) fn between(&mut self, least: Duration, most: Duration) -> Duration {
        let tenths = most.saturating_sub(least).as_micros() / 100;
        let tenths = self.below(u64::try_from(tenths).unwrap_or(u64::MAX));
        least + Duration::from_micros(tenths * 100)
    }

    /// Returns one of a list; `None` when it is empty.
    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let n = self.below(of.len() as u64);
        of.get(usize::try_from(n).unwrap_or_default())
    }
}

/// Mixes a number to one that looks random.
fn mixed(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_numbers_and_others_others() {
        let numbers = |seed, purpose| -> Vec<u64> {
            let mut dice = Dice::new(seed, &[purpose]);
            (0..4).map(|_| dice.next()).collect()
        };
        assert_eq!(numbers(1, 2), numbers(1, 2));
        assert_ne!(numbers(1, 2), numbers(2, 1));
    }

    #[test]
    fn a_time_lies_between_its_bounds() {
        let (least, most) = (Duration::from_millis(3), Duration::from_millis(60));
        let mut dice = Dice::new(7, &[]);
        assert!((0..1000).all(|_| (least..most).contains(&dice.between(least, most))));
        assert_eq!(dice.between(most, least), most);
    }
}
