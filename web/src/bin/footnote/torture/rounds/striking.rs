//! The blow itself: it waits for its step, then for its moment.

use std::time::{Duration, Instant};

use footnote_core::Result;

use super::super::kind::Kind;
use super::super::process::{Heard, Running};
use super::super::said::{Said, Step};
use super::{Blow, PATIENCE, Present, Rounds};

impl Rounds {
    /// Strikes a child a while after one of its steps began, or after its start, and takes down
    /// what it said until then.
    ///
    /// # Errors
    /// `Unavailable` when the blow cannot be struck.
    pub(super) fn strike(
        &mut self,
        running: Running,
        steps: &[Step],
        (step, after): (Option<usize>, Duration),
        blow: &mut dyn Blow,
    ) -> Result<()> {
        self.present = Present::new();
        let began = match step {
            Some(step) => self.hear_beginning(&running, steps, step),
            None => running.started,
        };
        self.hear_until(&running, steps, began + after);
        let at_the_blow = self.inside(steps);
        let struck = blow.strike(running)?;
        struck.before.iter().for_each(|said| self.hear(steps, said));
        self.failures(|why| blow.excuses(why));
        if struck.ran {
            let inside = if blow.is_survived() { at_the_blow } else { self.inside(steps) };
            self.count(inside, step.map(|step| &steps[step]));
        }
        // What was begun too late may be there or not; what was acknowledged too late does not count.
        let attempts = struck.after.iter().filter(|said| matches!(said, Said::Trying { .. }));
        attempts.for_each(|said| self.hear(steps, said));
        self.present.step = None;
        Ok(())
    }

    /// Listens until a step begins, and returns when it did; when the child ends before or hangs,
    /// the present moment.
    fn hear_beginning(&mut self, running: &Running, steps: &[Step], wanted: usize) -> Instant {
        let until = Instant::now() + PATIENCE;
        while let Heard::Said(said) = running.listen(until) {
            if said == Said::Begun {
                self.pace.took(Kind::Start, running.started.elapsed());
            }
            self.hear(steps, &said);
            if said == (Said::Trying { step: wanted }) {
                break;
            }
        }
        Instant::now()
    }

    /// Returns what the child is in the middle of, as far as it was heard.
    fn inside(&self, steps: &[Step]) -> Option<Kind> {
        match self.present.step {
            Some(step) => steps[step].kind(),
            None if self.present.has_begun => None,
            None => Some(Kind::Start),
        }
    }

    /// Counts a blow for the kind of work that it fell into; one that fell between two steps for
    /// the kind that it was meant for.
    fn count(&mut self, inside: Option<Kind>, meant_for: Option<&Step>) {
        if let Some(kind) = inside {
            self.pace.takes_longer(kind, self.present.since.elapsed());
        }
        let meant_for = meant_for.map_or(Some(Kind::Start), Step::kind).unwrap_or(Kind::Start);
        self.tally.struck(inside.unwrap_or(meant_for), inside.is_some());
    }
}
