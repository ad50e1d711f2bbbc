//! The state of a job, as it follows from what is known of it.

use crate::job::JobState;

/// Why a job ended before all of its items did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closure {
    /// Somebody cancelled it.
    Cancelled,
    /// It could not be listed.
    Refused,
}

/// What the state of a job follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Why it ended before all of its items did, if it has.
    pub closure: Option<Closure>,
    /// Whether a worker has begun to list it.
    pub has_begun: bool,
    /// Whether all of its items are known.
    pub is_listed: bool,
    /// How many of them have not ended.
    pub n_open: u64,
}

impl Standing {
    /// Returns the state. Whether a job is paused is told beside it.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self.closure {
            Some(Closure::Cancelled) => JobState::Cancelled,
            Some(Closure::Refused) => JobState::Failed,
            None if self.is_listed && self.n_open == 0 => JobState::Completed,
            None if self.has_begun => JobState::Running,
            None => JobState::Queued,
        }
    }
}
