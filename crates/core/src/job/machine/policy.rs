//! How often an item is tried, how long it waits in between, and how long it may stand still.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::job::{FailureCode, Stage};

/// How long a lease lasts unless its holder says that it is alive.
pub const LEASE: Duration = Duration::from_mins(1);

/// How often a worker says that it is alive: often enough that it may miss several times.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(1);

/// After how long without progress an item is shown as stalled.
pub const STALLED_AFTER: Duration = Duration::from_mins(1);

/// How many workers may vanish with an item before it is taken alone.
pub const LOSSES_BEFORE_ALONE: u32 = 2;

/// How many workers may vanish with an item that was alone before it is set aside.
pub const LOSSES_ALONE: u32 = 3;

/// How long an item of which a worker vanished waits once it was alone; the next time longer, so
/// that what ends the program again and again for another reason has time to pass.
const ALONE_BACKOFF: Duration = Duration::from_secs(15);

/// How much longer it waits each time.
const ALONE_GROWTH: u32 = 8;

/// How long an item waits after its first failure that may pass.
const BACKOFF: Duration = Duration::from_secs(5);

/// How much longer it waits after each further one.
const BACKOFF_GROWTH: u32 = 4;

/// How long an item waits for what is not its own fault.
const MACHINE_BACKOFF: Duration = Duration::from_secs(30);

/// What a failure costs an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// It is tried so many times in all.
    Tries(u32),
    /// Nothing: the machine is at fault, and the item waits until that has passed.
    Nothing,
}

/// Returns what a failure costs.
#[must_use]
pub fn cost(code: FailureCode) -> Cost {
    match code {
        FailureCode::Empty
        | FailureCode::Unsupported
        | FailureCode::TooLarge
        | FailureCode::Encrypted
        | FailureCode::NoTextLayer
        | FailureCode::Unreadable
        | FailureCode::Gone
        | FailureCode::PermissionDenied
        | FailureCode::NotAllowed => Cost::Tries(1),
        FailureCode::Timeout | FailureCode::OutOfMemory => Cost::Tries(2),
        FailureCode::Crashed | FailureCode::Unreachable | FailureCode::Internal => Cost::Tries(3),
        FailureCode::DiskFull => Cost::Nothing,
    }
}

/// Returns how long an item waits after its failures so far, the last of them of this cost.
#[must_use]
pub fn backoff(cost: Cost, n_failures: u32) -> Duration {
    match cost {
        Cost::Nothing => MACHINE_BACKOFF,
        Cost::Tries(_) => grown(BACKOFF, BACKOFF_GROWTH, n_failures),
    }
}

/// Returns how long an item waits after so many workers vanished with it alone.
#[must_use]
pub fn backoff_alone(n_lost_alone: u32) -> Duration {
    if n_lost_alone == 0 {
        return Duration::ZERO;
    }
    grown(ALONE_BACKOFF, ALONE_GROWTH, n_lost_alone)
}

/// Returns how long a stage may go without progress before the item fails with a timeout.
///
/// A stage that makes progress may take as long as it needs; what reads a document has a limit
/// of its own besides.
#[must_use]
pub fn patience(stage: Stage) -> Duration {
    match stage {
        Stage::Parsing | Stage::Chunking => Duration::from_mins(10),
        Stage::Embedding | Stage::Indexing => Duration::from_mins(15),
    }
}

/// How many workers may vanish while they list a job before each further try waits.
const LISTINGS_AT_ONCE: u32 = 3;

/// How long a listing waits at most.
const LISTING_BACKOFF_MAX: Duration = Duration::from_mins(5);

/// How many workers may vanish while they list a job before it fails.
const LISTINGS: u32 = 20;

/// Returns how long a job waits after so many workers vanished while they listed it; `None` when
/// it is not tried again, because listing it is what ends them.
#[must_use]
pub fn backoff_listing(n_lost: u32) -> Option<Duration> {
    match n_lost {
        LISTINGS.. => None,
        0..=LISTINGS_AT_ONCE => Some(Duration::ZERO),
        _ => {
            let wait = grown(Duration::from_secs(1), 2, n_lost - LISTINGS_AT_ONCE);
            Some(wait.min(LISTING_BACKOFF_MAX))
        }
    }
}

fn grown(first: Duration, growth: u32, n_times: u32) -> Duration {
    first.saturating_mul(growth.saturating_pow(n_times.saturating_sub(1)))
}

/// Returns the moment that follows another after a while.
#[must_use]
pub fn after(moment: Timestamp, wait: Duration) -> Timestamp {
    Timestamp(moment.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
}
