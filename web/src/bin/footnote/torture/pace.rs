//! How long each kind of work takes on this machine, learnt on the way: so that a blow falls into
//! the middle of it, on a fast machine and on a busy one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::dice::Dice;
use super::kind::Kind;

/// How long anything is expected to take before it was seen.
const UNKNOWN: Duration = Duration::from_millis(30);

/// A blow falls between the beginning and this share of the expected time, in hundredths: now and
/// then just after the end.
const REACH_PERCENT: u32 = 120;

/// What is expected to take this much longer, in hundredths, when it had not ended by a blow.
const LONGER_PERCENT: u32 = 125;

/// The expected durations.
#[derive(Debug, Default)]
pub(super) struct Pace {
    expected: BTreeMap<Kind, Duration>,
}

impl Pace {
    /// Chooses how long after its beginning a kind of work is struck.
    pub(super) fn blow(&self, kind: Kind, dice: &mut Dice) -> Duration {
        dice.between(Duration::ZERO, self.expected(kind) * REACH_PERCENT / 100)
    }

    /// Learns how long work took to its end: as much from this time as from all before.
    pub(super) fn took(&mut self, kind: Kind, duration: Duration) {
        let before = self.expected.get(&kind).copied().unwrap_or(duration);
        self.expected.insert(kind, (before + duration) / 2);
    }

    /// Learns that work had not ended after a while.
    pub(super) fn takes_longer(&mut self, kind: Kind, than: Duration) {
        let longer = self.expected(kind).max(than * LONGER_PERCENT / 100);
        self.expected.insert(kind, longer);
    }

    fn expected(&self, kind: Kind) -> Duration {
        self.expected.get(&kind).copied().unwrap_or(UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_is_struck_later() {
        let (mut pace, mut dice) = (Pace::default(), Dice::new(1, &[]));
        let longest = |pace: &Pace, dice: &mut Dice| {
            (0..200).map(|_| pace.blow(Kind::Purge, dice)).max().unwrap()
        };
        assert!(longest(&pace, &mut dice) <= UNKNOWN * REACH_PERCENT / 100);
        for _ in 0..5 {
            pace.takes_longer(Kind::Purge, pace.expected(Kind::Purge));
        }
        assert!(UNKNOWN * 2 < longest(&pace, &mut dice));
        for _ in 0..20 {
            pace.took(Kind::Purge, Duration::from_millis(2));
        }
        assert!(longest(&pace, &mut dice) < Duration::from_millis(3));
    }
}
