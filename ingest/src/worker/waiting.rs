//! The documents that wait to be read: jobs take turns, so that a small one never waits for a
//! large one.

use footnote_core::id::JobId;
use std::collections::VecDeque;

use super::flight::Flight;

/// What waits, by job; the job that was served longest ago is first.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    jobs: VecDeque<(JobId, VecDeque<Flight>)>,
}

impl Waiting {
    /// Lets a document wait behind those of its job.
    pub(super) fn push(&mut self, flight: Flight) {
        let job = flight.item.lease.job;
        match self.jobs.iter_mut().find(|(id, _)| *id == job) {
            Some((_, flights)) => flights.push_back(flight),
            // A job that has just come has not been served yet.
            None => self.jobs.push_front((job, VecDeque::from([flight]))),
        }
    }

    /// Takes the document whose turn it is.
    pub(super) fn next(&mut self) -> Option<Flight> {
        let (job, mut flights) = self.jobs.pop_front()?;
        let next = flights.pop_front();
        if !flights.is_empty() {
            self.jobs.push_back((job, flights));
        }
        next
    }
}
