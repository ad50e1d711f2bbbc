//! A model of the store: items in memory, changed by the machine alone.

use footnote_core::clock::Timestamp;
use footnote_core::job::machine::{
    Cause, Closure, Command, End, Event, Item, Phase, Standing, step,
};
use footnote_core::job::{ItemState, JobState, WorkerId};

use crate::ledger::{Ledger, Violation};

/// What decides what an item becomes.
pub(crate) type Machine = fn(Item, &Event) -> (Item, Vec<Command>);

/// The machine that the store executes.
pub(crate) const OURS: Machine = step;

/// A job of the model: its items are those with its number.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Job {
    pub(crate) is_paused: bool,
    pub(crate) is_cancelled: bool,
    n_items: u64,
    n_open: i64,
}

/// An item in the hands of a worker, as the store tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) id: usize,
    pub(crate) epoch: u64,
}

/// The model of the store.
pub(crate) struct Catalog {
    pub(crate) items: Vec<Item>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) ledger: Ledger,
    machine: Machine,
    per_job: usize,
}

impl Catalog {
    pub(crate) fn new(machine: Machine, n_jobs: usize, per_job: usize) -> Self {
        let n_items = u64::try_from(per_job).unwrap();
        let job = Job { n_items, n_open: i64::try_from(per_job).unwrap(), ..Job::default() };
        Self {
            items: vec![Item::new(Timestamp(0)); n_jobs * per_job],
            jobs: vec![job; n_jobs],
            ledger: Ledger::default(),
            machine,
            per_job,
        }
    }

    pub(crate) fn job_of(&self, id: usize) -> usize {
        id / self.per_job
    }

    pub(crate) fn items_of(&self, job: usize) -> std::ops::Range<usize> {
        job * self.per_job..(job + 1) * self.per_job
    }

    /// Lets something happen to an item, and checks it.
    pub(crate) fn happen(
        &mut self,
        id: usize,
        at: Timestamp,
        cause: Cause,
    ) -> Result<Vec<Command>, Violation> {
        let event = Event { at, cause };
        let before = self.items[id].clone();
        let (after, commands) = (self.machine)(before.clone(), &event);
        self.ledger.check(id, (&before, &after), &event, &commands)?;
        self.ledger.revoke_unless_held(id, &before, &after);
        let job = self.job_of(id);
        self.jobs[job].n_open += i64::from(is_open(&after)) - i64::from(is_open(&before));
        self.items[id] = after;
        self.check_job(job)?;
        Ok(commands)
    }

    /// Gives items to a worker as the store does: in company first, else one alone.
    pub(crate) fn take(
        &mut self,
        worker: &WorkerId,
        at: Timestamp,
        limit: usize,
    ) -> Result<Vec<Granted>, Violation> {
        let held: Vec<bool> = self.items.iter().filter_map(|item| alone(item, worker)).collect();
        if held.contains(&true) {
            return Ok(Vec::new());
        }
        let (suspects, usual): (Vec<usize>, Vec<usize>) = (0..self.items.len())
            .filter(|id| self.is_waiting(*id, at))
            .partition(|id| self.items[*id].is_suspect());
        let chosen: Vec<usize> = match (usual.is_empty(), held.is_empty()) {
            (false, _) => usual.into_iter().take(limit).collect(),
            (true, true) => suspects.into_iter().take(1).collect(),
            (true, false) => Vec::new(),
        };
        let mut granted = Vec::new();
        for id in chosen {
            self.happen(id, at, Cause::Taken { by: worker.clone() })?;
            granted.push(Granted { id, epoch: self.items[id].epoch });
        }
        Ok(granted)
    }

    fn is_waiting(&self, id: usize, at: Timestamp) -> bool {
        let job = self.jobs[self.job_of(id)];
        let is_due =
            matches!(self.items[id].phase, Phase::Queued { not_before, .. } if not_before <= at);
        is_due && !job.is_paused && !job.is_cancelled
    }

    /// A job ends exactly when all of its items have ended.
    fn check_job(&self, job: usize) -> Result<(), Violation> {
        let n_open = self.items_of(job).filter(|id| is_open(&self.items[*id])).count();
        let counted = self.jobs[job];
        if i64::try_from(n_open).unwrap() != counted.n_open {
            return Err(Violation::Miscounted);
        }
        let is_completed = self.state(job) == JobState::Completed;
        let should_be = n_open == 0 && !counted.is_cancelled;
        if is_completed == should_be { Ok(()) } else { Err(Violation::Miscounted) }
    }

    pub(crate) fn state(&self, job: usize) -> JobState {
        let job = self.jobs[job];
        let standing = Standing {
            closure: job.is_cancelled.then_some(Closure::Cancelled),
            has_begun: true,
            is_listed: 0 < job.n_items,
            n_open: u64::try_from(job.n_open).unwrap_or_default(),
        };
        standing.state()
    }

    pub(crate) fn n_open(&self) -> usize {
        self.items.iter().filter(|item| is_open(item)).count()
    }

    pub(crate) fn states(&self) -> Vec<ItemState> {
        self.items.iter().map(Item::state).collect()
    }

    /// Returns why items failed that did.
    pub(crate) fn failed(&self) -> Vec<usize> {
        let has_failed = |id: &usize| matches!(self.items[*id].phase, Phase::Ended(End::Failed(_)));
        (0..self.items.len()).filter(has_failed).collect()
    }
}

fn is_open(item: &Item) -> bool {
    !matches!(item.phase, Phase::Ended(_))
}

/// Tells of an item that a worker holds whether it is alone.
fn alone(item: &Item, worker: &WorkerId) -> Option<bool> {
    match &item.phase {
        Phase::Leased(lease) if lease.owner == *worker => Some(lease.is_alone),
        Phase::Leased(_) | Phase::Queued { .. } | Phase::Ended(_) => None,
    }
}
