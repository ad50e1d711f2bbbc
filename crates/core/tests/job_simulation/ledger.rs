//! What must be true whatever happens, checked from records of its own.

use footnote_core::job::machine::policy::Cost;
use footnote_core::job::machine::policy::{LOSSES_ALONE, cost};
use footnote_core::job::machine::{Cause, Command, End, Event, Item, Phase, Report};
use footnote_core::job::{FailureCode, WorkerId};
use std::collections::HashMap;

/// What was found to be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Violation {
    /// Two workers got the same epoch of an item.
    SharedEpoch,
    /// Somebody wrote who had lost the item.
    StaleWrite,
    /// An end was not final.
    EndedTwice,
    /// An item was tried more often than its failures allow.
    TriedTooOften,
    /// An item was set aside that was not alone each time.
    SetAsideInCompany,
    /// An item was set aside because another one ended its worker.
    InnocentSetAside,
    /// The counts or the state of a job are wrong.
    Miscounted,
    /// Items never ended.
    Stuck,
}

/// Why a worker's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    /// This item ended it.
    Poison(usize),
    /// Something else did, or it only seems so.
    Other,
}

/// Who was given what, and what became of it.
#[derive(Default)]
pub(crate) struct Ledger {
    grants: HashMap<(usize, u64), Grant>,
    failures: HashMap<usize, u32>,
    losses_alone: HashMap<usize, Vec<Death>>,
    deaths: HashMap<WorkerId, Death>,
}

struct Grant {
    owner: WorkerId,
    holds: bool,
}

impl Ledger {
    /// Remembers why a worker died.
    pub(crate) fn died(&mut self, worker: &WorkerId, death: Death) {
        self.deaths.insert(worker.clone(), death);
    }

    /// Returns how many epochs were given out.
    pub(crate) fn n_grants(&self) -> usize {
        self.grants.len()
    }

    /// Checks one step of one item.
    pub(crate) fn check(
        &mut self,
        id: usize,
        (before, after): (&Item, &Item),
        event: &Event,
        commands: &[Command],
    ) -> Result<(), Violation> {
        self.check_grants(id, (before, after))?;
        self.check_writer(id, event, commands)?;
        check_finality(before, after, event)?;
        self.check_failures(id, (before, after), event)?;
        self.check_losses(id, (before, after), commands)
    }

    /// An epoch is given to one worker, and ends when the item is not in its hands any more.
    fn check_grants(
        &mut self,
        id: usize,
        (before, after): (&Item, &Item),
    ) -> Result<(), Violation> {
        let held = |item: &Item| match &item.phase {
            Phase::Leased(lease) => Some((item.epoch, lease.owner.clone())),
            Phase::Queued { .. } | Phase::Ended(_) => None,
        };
        let (old, new) = (held(before), held(after));
        if old == new {
            return Ok(());
        }
        if let Some((epoch, owner)) = new {
            let grant = Grant { owner, holds: true };
            if self.grants.insert((id, epoch), grant).is_some() {
                return Err(Violation::SharedEpoch);
            }
        }
        Ok(())
    }

    /// What a worker says counts only while it holds what it speaks of.
    fn check_writer(
        &mut self,
        id: usize,
        event: &Event,
        commands: &[Command],
    ) -> Result<(), Violation> {
        let Cause::Heard { from, epoch, .. } = &event.cause else { return Ok(()) };
        let is_accepted = commands.contains(&Command::Persist);
        let holds =
            self.grants.get(&(id, *epoch)).is_some_and(|grant| grant.holds && grant.owner == *from);
        if is_accepted && !holds { Err(Violation::StaleWrite) } else { Ok(()) }
    }

    /// Revokes the grant of an item that is in nobody's hands; called after each check.
    pub(crate) fn revoke_unless_held(&mut self, id: usize, before: &Item, after: &Item) {
        let is_held = matches!(after.phase, Phase::Leased(_)) && before.epoch == after.epoch;
        if !is_held && let Some(grant) = self.grants.get_mut(&(id, before.epoch)) {
            grant.holds = false;
        }
    }

    fn check_failures(
        &mut self,
        id: usize,
        (before, after): (&Item, &Item),
        event: &Event,
    ) -> Result<(), Violation> {
        let n_failures = self.failures.entry(id).or_default();
        if event.cause == Cause::RetryAsked && before.phase != after.phase {
            *n_failures = 0;
        }
        let failed_with = match (&before.phase, &event.cause) {
            (Phase::Leased(_), Cause::Heard { report: Report::Failed(failure), .. }) => {
                Some(failure.code)
            }
            (Phase::Leased(_), Cause::DeadlinePassed { .. }) => Some(FailureCode::Timeout),
            _ => None,
        };
        let Some(code) = failed_with.filter(|_| before.phase != after.phase) else { return Ok(()) };
        let Cost::Tries(n_tries) = cost(code) else { return Ok(()) };
        *n_failures += 1;
        let has_ended = matches!(after.phase, Phase::Ended(End::Failed(_)));
        if (n_tries <= *n_failures) != has_ended || 3 < *n_failures {
            return Err(Violation::TriedTooOften);
        }
        Ok(())
    }

    fn check_losses(
        &mut self,
        id: usize,
        (before, after): (&Item, &Item),
        commands: &[Command],
    ) -> Result<(), Violation> {
        let losses = self.losses_alone.entry(id).or_default();
        if after.n_lost_alone < before.n_lost_alone {
            losses.clear();
        }
        if let Phase::Leased(lease) = &before.phase
            && before.n_lost < after.n_lost
            && lease.is_alone
        {
            losses.push(self.deaths.get(&lease.owner).copied().unwrap_or(Death::Other));
        }
        if !commands.contains(&Command::SetAside) {
            return Ok(());
        }
        if losses.len() < LOSSES_ALONE as usize {
            return Err(Violation::SetAsideInCompany);
        }
        let is_innocent = |death: &Death| matches!(death, Death::Poison(other) if *other != id);
        if losses.iter().any(is_innocent) { Err(Violation::InnocentSetAside) } else { Ok(()) }
    }
}

/// An end is final, unless a person asks for another try.
fn check_finality(before: &Item, after: &Item, event: &Event) -> Result<(), Violation> {
    let has_ended = matches!(before.phase, Phase::Ended(_));
    if has_ended && before != after && event.cause != Cause::RetryAsked {
        return Err(Violation::EndedTwice);
    }
    Ok(())
}
