//! The life of an item as a pure function: what happened to it, what it becomes, what is to be
//! done.
//!
//! * Every event of a worker names the epoch of its lease. One of an earlier epoch changes nothing:
//!   whoever lost an item cannot write it, however late or often its words arrive.
//! * A failure is the item's, and tries are bounded ([`policy::cost`]). A *vanished worker* is not:
//!   it had up to a hundred items in work. Losses are counted apart; an item that was lost twice is
//!   taken alone, and only one that was alone each time is set aside. So one document that ends the
//!   program takes none of its neighbours down with it.
//! * An end is final, unless a person asks for another try.
//!
//! Time comes in the events. The store executes this: its rows are the items.

pub mod policy;
mod standing;
mod step;

use super::{Failure, ItemState, Stage, Stall, WorkerId};
use crate::clock::Timestamp;
use policy::{LOSSES_BEFORE_ALONE, STALLED_AFTER, after};

pub use standing::{Closure, Standing};
pub use step::step;

/// An item: where it is in its life and what went wrong so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it is in its life.
    pub phase: Phase,
    /// How many times it was taken: the epoch of its last lease.
    pub epoch: u64,
    /// How many tries failed.
    pub n_failures: u32,
    /// How many workers vanished with it.
    pub n_lost: u32,
    /// How many of them had nothing else in work.
    pub n_lost_alone: u32,
}

/// Where an item is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// It waits for a worker.
    Queued {
        /// It is not taken before.
        not_before: Timestamp,
        /// Why it is tried again.
        because: Option<Failure>,
    },
    /// A worker has it.
    Leased(Lease),
    /// Nothing more happens to it.
    Ended(End),
}

/// A worker's right to an item, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub owner: WorkerId,
    /// When it ends unless its holder is heard of.
    pub expires: Timestamp,
    /// The stage.
    pub stage: Stage,
    /// What is done of the stage.
    pub progress: u64,
    /// When something was done last.
    pub progressed: Timestamp,
    /// Whether its holder has nothing else in work.
    pub is_alone: bool,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It can be found.
    Ready,
    /// It was already there.
    Unchanged,
    /// It was removed, because the source no longer has it.
    Removed,
    /// It failed.
    Failed(Failure),
    /// Its job was cancelled.
    Cancelled,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub cause: Cause,
}

/// What can happen to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A worker took it.
    Taken {
        /// Who.
        by: WorkerId,
    },
    /// Its worker says something.
    Heard {
        /// Who.
        from: WorkerId,
        /// Under which lease.
        epoch: u64,
        /// What.
        report: Report,
    },
    /// Its worker was not heard of for too long.
    LeaseExpired {
        /// Under which lease.
        epoch: u64,
    },
    /// A worker's process is no more.
    WorkerGone {
        /// Who.
        worker: WorkerId,
    },
    /// It stood still for longer than its stage allows.
    DeadlinePassed {
        /// Under which lease.
        epoch: u64,
        /// In which stage.
        stage: Stage,
    },
    /// Somebody cancelled its job.
    CancelAsked,
    /// Somebody paused its job.
    PauseAsked,
    /// Somebody resumed its job.
    ResumeAsked,
    /// Somebody wants it tried again.
    RetryAsked,
}

/// What a worker says of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// It is alive and has come so far; further than before is progress.
    Alive {
        /// The stage.
        stage: Stage,
        /// What is done of the stage.
        progress: u64,
    },
    /// It is done.
    Ended(Done),
    /// It went wrong.
    Failed(Failure),
    /// It gives the item back.
    Released,
}

/// What a worker has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A new version can be found.
    Ready,
    /// The document was already there.
    Unchanged,
    /// The document was removed.
    Removed,
}

/// What is to be done after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Write the item down.
    Persist,
    /// Tell whoever watches.
    Publish,
    /// Tell a worker to stop working on it.
    Abandon {
        /// Who.
        worker: WorkerId,
        /// Under which lease.
        epoch: u64,
    },
    /// See that it is taken, not before a moment.
    Schedule(Timestamp),
    /// Report that it ends the program and is not tried any more.
    SetAside,
}

impl Item {
    /// Makes an item that waits for its first worker.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        let phase = Phase::Queued { not_before: at, because: None };
        Self { phase, epoch: 0, n_failures: 0, n_lost: 0, n_lost_alone: 0 }
    }

    /// Returns its state as people see it.
    #[must_use]
    pub fn state(&self) -> ItemState {
        match &self.phase {
            Phase::Queued { .. } => ItemState::Queued,
            Phase::Leased(lease) => lease.stage.state(),
            Phase::Ended(End::Ready) => ItemState::Ready,
            Phase::Ended(End::Unchanged) => ItemState::Unchanged,
            Phase::Ended(End::Removed) => ItemState::Removed,
            Phase::Ended(End::Failed(_)) => ItemState::Failed,
            Phase::Ended(End::Cancelled) => ItemState::Cancelled,
        }
    }

    /// Tells whether its next worker must have nothing else in work.
    #[must_use]
    pub fn is_suspect(&self) -> bool {
        LOSSES_BEFORE_ALONE <= self.n_lost
    }

    /// Tells where it stands still, when it makes no progress.
    #[must_use]
    pub fn stall(&self, now: Timestamp) -> Option<Stall> {
        let Phase::Leased(lease) = &self.phase else { return None };
        (after(lease.progressed, STALLED_AFTER) <= now).then(|| Stall {
            stage: lease.stage,
            since: lease.progressed,
            worker: lease.owner.clone(),
        })
    }

    /// Tells in which stage it has stood still for longer than the stage allows.
    #[must_use]
    pub fn overdue(&self, now: Timestamp) -> Option<Stage> {
        let Phase::Leased(lease) = &self.phase else { return None };
        let deadline = after(lease.progressed, policy::patience(lease.stage));
        (deadline <= now).then_some(lease.stage)
    }

    /// Returns the lease of an epoch, while it holds.
    #[must_use]
    pub fn lease_of(&self, epoch: u64) -> Option<&Lease> {
        match &self.phase {
            Phase::Leased(lease) if self.epoch == epoch => Some(lease),
            Phase::Leased(_) | Phase::Queued { .. } | Phase::Ended(_) => None,
        }
    }
}
