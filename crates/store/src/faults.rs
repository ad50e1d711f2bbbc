//! Faults on purpose: a chosen step that can fail does fail, so that a test can walk through all
//! of them, one after the other.
//!
//! A step is a call that can fail for a reason outside the program: a statement, a transaction, a
//! call of the index, a file. The program itself asks for no faults, and then a step costs one
//! comparison.

mod generations;
mod index;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use generations::FaultyGenerations;

/// Which steps fail.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    script: Option<Arc<Script>>,
}

#[derive(Debug)]
struct Script {
    n_steps: AtomicU64,
    first: u64,
    last: u64,
}

impl Faults {
    /// Lets every step succeed.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Lets one step fail, counted from 1, and all others succeed.
    #[must_use]
    pub fn once(step: u64) -> Self {
        Self::of(step, step)
    }

    /// Lets a step, counted from 1, and all that come after it fail.
    #[must_use]
    pub fn from(step: u64) -> Self {
        Self::of(step, u64::MAX)
    }

    /// Returns how many steps were taken; 0 when nobody asked for faults.
    #[must_use]
    pub fn n_steps(&self) -> u64 {
        self.script.as_ref().map_or(0, |script| script.n_steps.load(Ordering::SeqCst))
    }

    /// Tells whether a step has failed.
    #[must_use]
    pub fn was_hit(&self) -> bool {
        self.script.as_ref().is_some_and(|script| script.first <= self.n_steps())
    }

    fn of(first: u64, last: u64) -> Self {
        Self { script: Some(Arc::new(Script { n_steps: AtomicU64::new(0), first, last })) }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// `StorageFull` when it is the turn of this step to fail.
    pub(crate) fn step(&self) -> io::Result<()> {
        let Some(script) = &self.script else { return Ok(()) };
        let step = script.n_steps.fetch_add(1, Ordering::SeqCst) + 1;
        if (script.first..=script.last).contains(&step) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full, on purpose"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(faults: &Faults) -> Vec<u64> {
        (1..=5).filter(|_| faults.step().is_err()).collect::<Vec<u64>>()
    }

    #[test]
    fn the_chosen_steps_fail_and_no_others() {
        assert_eq!(failing(&Faults::none()), [0; 0]);
        assert_eq!(failing(&Faults::once(3)), [3]);
        assert_eq!(failing(&Faults::from(4)), [4, 5]);
    }

    #[test]
    fn a_fault_beyond_the_last_step_was_not_hit() {
        let faults = Faults::once(6);
        failing(&faults);
        assert_eq!((faults.n_steps(), faults.was_hit()), (5, false));
    }
}
