//! What a child says, taken down: what it may have done, and what it acknowledged.

use std::time::Instant;

use footnote_core::job::ItemState;

use super::super::plan;
use super::super::said::{Said, Step};
use super::Rounds;

impl Rounds {
    /// Takes note of what a child said.
    pub(super) fn hear(&mut self, steps: &[Step], said: &Said) {
        match said {
            Said::Searched | Said::Seen(_) => {}
            Said::Begun => self.present.has_begun = true,
            Said::Trying { step } => {
                self.present.step = Some(*step);
                self.present.since = Instant::now();
                self.present.refused.clear();
                self.trying(&steps[*step]);
            }
            Said::Item { uri, state, why } => self.item(steps, uri, *state, why.as_deref()),
            Said::Done { step } => {
                self.present.step = None;
                if let Some(kind) = steps[*step].kind() {
                    self.pace.took(kind, self.present.since.elapsed());
                }
                self.tally.n_steps += 1;
                self.done(&steps[*step]);
            }
            Said::Failed { step, why } => {
                self.present.step = None;
                self.failures.push(format!("{:?} failed: {why}", steps[*step]));
            }
        }
    }

    fn trying(&mut self, step: &Step) {
        match step {
            Step::Ingest => {
                for uri in self.gone() {
                    self.expected.may_be(&uri, None);
                }
                for (uri, number) in self.folder.files() {
                    self.expected.may_be(uri, Some(*number));
                }
            }
            Step::Upload { uri, number } => self.expected.may_be(uri, Some(*number)),
            Step::Remove { uri } | Step::Purge { uri } => self.expected.may_be(uri, None),
            Step::Vacuum
            | Step::Reindex
            | Step::Model(_)
            | Step::Copy(_)
            | Step::Search
            | Step::Finish => {}
        }
    }

    /// Takes note that a step was acknowledged, but for the documents that it refused.
    fn done(&mut self, step: &Step) {
        match step {
            Step::Ingest => {
                for uri in self.gone() {
                    self.expected.is(&uri, None);
                }
                let taken = self.folder.files().iter();
                for (uri, number) in taken.filter(|(uri, _)| !self.present.refused.contains(*uri)) {
                    self.expected.is(uri, Some(*number));
                }
            }
            Step::Upload { uri, number } if !self.present.refused.contains(uri) => {
                self.expected.is(uri, Some(*number));
            }
            Step::Remove { uri } => self.expected.is(uri, None),
            Step::Purge { uri } => self.expected.is_purged(uri),
            Step::Upload { .. }
            | Step::Vacuum
            | Step::Reindex
            | Step::Model(_)
            | Step::Copy(_)
            | Step::Search
            | Step::Finish => {}
        }
    }

    /// Takes note of a document that came to its end. One of a job that went on by itself is
    /// judged by what is there afterwards.
    fn item(&mut self, steps: &[Step], uri: &str, state: ItemState, why: Option<&str>) {
        let Some(step) = self.present.step.map(|step| &steps[step]) else { return };
        let number = match step {
            Step::Upload { number, .. } => Some(*number),
            Step::Ingest => self.folder.files().get(uri).copied(),
            Step::Remove { .. }
            | Step::Purge { .. }
            | Step::Vacuum
            | Step::Reindex
            | Step::Model(_)
            | Step::Copy(_)
            | Step::Search
            | Step::Finish => None,
        };
        match state {
            ItemState::Ready | ItemState::Unchanged => self.expected.is(uri, number),
            ItemState::Removed => self.expected.is(uri, None),
            _ => {
                self.present.refused.insert(uri.to_owned());
                self.failures.push(format!("{uri} failed: {}", why.unwrap_or("?")));
                return;
            }
        }
        self.tally.n_documents += 1;
    }

    /// Counts what failed without an excuse.
    pub(super) fn failures(&mut self, excuses: impl Fn(&str) -> bool) {
        for failure in std::mem::take(&mut self.failures) {
            if !excuses(&failure) {
                self.tally.violation(failure);
            }
        }
    }

    /// Returns the documents of the folder whose files are gone.
    fn gone(&self) -> Vec<String> {
        let of_folder = self.expected.known().filter(|uri| plan::is_of_folder(uri));
        of_folder.filter(|uri| !self.folder.files().contains_key(*uri)).map(str::to_owned).collect()
    }
}
