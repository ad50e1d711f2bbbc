//! What a child is to do in a round and when it is struck down: by chance, but the same again for
//! the same seed.

use clap::ValueEnum;
use std::time::Duration;

use super::dice::Dice;
use super::expected::Expected;
use super::folder::Numbers;
use super::said::Step;

/// How many documents are sent under names that stay the same.
const UPLOADS: u64 = 20;

/// Steps for a life of this long and one more each that it lasts longer, so that a child has
/// something to do until it is struck.
const FEWEST_STEPS: u128 = 16;
const MILLISECONDS_PER_STEP: u128 = 10;

/// Most children die while they are at their first few documents, some live longer.
const SOON: [Duration; 2] = [Duration::from_millis(3), Duration::from_millis(60)];
const LATER: [Duration; 2] = [Duration::from_millis(60), Duration::from_secs(2)];

/// How many in a hundred live longer, and how many die while they are starting.
const LATER_PERCENT: u64 = 15;
const STARTING_PERCENT: u64 = 10;

/// How many rounds in a hundred are about a copy of everything.
const COPYING_PERCENT: u64 = 10;

/// What may happen in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Op {
    /// Folders and uploads are taken in
    Ingest,
    /// Documents are removed
    Rm,
    /// Documents are removed for good
    Purge,
    /// The index is built anew
    Reindex,
    /// Everything is embedded with another model, which serves then
    Switch,
    /// Everything is written into an archive, and restored elsewhere
    Backup,
    /// Everything is copied to another data directory
    Migrate,
}

impl Op {
    /// Everything.
    pub(crate) const ALL: [Self; 7] = [
        Self::Ingest,
        Self::Rm,
        Self::Purge,
        Self::Reindex,
        Self::Switch,
        Self::Backup,
        Self::Migrate,
    ];

    /// Tells whether it makes a copy of everything, which is a round of its own.
    pub(super) fn is_copying(self) -> bool {
        matches!(self, Self::Backup | Self::Migrate)
    }
}

/// When a child is struck down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Whether the time runs from its start instead of from its first sign of work.
    pub(super) from_start: bool,
    /// How long it lives.
    pub(super) after: Duration,
}

/// Chooses when a child is struck down.
pub(super) fn moment(dice: &mut Dice) -> Moment {
    let [least, most] = if dice.percent(LATER_PERCENT) { LATER } else { SOON };
    Moment { from_start: dice.percent(STARTING_PERCENT), after: dice.between(least, most) }
}

/// Chooses whether a round is about a copy of everything, and which.
pub(super) fn copying(dice: &mut Dice, ops: &[Op]) -> Option<Op> {
    let copying: Vec<Op> = ops.iter().copied().filter(|op| op.is_copying()).collect();
    dice.percent(COPYING_PERCENT).then(|| dice.one(&copying).copied()).flatten()
}

/// Chooses the steps of a round.
pub(super) fn steps(
    dice: &mut Dice,
    ops: &[Op],
    lifetime: Duration,
    expected: &Expected,
    numbers: &mut Numbers,
) -> Vec<Step> {
    let n_steps = FEWEST_STEPS + lifetime.as_millis() / MILLISECONDS_PER_STEP;
    let mut steps = Vec::new();
    let mut known: Vec<String> = expected.known().map(str::to_owned).collect();
    for n in 0..n_steps {
        let op = if n == 0 { ops.first() } else { dice.one(ops) };
        let Some(op) = op else { break };
        match op {
            Op::Ingest if n == 0 || dice.percent(30) => steps.push(Step::Ingest),
            Op::Ingest => {
                let uri = upload(dice);
                known.push(uri.clone());
                steps.push(Step::Upload { uri, number: numbers.next() });
            }
            Op::Rm => {
                let uri = dice.one(&known).cloned();
                steps.extend(uri.map(|uri| Step::Remove { uri }));
            }
            Op::Purge if dice.percent(20) => steps.push(Step::Vacuum),
            Op::Purge => steps.push(Step::Purge { uri: upload(dice) }),
            Op::Reindex if dice.percent(30) => steps.push(Step::Reindex),
            Op::Switch if dice.percent(30) => steps.push(Step::Switch),
            Op::Reindex | Op::Switch => steps.push(Step::Search),
            Op::Backup | Op::Migrate => {}
        }
    }
    steps
}

/// Names a document that is sent, never one of the folder.
fn upload(dice: &mut Dice) -> String {
    format!("u-{:02}.txt", dice.below(UPLOADS))
}

/// Tells whether a document comes from the folder.
pub(super) fn is_of_folder(uri: &str) -> bool {
    uri.starts_with("f-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_planned_the_same_again() {
        let planned = |seed| {
            let mut dice = Dice::new(seed, &[1]);
            let ops = [Op::Ingest, Op::Rm, Op::Reindex];
            let (expected, mut numbers) = (Expected::default(), Numbers::default());
            let lifetime = Duration::from_millis(100);
            (moment(&mut dice), steps(&mut dice, &ops, lifetime, &expected, &mut numbers))
        };
        assert_eq!(planned(3), planned(3));
        assert_ne!(planned(3), planned(4));
        assert_eq!(planned(3).1[0], Step::Ingest);
    }
}
