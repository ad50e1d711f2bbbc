//! How far answers are, for whoever watches their own.

use std::sync::PoisonError;
use tokio::sync::watch;

use footnote_core::id::PersonId;

use super::{AnswerLog, Answers};
use crate::wire::event::Event;
use crate::wire::happening::{AnswerStage, AnswerState};

impl Answers {
    /// Returns how far each remembered answer of somebody is, the oldest first.
    pub(crate) fn of(&self, owner: Option<PersonId>) -> Vec<AnswerState> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().filter(|log| log.owner == owner).map(|log| log.state()).collect()
    }

    /// Returns what changes whenever an answer begins, gets its turn or ends.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(super) fn note_change(&self) {
        self.changes.send_modify(|n_changes| *n_changes += 1);
    }
}

impl AnswerLog {
    fn state(&self) -> AnswerState {
        let events = self.events.borrow();
        let conversation_id = match events.first().map(AsRef::as_ref) {
            Some(Event::Created { conversation_id, .. }) => *conversation_id,
            _ => None,
        };
        let state = match events.last().map(AsRef::as_ref) {
            Some(Event::Queued { .. }) => AnswerStage::Queued,
            Some(Event::Completed(_)) => AnswerStage::Completed,
            Some(Event::Failed(_)) => AnswerStage::Failed,
            _ => AnswerStage::Answering,
        };
        AnswerState { id: self.id, conversation_id, state }
    }
}
