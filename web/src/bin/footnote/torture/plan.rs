//! What a child is to do in a round and in which of its steps it is struck down: by chance, but the
//! same again for the same seed.

use clap::ValueEnum;

use super::dice::Dice;
use super::expected::Expected;
use super::folder::Numbers;
use super::kind::Kind;
use super::said::{ModelStep, Step};

/// How many documents are sent under names that stay the same.
const UPLOADS: u64 = 20;

/// How many steps come before the one to be struck at most, and how many after it, so that a child
/// that is struck late has something to do.
const STEPS_BEFORE: u64 = 3;
const STEPS_AFTER: usize = 8;

/// How many in a hundred are struck while they are starting.
const STARTING_PERCENT: u64 = 10;

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
    /// Everything is embedded with another model, which serves then, and back
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

    /// Returns the kinds of work that it is made of, as often as they have their turn.
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Ingest => &[Kind::Ingest, Kind::Upload, Kind::Ingest, Kind::Upload],
            Self::Rm => &[Kind::Remove],
            Self::Purge => &[Kind::Purge, Kind::Vacuum],
            Self::Reindex => &[Kind::Reindex],
            Self::Switch => {
                &[Kind::SwitchBegin, Kind::SwitchFinish, Kind::SwitchBack, Kind::SwitchDrop]
            }
            Self::Backup => &[Kind::Backup, Kind::Restore],
            Self::Migrate => &[Kind::Migrate],
        }
    }
}

/// Whose turn it is to be struck.
#[derive(Debug)]
pub(super) struct Turns {
    kinds: Vec<Kind>,
    n_turns: usize,
}

impl Turns {
    /// Makes the turns of what happens.
    pub(super) fn new(ops: &[Op]) -> Self {
        Self { kinds: ops.iter().flat_map(|op| op.kinds()).copied().collect(), n_turns: 0 }
    }

    /// Returns the kind of work that is struck next; now and then a start.
    pub(super) fn next(&mut self, dice: &mut Dice) -> Kind {
        if dice.percent(STARTING_PERCENT) {
            return Kind::Start;
        }
        let next = self.n_turns.checked_rem(self.kinds.len()).unwrap_or_default();
        self.n_turns += 1;
        self.kinds.get(next).copied().unwrap_or(Kind::Start)
    }
}

/// What a child is to do in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// The steps.
    pub(super) steps: Vec<Step>,
    /// The one in which it is struck.
    pub(super) struck: usize,
}

/// Chooses the steps of a round in which one of a kind is struck.
pub(super) fn plan(
    dice: &mut Dice,
    ops: &[Op],
    struck: Kind,
    expected: &Expected,
    numbers: &mut Numbers,
) -> Plan {
    let mut known: Vec<String> = expected.known().map(str::to_owned).collect();
    let mut step = |dice: &mut Dice, kind| one(dice, kind, &mut known, numbers);
    let mut usual: Vec<Kind> =
        ops.iter().filter(|op| !op.is_copying()).flat_map(|op| op.kinds()).copied().collect();
    usual.retain(|kind| matches!(kind, Kind::Ingest | Kind::Upload | Kind::Remove));
    let mut steps = Vec::new();
    for _ in 0..dice.below(STEPS_BEFORE) {
        steps.extend(dice.one(&usual).copied().and_then(|kind| step(dice, kind)));
    }
    steps.extend(needed(struck).iter().filter_map(|kind| step(dice, *kind)));
    let n_before = steps.len();
    steps.extend(step(dice, struck));
    let all: Vec<Kind> = ops.iter().flat_map(|op| op.kinds()).copied().collect();
    while steps.len() < n_before + STEPS_AFTER {
        let next = dice.one(&all).and_then(|kind| step(dice, *kind));
        steps.push(next.unwrap_or(Step::Search));
    }
    Plan { steps, struck: n_before }
}

/// Returns what must come before, so that there is something to be done.
fn needed(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Remove | Kind::Purge => &[Kind::Upload],
        Kind::Vacuum => &[Kind::Upload, Kind::Remove],
        Kind::SwitchFinish => &[Kind::SwitchBegin],
        Kind::SwitchBack | Kind::SwitchDrop => &[Kind::SwitchBegin, Kind::SwitchFinish],
        Kind::Start
        | Kind::Ingest
        | Kind::Upload
        | Kind::Reindex
        | Kind::SwitchBegin
        | Kind::Backup
        | Kind::Restore
        | Kind::Migrate => &[],
    }
}

/// Makes a step of a kind; `None` for what is no step.
fn one(
    dice: &mut Dice,
    kind: Kind,
    known: &mut Vec<String>,
    numbers: &mut Numbers,
) -> Option<Step> {
    Some(match kind {
        Kind::Ingest => Step::Ingest,
        Kind::Upload => {
            let uri = format!("u-{:02}.txt", dice.below(UPLOADS));
            known.push(uri.clone());
            Step::Upload { uri, number: numbers.next() }
        }
        Kind::Remove => Step::Remove { uri: dice.one(known)?.clone() },
        Kind::Purge => {
            let sent: Vec<&String> = known.iter().filter(|uri| !is_of_folder(uri)).collect();
            Step::Purge { uri: (*dice.one(&sent)?).clone() }
        }
        Kind::Vacuum => Step::Vacuum,
        Kind::Reindex => Step::Reindex,
        Kind::SwitchBegin => Step::Model(ModelStep::Begin),
        Kind::SwitchFinish => Step::Model(ModelStep::Finish),
        Kind::SwitchBack => Step::Model(ModelStep::Back),
        Kind::SwitchDrop => Step::Model(ModelStep::Drop),
        Kind::Start | Kind::Backup | Kind::Restore | Kind::Migrate => return None,
    })
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
            let (expected, mut numbers) = (Expected::default(), Numbers::default());
            plan(
                &mut dice,
                &[Op::Ingest, Op::Rm, Op::Reindex],
                Kind::Remove,
                &expected,
                &mut numbers,
            )
        };
        assert_eq!(planned(3), planned(3));
        assert_ne!(planned(3), planned(4));
        let Plan { steps, struck } = planned(3);
        assert!(matches!(&steps[struck], Step::Remove { .. }) && struck + 1 < steps.len());
    }

    #[test]
    fn every_kind_has_its_turn() {
        let (mut turns, mut dice) = (Turns::new(&Op::ALL), Dice::new(1, &[]));
        let mut had: Vec<Kind> = (0..25).map(|_| turns.next(&mut dice)).collect();
        had.sort();
        had.dedup();
        assert_eq!(had.len(), 14);
    }
}
